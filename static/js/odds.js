// A chance in the reader's own notation: 45%, 2.22, 11/9 or +122. Whole numbers only; core/odds.py
// writes the same, and tests/vectors/odds.json holds both to it.

import { divideTicks, MINUS, PAYOUT_TICKS } from "./money.js";

const NOTHING = "\u2013";
const TICKS_PER_PERCENT = 100;
const DENOMINATOR_MAX = 20;
const NUMERATOR_MAX = 100;

/** Return a price as a chance in the notation of this page's reader. */
export function formatChance(ticks) {
  return formatOdds(ticks, document.documentElement.dataset.odds ?? "percent");
}

/** Return a price as a chance in a notation; a dash for odds of what is sure or impossible. */
export function formatOdds(ticks, notation) {
  if (notation === "percent") return `${divideTicks(ticks, TICKS_PER_PERCENT)}%`;
  return ticks > 0 && ticks < PAYOUT_TICKS ? WRITERS[notation](ticks) : NOTHING;
}

function decimal(ticks) {
  const hundredths = divideTicks(PAYOUT_TICKS * 100, ticks);
  const rest = hundredths % 100;
  return `${(hundredths - rest) / 100}.${String(rest).padStart(2, "0")}`;
}

function american(ticks) {
  const against = PAYOUT_TICKS - ticks;
  if (ticks > against) return `${MINUS}${divideTicks(100 * ticks, against)}`;
  return `+${divideTicks(100 * against, ticks)}`;
}

function fractional(ticks) {
  const against = PAYOUT_TICKS - ticks;
  const [larger, smaller] = nearest(Math.max(against, ticks), Math.min(against, ticks));
  if (larger === smaller) return "Evens";
  return against > ticks ? `${larger}/${smaller}` : `${smaller}/${larger}`;
}

// The error of a/b is |a * smaller - b * larger| / (b * smaller): compared without the fraction.
function nearest(larger, smaller) {
  let best = null;
  let bestError = null;
  for (let denominator = 1; denominator <= DENOMINATOR_MAX; denominator += 1) {
    const numerator = divideTicks(larger * denominator, smaller);
    const error = Math.abs(numerator * smaller - denominator * larger);
    const isNearer = best === null || error * best[1] < bestError * denominator;
    if (isNearer && (denominator === 1 || numerator <= NUMERATOR_MAX)) {
      best = [numerator, denominator];
      bestError = error;
    }
  }
  return best;
}

const WRITERS = { decimal, fractional, american };
