// A market's page, live: puts the feed, the book, the ticket and the viewer's things together.

import { AccountState } from "./account.js";
import { Book, Outcome } from "./book.js";
import { fetchPage, localTimes, make, oncePerFrame, setText, toast } from "./dom.js";
import { Feed } from "./feed.js";
import { Ladder, quoteOf } from "./ladder.js";
import { feedAddress, showFeedState, showMoney } from "./live.js";
import { formatCredits, parseTicks } from "./money.js";
import { enableOrderActions, OwnOrders } from "./orders.js";
import { OutcomeList } from "./outcome-list.js";
import { Naming } from "./outcomes.js";
import { Positions } from "./positions.js";
import { Tape } from "./tape.js";
import { Ticket } from "./ticket.js";

const ENDED = new Set(["settled", "voided"]);

class MarketPage {
  constructor(initial) {
    const { slug, status, step_ticks: stepTicks, volume } = initial.market;
    const options = { naming: new Naming(initial.market), stepTicks };
    Object.assign(this, { slug, status, volume, tradesSeq: initial.book.seq });
    this.last = new Map(initial.market.contracts.map(({ id, last_ticks: ticks }) => [id, ticks]));
    this.book = new Book();
    if (initial.book.complete) this.book.take({ type: "snapshot", ...initial.book });
    this.tape = new Tape(find("[data-tape]"), options);
    this.ladder = new Ladder(find("[data-ladder]"), { ...options, onPick: (values) => this.#pick(values) });
    this.outcomes = find("[data-outcomes]") && new OutcomeList(find("[data-outcomes]"), { ...options, onSelect: (contract) => this.#select(contract) });
    this.render = oncePerFrame(() => this.#renderNow());
    if (initial.account) this.#enableAccount(initial, options);
    if (find("[data-ticket]")) this.ticket = new Ticket(find("[data-ticket]"), this.#ticketOptions(options));
    this.feed = new Feed(feedAddress());
    showFeedState(this.feed, find("[data-feed]"));
    this.#subscribe();
  }

  #enableAccount(initial, options) {
    this.account = new AccountState(initial, this.slug);
    this.orders = new OwnOrders(find("[data-orders]"), options);
    this.positions = new Positions(find("[data-positions]"), { ...options, onPick: (values) => this.#pick(values) });
    this.account.onChange((fills) => this.#accountChanged(fills));
    enableOrderActions(find("[data-orders]"), (order) => this.account.takeOrder(order));
  }

  #ticketOptions(options) {
    return {
      ...options,
      bestPrice: (contract, side) => quoteOf(this.book, contract, this.last)[side === "buy" ? "ask" : "bid"],
      onContract: (contract) => this.#select(contract),
      onPlaced: (order) => this.account.takeOrder(order),
    };
  }

  #subscribe() {
    const { feed, slug: market } = this;
    feed.subscribe("book", {
      market,
      take: (frame) => this.#takeBook(frame),
      since: () => this.book.seq,
      lastSeq: (seq) => seq > (this.book.seq ?? 0) && feed.snapshot("book", market),
    });
    feed.subscribe("trades", { market, take: (frame) => this.#takeTrades(frame), since: () => this.tradesSeq });
    feed.subscribe("market", { market, take: ({ status }) => this.#takeStatus(status) });
    if (this.account) {
      feed.subscribe("account", {
        take: (frame) => this.account.take(frame) || feed.snapshot("account"),
        since: () => this.account.seq,
        lastSeq: (seq) => seq > this.account.seq && feed.snapshot("account"),
      });
    }
    feed.connect();
  }

  #takeBook(frame) {
    const outcome = this.book.take(frame);
    if (outcome === Outcome.GAP || outcome === Outcome.MISMATCH) this.feed.snapshot("book", this.slug);
    if (outcome === Outcome.APPLIED) this.render();
  }

  #takeTrades({ trades, seq: upTo }) {
    this.tape.add(trades);
    for (const { contract, price, quantity, seq } of trades) {
      this.last.set(contract, parseTicks(price));
      // A snapshot repeats trades that the volume has counted already.
      if (seq > this.tradesSeq) this.volume += quantity;
    }
    this.tradesSeq = Math.max(this.tradesSeq, upTo);
    setText(find("[data-volume]"), this.volume.toLocaleString("en"));
    this.render();
  }

  #takeStatus(status) {
    if (status === this.status) return;
    this.status = status;
    const word = status[0].toUpperCase() + status.slice(1);
    find("[data-status]").replaceChildren(make("span", { class: `badge badge-${status}` }, word));
    toast(`This market is now ${status}.`, "info");
    this.ticket?.setStatus(status);
    if (ENDED.has(status)) this.#showEnd();
  }

  /** The end has one author, the server: what it says of it replaces the page's content. */
  async #showEnd() {
    try {
      const fresh = await fetchPage();
      const article = find("[data-feed]");
      article.replaceChildren(...fresh.querySelector("[data-feed]").childNodes);
      localTimes(article);
    } catch {
      location.reload();
    }
  }

  #accountChanged(fills) {
    // What the ticket took, it has said itself.
    for (const fill of fills) if (fill.market === this.slug && fill.liquidity === "maker") toast(this.#describeFill(fill));
    showMoney(this.account.balance, (text) => formatCredits(parseTicks(text)));
    this.orders.render(this.account.openOrders());
    this.ticket?.refresh();
    this.render();
  }

  #describeFill({ contract, side, quantity, price }) {
    const { naming } = this.ladder;
    const shown = this.ladder.price(naming.shownPrice(parseTicks(price), side));
    return `Filled: ${naming.action(contract, side)}, ${quantity} at ${shown}`;
  }

  #select(contract) {
    this.ladder.select(contract);
    this.outcomes?.select(contract);
    this.ticket?.select(contract);
    history.replaceState(null, "", `?contract=${encodeURIComponent(contract)}`);
    this.render();
  }

  #pick(values) {
    if (values.contract !== this.ladder.contract) this.#select(values.contract);
    this.ticket?.pick(values);
    return Boolean(this.ticket);
  }

  #renderNow() {
    const own = (side) => this.account?.ownLevels(this.ladder.contract, side) ?? new Map();
    // Until the first snapshot of a very large book, what the server drew stays.
    if (this.book.seq !== null) {
      this.ladder.render(this.book, this.last, own);
      this.outcomes?.render(this.book, this.last);
    }
    if (this.account) this.positions.render([...this.account.positions.values()], this.last);
  }
}

function find(selector) {
  return document.querySelector(selector);
}

localTimes();
new MarketPage(JSON.parse(document.getElementById("initial").textContent));
