// Likely's live feed for programs, in a browser or in Node, and for the site's own pages: books that
// prove themselves by checksums, trades without gaps, the own account, orders. No DOM.
//
//   import { LikelyClient } from "./likely-client.js";
//   const client = new LikelyClient("http://localhost:8000", { key: "lk_..." });
//   const book = client.followBook("market-slug", { onChange: () => console.log(book.bids(contract)) });
//   const { order } = await client.place({ contract, side: "buy", price: "0.4500", quantity: 10 });

import { AccountState } from "./account.js";
import { Book, Outcome } from "./book.js";
import { Feed } from "./feed.js";

export { checksum, crc32 } from "./crc32.js";
export { FeedState, RefusedError, UnansweredError } from "./feed.js";
export { formatTicks, parseTicks } from "./money.js";
export { AccountState, Book, Outcome };

export class LikelyClient {
  /**
   * `site` is the address of the site; without a key it is a stranger's, or the session's of a page.
   * `options` are those of Feed.
   */
  constructor(site, options = {}) {
    this.feed = new Feed(`${String(site).replace(/^http/, "ws").replace(/\/$/, "")}/ws/v1/`, options);
  }

  /** Connect, and stay connected. Follow first or later, as you like. */
  connect() {
    this.feed.connect();
    return this;
  }

  close() {
    this.feed.close();
  }

  /** Call `listener(state)` now and on every change of FeedState: only while LIVE is nothing old. */
  onState(listener) {
    this.feed.onState(listener);
  }

  /**
   * Keep a market's books up to date and return them. What is missing or wrong is noticed, by seq and
   * by checksum, and read anew: `onHeal(outcome)` hears of it, `onChange(book)` of all that is sound.
   */
  followBook(market, { book = new Book(), onChange = () => {}, onHeal = () => {} } = {}) {
    const heal = (outcome) => {
      onHeal(outcome);
      this.feed.snapshot("book", { market });
    };
    this.feed.subscribe("book", {
      market,
      take: (frame) => {
        const outcome = book.take(frame);
        if (outcome === Outcome.APPLIED) onChange(book);
        else if (outcome !== Outcome.IGNORED) heal(outcome);
      },
      since: () => book.seq,
      lastSeq: (seq) => seq > (book.seq ?? 0) && heal(Outcome.GAP),
    });
    return book;
  }

  /**
   * Hand over trades, oldest first, none twice: all after seq `since`, or the latest and all that
   * follow. After a long absence the oldest may be missing: read them by REST.
   */
  followTrades(market, { since = null, onTrades }) {
    let last = since;
    const heal = () => this.feed.snapshot("trades", { market });
    this.feed.subscribe("trades", {
      market,
      take: (frame) => {
        if (frame.type === "delta" && frame.prev_seq !== last) {
          if (frame.seq > (last ?? -1)) heal();
          return;
        }
        const fresh = frame.trades.filter(({ seq }) => last === null || seq > last);
        last = Math.max(last ?? 0, frame.seq);
        onTrades(fresh);
      },
      since: () => last,
      lastSeq: (seq) => seq > (last ?? 0) && heal(),
    });
  }

  /** Hear where a market stands: "open", "halted"... */
  followStatus(market, onStatus) {
    this.feed.subscribe("market", { market, take: ({ status }) => onStatus(status) });
  }

  /** Keep the own money, open orders and positions up to date; `account` is changed and returned. */
  followAccount(account = new AccountState()) {
    const heal = () => this.feed.snapshot("account");
    this.feed.subscribe("account", {
      take: (frame) => account.take(frame) || heal(),
      since: () => account.seq,
      lastSeq: (seq) => seq > (account.seq ?? 0) && heal(),
    });
    return account;
  }

  /**
   * Place an order; resolves to {status, order}. Rejects with a RefusedError that has the problem, or
   * an UnansweredError: the socket was lost. Give a client_order_id, and send the same again then.
   */
  place(order) {
    return this.feed.request({ op: "order.place", ...order });
  }

  /** Place up to 500 orders; resolves to {results}, each with the status and body it had alone. */
  placeAll(orders) {
    return this.feed.request({ op: "order.batch", orders });
  }

  /** Cancel an order: {order: id} or {client_order_id: ...}. Resolves and rejects as `place` does. */
  cancel(named) {
    return this.feed.request({ op: "order.cancel", ...named });
  }

  /** Change an order, named as for `cancel`: {reduce_by}, or {quantity, price} of what it shall be. */
  replace(named, terms) {
    return this.feed.request({ op: "order.replace", ...named, ...terms });
  }

  /** Cancel all open orders, or those of a {market, contract, side, group}. */
  cancelAll(which = {}) {
    return this.feed.request({ op: "order.cancel_all", ...which });
  }

  /**
   * Say what becomes of this socket's orders and how often it is told: {cancel_on_disconnect: true...}.
   * It holds for later sockets too, when this one is lost.
   */
  setSession(wishes) {
    return this.feed.setSession(wishes);
  }
}
