// The newest trades, newest first.

import { fullTime, make, momentTime } from "./dom.js";
import { formatPrice, parseTicks } from "./money.js";

const ROWS_MAX = 30;

export class Tape {
  constructor(body, { naming, stepTicks }) {
    this.body = body;
    this.naming = naming;
    this.stepTicks = stepTicks;
  }

  /** Add trades, newest last, leaving out those that are shown. */
  add(trades) {
    const fresh = trades.filter(({ id }) => !this.body.querySelector(`[data-trade="${CSS.escape(id)}"]`));
    if (fresh.length) this.body.querySelector(".none")?.remove();
    for (const trade of fresh.slice(-ROWS_MAX)) this.body.prepend(this.#makeRow(trade));
    while (this.body.rows.length > ROWS_MAX) this.body.lastElementChild.remove();
  }

  #makeRow({ id, kind, contract, price, quantity, side, time }) {
    const at = new Date(time);
    const clock = make("time", { class: "num", datetime: time, title: fullTime(at) }, momentTime(at));
    const cells = [
      make("td", { class: "faint" }, clock),
      kind === "cross" ? this.#crossCell(contract) : this.#takerCell(contract, side === "buy" ? "Buy" : "Sell", side),
      make("td", { class: "num" }, formatPrice(parseTicks(price), this.stepTicks)),
      make("td", { class: "num" }, quantity.toLocaleString("en")),
    ];
    return make("tr", { class: "changed", "data-trade": id }, ...cells);
  }

  /** A trade that two members agreed on beside the book took from nobody. */
  #crossCell(contract) {
    const name = this.naming.isYesNo ? null : this.naming.name(contract);
    const word = make("abbr", { title: "Two members agreed on it beside the book: it leaves the last price alone." }, "Cross");
    return make("td", { class: "truncate", title: name }, word, name === null ? "" : ` ${name}`);
  }

  #takerCell(contract, word, side) {
    const name = this.naming.isYesNo ? null : this.naming.name(contract);
    return make("td", { class: `truncate side-${side}`, title: name }, name === null ? word : `${word} ${name}`);
  }
}
