// A market's page, live: puts the feed, the book, the ticket and the viewer's things together.

import { AccountState } from "./account.js";
import { Book } from "./book.js";
import { fetchPage, localTimes, make, oncePerFrame, setText, toast } from "./dom.js";
import { Ladder, quoteOf } from "./ladder.js";
import { showFeedState, showMoney, siteClient } from "./live.js";
import { formatCredits, parseTicks } from "./money.js";
import { enableOrderDialogs } from "./order-edit.js";
import { enableOrderActions, OwnOrders } from "./orders.js";
import { OutcomeList } from "./outcome-list.js";
import { Naming } from "./outcomes.js";
import { Positions } from "./positions.js";
import { QueueWatch } from "./queue.js";
import { Tape } from "./tape.js";
import { Ticket } from "./ticket.js";

const ENDED = new Set(["settled", "voided"]);

class MarketPage {
  constructor(initial) {
    const { slug, status, step_ticks: stepTicks, volume } = initial.market;
    const options = { naming: new Naming(initial.market), stepTicks };
    Object.assign(this, { slug, status, volume });
    this.last = new Map(initial.market.contracts.map(({ id, last_ticks: ticks }) => [id, ticks]));
    this.book = new Book();
    if (initial.book.complete) this.book.take({ type: "snapshot", ...initial.book });
    this.tape = new Tape(find("[data-tape]"), options);
    this.ladder = new Ladder(find("[data-ladder]"), { ...options, onPick: (values) => this.#pick(values) });
    this.outcomes = find("[data-outcomes]") && new OutcomeList(find("[data-outcomes]"), { ...options, onSelect: (contract) => this.#select(contract) });
    this.render = oncePerFrame(() => this.#renderNow());
    if (initial.account) this.#enableAccount(initial, options);
    if (find("[data-ticket]")) this.ticket = new Ticket(find("[data-ticket]"), this.#ticketOptions(options));
    this.#follow(siteClient(), initial.book.seq);
  }

  #enableAccount(initial, options) {
    this.account = new AccountState(initial, this.slug);
    this.queue = new QueueWatch({ market: this.slug, orders: this.account.openOrders(), onChange: () => this.#renderOrders() });
    this.orders = new OwnOrders(find("[data-orders]"), { ...options, ahead: (id) => this.queue.ahead(id) });
    this.askCancelAll = find("[data-ask-cancel-all]");
    this.positions = new Positions(find("[data-positions]"), { ...options, onPick: (values) => this.#pick(values) });
    this.account.onChange((fills) => this.#accountChanged(fills));
    enableOrderActions(find("[data-orders]"), (order) => this.account.takeOrder(order));
    // Of many that were cancelled the account's own channel tells.
    enableOrderDialogs(find(".market-orders"), (order) => order && this.account.takeOrder(order));
  }

  #renderOrders() {
    const orders = this.account.openOrders();
    this.orders.render(orders);
    this.askCancelAll.hidden = orders.length < 2;
  }

  #ticketOptions(options) {
    return {
      ...options,
      bestPrice: (contract, side) => quoteOf(this.book, contract, this.last)[side === "buy" ? "ask" : "bid"],
      onContract: (contract) => this.#select(contract),
      onPlaced: (order) => this.account.takeOrder(order),
    };
  }

  #follow(client, seq) {
    showFeedState(client.feed, find("[data-feed]"));
    client.followBook(this.slug, { book: this.book, onChange: this.render });
    client.followTrades(this.slug, { since: seq, onTrades: (trades) => this.#takeTrades(trades) });
    client.followStatus(this.slug, (status) => this.#takeStatus(status));
    if (this.account) client.followAccount(this.account);
  }

  #takeTrades(trades) {
    this.tape.add(trades);
    for (const { kind, contract, price, quantity } of trades) {
      // A cross was agreed beside the book: its price says nothing about the market's.
      if (kind !== "cross") this.last.set(contract, parseTicks(price));
      this.volume += quantity;
    }
    setText(find("[data-volume]"), this.volume.toLocaleString("en"));
    this.render();
  }

  #takeStatus(status) {
    if (status === this.status) return;
    this.status = status;
    const word = status[0].toUpperCase() + status.slice(1);
    find("[data-status]").replaceChildren(make("span", { class: `badge badge-${status}` }, word));
    for (const note of document.querySelectorAll("[data-status-note]")) note.hidden = note.dataset.statusNote !== status;
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
    this.#renderOrders();
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
    if (!this.account) return;
    this.positions.render([...this.account.positions.values()], this.last);
    if (this.account.orders.size) this.queue.look();
  }
}

function find(selector) {
  return document.querySelector(selector);
}

localTimes();
new MarketPage(JSON.parse(document.getElementById("initial").textContent));
