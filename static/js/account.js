// The member's own state: money, open orders, positions, kept by the account channel. No DOM.

import { parseTicks } from "./money.js";

const OPEN = new Set(["new", "partially_filled"]);

export class AccountState {
  /**
   * `initial` is what is known already: {account, orders, positions} as REST has them. `market`
   * narrows orders and positions to one market's slug; null keeps all.
   */
  constructor(initial = null, market = null) {
    this.market = market;
    this.seq = initial?.account.account_seq ?? null;
    this.listeners = new Set();
    const { account = null, orders = [], positions = [] } = initial ?? {};
    this.#replace({ balance: account, orders, positions });
  }

  /** Call `listener(fills)` after every change, with the fills that it brought. */
  onChange(listener) {
    this.listeners.add(listener);
  }

  /** Take a push; returns false where something is missing and a snapshot is needed. */
  take(frame) {
    if (frame.type === "snapshot") this.#replace(frame);
    else if (this.seq !== null && frame.account_seq <= this.seq) return true;
    else if (frame.prev_account_seq !== this.seq) return false;
    else this.#merge(frame);
    this.seq = frame.account_seq;
    this.#tell(frame.fills ?? []);
    return true;
  }

  /** Take an order of a REST answer, which may be ahead of the pushes or behind them. */
  takeOrder(order) {
    const known = this.orders.get(order.id);
    if (known && known.account_seq > order.account_seq) return;
    this.#keepOrder(order);
    // The one in whose place it was put has ended, and its own news may come later.
    if (order.replaces) this.orders.delete(order.replaces);
    this.#tell([]);
  }

  /** Return the own open quantity by price of one side of a contract. */
  ownLevels(contract, side) {
    const own = new Map();
    for (const order of this.orders.values()) {
      if (order.contract !== contract || order.side !== side || order.is_waiting) continue;
      const ticks = parseTicks(order.price);
      own.set(ticks, (own.get(ticks) ?? 0) + order.open_quantity);
    }
    return own;
  }

  /** Return open orders, newest first. Ids are longer than a number can hold exactly. */
  openOrders() {
    return [...this.orders.values()].sort((a, b) => (BigInt(a.id) < BigInt(b.id) ? 1 : -1));
  }

  #replace({ balance, orders, positions }) {
    this.orders = new Map();
    this.positions = new Map();
    this.#merge({ balance, orders, positions });
  }

  #merge({ balance, orders, positions }) {
    this.balance = balance;
    for (const order of orders) this.#keepOrder(order);
    for (const position of positions) this.#keepPosition(position);
  }

  #keepOrder(order) {
    if (this.market !== null && order.market !== this.market) return;
    if (OPEN.has(order.status) && order.open_quantity > 0) this.orders.set(order.id, order);
    else this.orders.delete(order.id);
  }

  #keepPosition(position) {
    if (this.market !== null && position.market !== this.market) return;
    if (position.quantity || parseTicks(position.cash)) this.positions.set(position.contract, position);
    else this.positions.delete(position.contract);
  }

  #tell(fills) {
    for (const listener of this.listeners) listener(fills);
  }
}
