// An order's terms in a few words, as its row shows them (order_terms.py does the same). No DOM.

import { formatCredits, formatPrice, parseTicks } from "./money.js";

const RULES = {
  cancel_oldest: "meeting your own: cancels that",
  cancel_both: "meeting your own: cancels both",
  decrement: "meeting your own: takes the smaller off both",
  allow: "may meet your own",
};

/** Return what is not usual about an order of the API but its expiry, each in a few words. */
export function describeTerms(order, { naming, stepTicks }) {
  return [...kindOf(order, naming, stepTicks), ...timesOf(order), ...limitsOf(order), ...restOf(order)];
}

/** Return where an order stands, given what is ahead of it: {quantity, orders}; "" where unknown. */
export function describeQueue(ahead) {
  if (!ahead) return "";
  if (!ahead.orders) return "first in the queue";
  return `${ahead.orders.toLocaleString("en")} ahead of you: ${ahead.quantity.toLocaleString("en")}`;
}

function* kindOf(order, naming, stepTicks) {
  if (order.type === "market") yield "market";
  if (!order.stop_price) return;
  const price = formatPrice(naming.shownPrice(parseTicks(order.stop_price), order.side), stepTicks);
  yield `${order.is_waiting ? "waits for" : "stop at"} ${price}, then ${order.type === "stop" ? "market" : "limit"}`;
}

function* timesOf({ type, time_in_force: tif }) {
  if (tif === "IOC" && type !== "market") yield "fill now or cancel";
  if (tif === "FOK") yield "all or nothing";
}

function* limitsOf(order) {
  if (order.post_only) yield "post only";
  if (order.reduce_only) yield "reduce only";
  if (order.min_quantity) yield `at least ${order.min_quantity.toLocaleString("en")}`;
  if (order.max_cost) yield `costs at most ${formatCredits(parseTicks(order.max_cost))}`;
}

function* restOf(order) {
  if (order.on_halt === "cancel") yield "ends if trading halts";
  if (RULES[order.stp]) yield RULES[order.stp];
  if (order.group) yield `group ${order.group}`;
}
