// What an order would do, before it is sent: the panel of the ticket (previews.py does the same).

import { setText } from "./dom.js";
import { formatCredits, formatGain, formatPrice, parseTicks } from "./money.js";

/** Show the API's answer to orders/preview/ for an order of {contract, side}. */
export function showPreview(panel, preview, { order, naming, stepTicks }) {
  for (const [name, text] of Object.entries(previewTexts(preview, { order, naming, stepTicks }))) {
    setText(panel.querySelector(`[data-field=${name}]`), text);
  }
  for (const [name, isShown] of Object.entries(previewRows(preview, order))) {
    panel.querySelector(`[data-row=${name}]`).hidden = !isShown;
  }
  panel.querySelector("[data-crosses]").hidden = !preview.crosses_own_order;
  panel.querySelector("[data-short]").hidden = preview.affordable;
  panel.hidden = false;
}

/** Return which rows have something to say. */
export function previewRows(preview, order) {
  const opens = preview.opens_quantity > 0;
  const rests = preview.rests_quantity > 0;
  return {
    average: preview.fills_now_quantity > 0,
    rests,
    cancelled: cancelledOf(preview, order) > 0,
    closing: preview.closes_quantity > 0,
    cost: opens,
    payout: opens,
    profit: opens,
    fee: parseTicks(preview.fee) !== 0,
    queue: preview.queue_ahead > 0 && rests && !order.stop_price,
  };
}

/** Return what neither fills now nor rests. */
function cancelledOf(preview, { quantity }) {
  return quantity - preview.fills_now_quantity - preview.rests_quantity;
}

/** Return the panel's texts by field. */
export function previewTexts(preview, { order, naming, stepTicks }) {
  const { contract, side } = order;
  const expected = parseTicks(preview.expected_cost);
  const average = preview.average_fill_price && naming.shownPrice(parseTicks(preview.average_fill_price), side);
  const closed = naming.held(contract, side === "buy" ? -1 : 1);
  const crosses = preview.fills_now_quantity > 0;
  return {
    fills_now: preview.fills_now_quantity.toLocaleString("en"),
    rests_name: order.stop_price ? "Waits for the trigger price" : "Rests in the book",
    rests: preview.rests_quantity.toLocaleString("en"),
    cancelled: cancelledOf(preview, order).toLocaleString("en"),
    average: average === null ? "\u2013" : formatPrice(average, stepTicks),
    closes: `${preview.closes_quantity.toLocaleString("en")} ${closed}`,
    proceeds: `about ${formatCredits(parseTicks(preview.closing_proceeds))}`,
    cost_name: crosses ? "Cost" : "Cost at most",
    cost: `${crosses ? "about " : ""}${formatCredits(Math.max(expected, 0))}`,
    payout: formatCredits(parseTicks(preview.opening_payout)),
    profit: formatGain(parseTicks(preview.opening_profit)),
    worst_outcome: preview.worst_outcome_after,
    worst: formatGain(parseTicks(preview.worst_after)),
    fee: formatCredits(parseTicks(preview.fee)),
    available_after: formatCredits(parseTicks(preview.available) - expected),
    queue_ahead: preview.queue_ahead.toLocaleString("en"),
  };
}
