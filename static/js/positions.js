// The viewer's position in a market, valued at the last prices.

import { make } from "./dom.js";
import { divideTicks, formatGain, formatPrice, parseTicks, PAYOUT_TICKS } from "./money.js";
import { nothing } from "./orders.js";

const NOTHING = "\u2013";

/** Return what a position cost a contract on average and has gained, in ticks or null. */
export function valuePosition({ quantity, cash_ticks: cash }, last) {
  const average = quantity === 0 ? null : divideTicks(-cash, quantity);
  return {
    average: average !== null && average >= 0 && average <= PAYOUT_TICKS ? average : null,
    gain: last === null ? null : cash + quantity * last,
  };
}

export class Positions {
  constructor(root, { naming, stepTicks, onPick }) {
    Object.assign(this, { root, naming, stepTicks });
    root.addEventListener("click", (event) => {
      const link = event.target.closest("a.close-position");
      if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
      if (onPick(Object.fromEntries(new URL(link.href).searchParams))) event.preventDefault();
    });
  }

  render(positions, last) {
    if (positions.length === 0) {
      this.root.replaceChildren(nothing("You hold nothing in this market."));
      return;
    }
    const rows = positions.map((position) => this.#makeRow(position, last.get(position.contract) ?? null));
    const heads = ["Outcome", "Quantity", "Average", "Gain now"].map((text, index) => make("th", { scope: "col", class: index ? "num" : null }, text));
    const caption = make("caption", { class: "visually-hidden" }, "Your position in this market");
    this.root.replaceChildren(make("table", { class: "table table-dense" }, caption, make("thead", {}, make("tr", {}, ...heads)), make("tbody", {}, ...rows)));
  }

  /** Nothing to close: no link. A sold outcome is bought back. */
  #closingLink(contract, quantity) {
    if (quantity === 0) return [];
    const fields = { contract, side: quantity < 0 ? "buy" : "sell", quantity: Math.abs(quantity) };
    const word = quantity < 0 && !this.naming.isYesNo ? "Buy back" : "Sell";
    const label = `${word} ${this.naming.held(contract, quantity)}`;
    return [make("a", { class: "small close-position", href: `?${new URLSearchParams(fields)}#ticket`, rel: "nofollow", "aria-label": label }, word)];
  }

  #makeRow({ contract, quantity, cash }, last) {
    const side = quantity < 0 ? "sell" : "buy";
    const { average, gain } = valuePosition({ quantity, cash_ticks: parseTicks(cash) }, last);
    const price = average === null ? NOTHING : formatPrice(this.naming.shownPrice(average, side), this.stepTicks);
    return make(
      "tr",
      {},
      make("th", { scope: "row" }, this.naming.held(contract, quantity), " ", ...this.#closingLink(contract, quantity)),
      make("td", { class: "num" }, Math.abs(quantity).toLocaleString("en")),
      make("td", { class: "num" }, price),
      make("td", { class: "num" }, gain === null ? NOTHING : formatGain(gain)),
    );
  }
}
