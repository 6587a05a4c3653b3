// The list of outcomes of a market with several: best prices, chances, and which book is shown.

import { setText } from "./dom.js";
import { formatPrice } from "./money.js";
import { formatChance } from "./odds.js";
import { quoteOf } from "./ladder.js";
import { chanceTicks, sumOfAll } from "./quotes.js";

const NOTHING = "\u2013";

export class OutcomeList {
  constructor(root, { stepTicks, onSelect }) {
    this.root = root;
    this.stepTicks = stepTicks;
    root.addEventListener("click", (event) => {
      const row = event.target.closest("[data-outcome]");
      if (!row || event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      onSelect(row.dataset.outcome);
    });
  }

  select(contract) {
    for (const link of this.root.querySelectorAll("[data-outcome] a")) {
      const isChosen = link.closest("[data-outcome]").dataset.outcome === contract;
      if (isChosen) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    }
  }

  render(book, last) {
    const quotes = [...this.root.querySelectorAll("[data-outcome]")].map((row) => {
      const quote = quoteOf(book, row.dataset.outcome, last);
      const chance = chanceTicks(quote);
      setText(row.querySelector("[data-chance]"), chance === null ? NOTHING : formatChance(chance));
      setText(row.querySelector("[data-bid]"), this.#price(quote.bid));
      setText(row.querySelector("[data-ask]"), this.#price(quote.ask));
      return quote;
    });
    setText(this.root.querySelector("[data-bids-sum]"), this.#price(sumOfAll(quotes.map(({ bid }) => bid))));
    setText(this.root.querySelector("[data-asks-sum]"), this.#price(sumOfAll(quotes.map(({ ask }) => ask))));
  }

  #price(ticks) {
    return ticks === null ? NOTHING : formatPrice(ticks, this.stepTicks);
  }
}
