// Ticks, the smallest unit of money: 0.0001 credit. Decimal strings outside, whole numbers inside;
// no fraction is ever held in a floating-point number.

export const TICKS_PER_CREDIT = 10000;
export const PAYOUT_TICKS = 10000;
export const MINUS = "\u2212";

const DECIMAL = /^(-?)(\d{1,12})(?:\.(\d{1,4}))?$/;
const TICKS_PER_CENT = 100;

/** Return the ticks of a plain decimal string ("0.45" -> 4500), or null for anything else. */
export function parseTicks(text) {
  const match = DECIMAL.exec(text);
  if (match === null) return null;
  const [, sign, whole, rest = ""] = match;
  const ticks = Number(whole) * TICKS_PER_CREDIT + Number(rest.padEnd(4, "0"));
  return sign && ticks ? -ticks : ticks;
}

/** Return ticks as the API writes them: 4500 -> "0.4500". */
export function formatTicks(ticks) {
  return decimal(ticks, 4, { minus: "-" });
}

/** Return how many decimals a price needs on a grid of this step: 100 -> 2, 50 -> 3, 1 -> 4. */
export function pricePlaces(stepTicks) {
  if (stepTicks % TICKS_PER_CENT === 0) return 2;
  return stepTicks % 10 === 0 ? 3 : 4;
}

/** Return a price with the decimals of its grid, more where it needs them: "0.45". */
export function formatPrice(ticks, stepTicks = 1) {
  return decimal(ticks, Math.max(pricePlaces(stepTicks), pricePlaces(ticks)));
}

/** Return an amount with grouped thousands: "1,234.50". */
export function formatCredits(ticks) {
  return decimal(ticks, ticks % TICKS_PER_CENT === 0 ? 2 : 4, { group: true });
}

/** Return an amount with its sign always: "+1.50", "−1.50", "0.00". */
export function formatGain(ticks) {
  return ticks > 0 ? `+${formatCredits(ticks)}` : formatCredits(ticks);
}

/** Return the price of the other side: Yes at 0.45 is No at 0.55. */
export function otherSide(ticks) {
  return PAYOUT_TICKS - ticks;
}

/** Return total / count to the nearest whole number, a half to the even one. */
export function divideTicks(total, count) {
  if (count < 0) return divideTicks(-total, -count);
  const rest = ((total % count) + count) % count;
  const quotient = (total - rest) / count;
  const roundsUp = 2 * rest > count || (2 * rest === count && quotient % 2 !== 0);
  return roundsUp ? quotient + 1 : quotient;
}

/** Return the nearest price on the grid in a direction: stepPrice(4550, 1, 100) -> 4600. */
export function stepPrice(ticks, direction, stepTicks) {
  const rest = ticks % stepTicks;
  const below = ticks - rest;
  const next = direction > 0 ? below + stepTicks : below - (rest === 0 ? stepTicks : 0);
  return Math.min(Math.max(next, stepTicks), highestPrice(stepTicks));
}

/** Return the highest price of the grid below the payout. */
export function highestPrice(stepTicks) {
  return PAYOUT_TICKS - 1 - ((PAYOUT_TICKS - 1) % stepTicks);
}

function decimal(ticks, places, { minus = MINUS, group = false } = {}) {
  const size = Math.abs(ticks);
  const rest = size % TICKS_PER_CREDIT;
  const whole = String((size - rest) / TICKS_PER_CREDIT);
  const digits = String(rest).padStart(4, "0").slice(0, places);
  const grouped = group ? whole.replace(/\B(?=(\d{3})+$)/g, ",") : whole;
  return `${ticks < 0 ? minus : ""}${grouped}.${digits}`;
}
