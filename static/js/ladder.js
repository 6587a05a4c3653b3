// The order book on the page: one contract's best levels, redrawn in place from the replica.

import { make, makeSvg, setChildren, setText, throttle } from "./dom.js";
import { formatPrice } from "./money.js";
import { formatChance } from "./odds.js";
import { chanceTicks, depthOf, withDepth } from "./quotes.js";

const LEVELS_SHOWN = 10;
const ANNOUNCE_MS = 10000;
const NOTHING = "\u2013";

/** Return a contract's best bid and ask and its last price, null where there is none. */
export function quoteOf(book, contract, last) {
  return {
    bid: book.bids(contract)[0]?.[0] ?? null,
    ask: book.asks(contract)[0]?.[0] ?? null,
    last: last.get(contract) ?? null,
  };
}

export class Ladder {
  constructor(root, { naming, stepTicks, onPick }) {
    this.root = root;
    this.naming = naming;
    this.stepTicks = stepTicks;
    this.contract = root.dataset.ladder;
    this.rows = { asks: new Map(), bids: new Map() };
    this.announce = throttle(() => this.#announceNow(), ANNOUNCE_MS);
    root.addEventListener("click", (event) => this.#clicked(event, onPick));
  }

  /** Show another contract. */
  select(contract) {
    this.contract = contract;
    this.root.dataset.ladder = contract;
    this.rows = { asks: new Map(), bids: new Map() };
  }

  /** Redraw from the replica; `own(side)` gives the viewer's quantity by price. */
  render(book, last, own) {
    const quote = quoteOf(book, this.contract, last);
    const asks = book.asks(this.contract).slice(0, LEVELS_SHOWN);
    const bids = book.bids(this.contract).slice(0, LEVELS_SHOWN);
    const deepest = Math.max(depthOf(asks), depthOf(bids), 1);
    this.#renderSide("asks", withDepth(asks, deepest).reverse(), own("sell"));
    this.#renderSide("bids", withDepth(bids, deepest), own("buy"));
    this.#renderHead(quote);
    this.#noteBest(quote);
  }

  price(ticks) {
    return ticks === null ? NOTHING : formatPrice(ticks, this.stepTicks);
  }

  #renderHead(quote) {
    const card = this.root.closest(".card");
    const chance = chanceTicks(quote);
    const spread = quote.bid === null || quote.ask === null ? null : quote.ask - quote.bid;
    setText(card.querySelector("[data-book-name]"), this.naming.name(this.contract));
    setText(card.querySelector("[data-book-chance]"), chance === null ? NOTHING : formatChance(chance));
    setText(card.querySelector("[data-spread]"), this.price(spread));
    setText(card.querySelector("[data-last]"), this.price(quote.last));
  }

  #renderSide(side, levels, own) {
    const body = this.root.querySelector(`[data-side=${side}]`);
    const rows = new Map();
    for (const level of levels) {
      const row = this.rows[side].get(level.ticks) ?? this.#makeRow(side, level.ticks);
      updateRow(row, level, own.get(level.ticks) ?? 0);
      rows.set(level.ticks, row);
    }
    this.rows[side] = rows;
    setChildren(body, rows.size ? [...rows.values()] : [emptyRow(body, side)]);
  }

  #makeRow(side, ticks) {
    const taken = side === "asks" ? "sell" : "buy";
    const link = make("a", { class: `num price side-${taken}`, href: this.#link(side, ticks), rel: "nofollow" }, this.price(ticks));
    const bar = makeSvg("svg", { class: `depth-bar depth-bar-${taken} depth-bar-from-right`, "aria-hidden": "true", focusable: "false" }, makeSvg("rect", { height: "100%" }));
    return make(
      "tr",
      { class: "rung", "data-price": String(ticks) },
      make("th", { scope: "row" }, link, " ", make("span", { class: "own" })),
      make("td", { class: "num" }),
      make("td", { class: "num depth-row" }, bar, make("span")),
    );
  }

  #link(side, ticks) {
    const taking = side === "asks" ? "buy" : "sell";
    const price = formatPrice(this.naming.shownPrice(ticks, taking), this.stepTicks);
    return `?${new URLSearchParams({ contract: this.contract, side: taking, price })}#ticket`;
  }

  #clicked(event, onPick) {
    const link = event.target.closest("tr.rung a") ?? event.target.closest("tr.rung")?.querySelector("a");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const values = new URLSearchParams(new URL(link.href).search);
    if (onPick(Object.fromEntries(values))) event.preventDefault();
  }

  #noteBest({ bid, ask }) {
    const text = `Best offer ${this.price(ask)}, best bid ${this.price(bid)}`;
    if (this.noted !== undefined && this.noted !== text) this.announce();
    this.noted = text;
  }

  #announceNow() {
    setText(this.root.closest(".card").querySelector("[data-announce]"), this.noted);
  }
}

function updateRow(row, { quantity, cumulative, share }, mine) {
  const [price, size, depth] = row.children;
  row.classList.toggle("is-mine", mine > 0);
  setText(price.querySelector(".own"), mine ? `you: ${mine.toLocaleString("en")}` : "");
  const text = quantity.toLocaleString("en");
  if (size.textContent && size.textContent !== text) flash(size);
  setText(size, text);
  setText(depth.querySelector("span"), cumulative.toLocaleString("en"));
  depth.querySelector("rect").setAttribute("width", `${share}%`);
}

/** Restart the short highlight of a number that changed. */
function flash(cell) {
  cell.classList.remove("changed");
  void cell.offsetWidth; // the browser restarts an animation only after a layout without it
  cell.classList.add("changed");
}

function emptyRow(body, side) {
  const text = side === "asks" ? "Nobody is selling at the moment." : "Nobody is buying at the moment.";
  return body.querySelector(".none") ?? make("tr", { class: "none" }, make("td", { colspan: "3" }, text));
}
