// What an order would do, before it is sent: the panel of the ticket.

import { setText } from "./dom.js";
import { formatCredits, formatGain, parseTicks } from "./money.js";

/** Show the API's answer to orders/preview/. */
export function showPreview(panel, preview) {
  const texts = {
    cost: formatCredits(parseTicks(preview.cost)),
    payout: formatCredits(parseTicks(preview.payout)),
    profit: formatGain(parseTicks(preview.profit)),
    worst_outcome: preview.worst_outcome_after,
    worst: formatGain(parseTicks(preview.worst_after)),
    fee: formatCredits(parseTicks(preview.fee)),
    available_after: formatCredits(parseTicks(preview.available) - parseTicks(preview.cost)),
    fills_now: preview.fills_now_quantity.toLocaleString("en"),
    queue_ahead: preview.queue_ahead.toLocaleString("en"),
  };
  for (const [name, text] of Object.entries(texts)) setText(panel.querySelector(`[data-field=${name}]`), text);
  panel.querySelector("[data-crosses]").hidden = !preview.crosses_own_order;
  panel.querySelector("[data-short]").hidden = preview.affordable;
  panel.hidden = false;
}
