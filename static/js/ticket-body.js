// What a ticket's fields ask for, as the API takes it; and which of its options go together. No DOM.

import { formatTicks, parseTicks } from "./money.js";
import { momentIn } from "./zones.js";

const STOPS = new Set(["stop", "stop_limit"]);
const RESTING = new Set(["GTC", "GTD"]);
// Kinds that may be asked for without a price: what they are given is the worst they accept.
export const PRICELESS = new Set(["market", "stop"]);
// How long an order of a kind may be asked to last; a market order and a stop never rest.
const LASTING = { limit: ["GTC", "GTD", "IOC", "FOK"], market: ["IOC", "FOK"], stop: ["GTC", "GTD", "FOK"], stop_limit: ["GTC", "GTD", "IOC", "FOK"] };

/** Return what may be chosen beside a kind and a time in force, as a set of names. */
export function optionsFor({ kind, tif, postOnly = false }) {
  const mayRest = !PRICELESS.has(kind) && RESTING.has(tif);
  const allowed = {
    stop_price: STOPS.has(kind),
    "worst-price": PRICELESS.has(kind),
    expires_at: tif === "GTD",
    post_only: kind === "limit" && mayRest,
    reduce_only: !mayRest,
    min_quantity: !postOnly,
    max_cost: !STOPS.has(kind),
    cancel_on_halt: mayRest || STOPS.has(kind),
  };
  const names = Object.keys(allowed).filter((name) => allowed[name]);
  return new Set([...names, ...LASTING[kind].map((value) => `tif-${value}`)]);
}

/** Return how long an order of a kind usually lasts. */
export function usualTif(kind) {
  return LASTING[kind][0];
}

/**
 * Return the order that the ticket's fields ask for, or null while one is not filled in well.
 * `values` is the form's data: what is hidden is not in it.
 */
export function orderBody(values, { naming, zone }) {
  const text = (name) => String(values.get(name) ?? "").trim();
  const [side, kind] = [text("side"), text("kind") || "limit"];
  const [quantity, least] = [readCount(text("quantity")), readCount(text("min_quantity"))];
  const prices = {};
  for (const name of ["price", "stop_price"]) {
    if (!text(name)) continue;
    const ticks = parseTicks(text(name));
    if (ticks === null) return null;
    prices[name] = formatTicks(naming.shownPrice(ticks, side));
  }
  const isPriced = prices.price !== undefined || PRICELESS.has(kind);
  if (!side || !quantity || !isPriced || least === 0 || (STOPS.has(kind) && !prices.stop_price)) return null;
  const rare = rareTerms(text, zone);
  if (rare === null) return null;
  return { contract: text("contract"), side, type: kind, ...prices, quantity, time_in_force: text("time_in_force"), ...rare };
}

function rareTerms(text, zone) {
  const terms = {};
  if (text("time_in_force") === "GTD") {
    const moment = momentIn(zone, text("expires_at"));
    if (moment === null) return null;
    terms.expires_at = moment.toISOString();
  }
  if (text("max_cost")) {
    const ticks = parseTicks(text("max_cost"));
    if (ticks === null) return null;
    terms.max_cost = formatTicks(ticks);
  }
  if (text("min_quantity")) terms.min_quantity = Number(text("min_quantity"));
  for (const name of ["post_only", "reduce_only"]) if (text(name)) terms[name] = true;
  if (text("cancel_on_halt")) terms.on_halt = "cancel";
  if (!["", "cancel_newest"].includes(text("stp"))) terms.stp = text("stp");
  return terms;
}

/** Return a whole number from 1 up, 0 for what is none, null for nothing. */
function readCount(text) {
  if (!text) return null;
  return /^\d{1,10}$/.test(text) ? Number(text) : 0;
}
