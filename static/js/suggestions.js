// What is suggested while somebody types, without a page: asking, grouping, and which letters fit.

import { MINUS, parseTicks } from "./money.js";
import { formatChance } from "./odds.js";

const KEPT_MAX = 50;
const TICKS_PER_POINT = 100;
const ACCENTS = /[\u0300-\u036f\u064b-\u0652]/g;
const WORD = /[\p{L}\p{N}\p{M}]+/gu;

export const GROUPS = [
  ["market", "Markets"],
  ["event", "Events"],
  ["contract", "Outcomes"],
  ["category", "Categories"],
  ["member", "Members"],
];

/** Return results by kind, in the order in which they are shown: [[heading, results], ...]. */
export function group(results) {
  return GROUPS.map(([kind, heading]) => [heading, results.filter((one) => one.kind === kind)])
    .filter(([, found]) => found.length > 0);
}

/** Return a text in pieces [[text, fits], ...]: the beginnings of words that were typed fit. */
export function highlight(text, query) {
  const typed = (plain(query).match(WORD) ?? []).sort((one, other) => other.length - one.length);
  const pieces = [];
  let end = 0;
  for (const { 0: word, index } of text.matchAll(WORD)) {
    const length = lengthThatFits(word, typed);
    if (length === 0) continue;
    if (index > end) pieces.push([text.slice(end, index), false]);
    end = index + length;
    pieces.push([text.slice(index, end), true]);
  }
  if (end < text.length) pieces.push([text.slice(end), false]);
  return pieces;
}

/** Return [whose, chance] of what a result trades at, in the reader's notation; null for nothing. */
export function describePrice({ kind, price, outcome }) {
  if (price === null) return null;
  return [kind === "market" && outcome !== "Yes" ? outcome : "", formatChance(parseTicks(price))];
}

/** Return [class, words] of how far a price went in a day: ["up", "+3 pts"]; null where it stood. */
export function describeMove({ move_24h: move }) {
  const size = (move ?? "").replace("-", "");
  const ticks = size ? parseTicks(size) : 0;
  if (ticks === 0) return null;
  const points = `${Math.floor(ticks / TICKS_PER_POINT)}.${String(ticks % TICKS_PER_POINT).padStart(2, "0")}`.replace(/\.?0+$/, "");
  return move.startsWith("-") ? ["down", `${MINUS}${points} pts`] : ["up", `+${points} pts`];
}

/** Return a function that asks for suggestions: null when a later question came meanwhile. */
export function makeAsker(address, { fetch = globalThis.fetch } = {}) {
  const kept = new Map();
  let under = null;
  return async (query) => {
    under?.abort();
    under = null;
    if (kept.has(query)) return kept.get(query);
    const mine = (under = new AbortController());
    try {
      const url = `${address}?q=${encodeURIComponent(query)}`;
      const response = await fetch(url, { headers: { Accept: "application/json" }, signal: mine.signal });
      if (!response.ok) return null;
      const { results } = await response.json();
      if (mine !== under) return null;
      keep(kept, query, results);
      return results;
    } catch {
      return null; // the form still leads to the page of results
    }
  };
}

function keep(kept, query, results) {
  if (kept.size >= KEPT_MAX) kept.delete(kept.keys().next().value);
  kept.set(query, results);
}

function lengthThatFits(word, typed) {
  const folded = plain(word);
  const beginning = typed.find((one) => folded.startsWith(one));
  if (beginning === undefined) return 0;
  const letters = Array.from(word);
  for (let count = 1; count <= letters.length; count += 1) {
    const part = letters.slice(0, count).join("");
    if (plain(part).length >= beginning.length) return part.length;
  }
  return word.length;
}

function plain(text) {
  return text.normalize("NFKD").replace(ACCENTS, "").toLowerCase();
}
