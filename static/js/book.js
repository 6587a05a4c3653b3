// A local copy of a market's books, kept by snapshots and deltas and proved by checksums. No DOM.

import { checksum } from "./crc32.js";
import { parseTicks } from "./money.js";

/** What became of a frame. GAP and MISMATCH mean: ask for a snapshot. */
export const Outcome = Object.freeze({
  APPLIED: "applied",
  IGNORED: "ignored",
  GAP: "gap",
  MISMATCH: "mismatch",
});

/** The open quantity of one contract by price. */
class Side {
  constructor(descending) {
    this.levels = new Map();
    this.sign = descending ? -1 : 1;
    this.sorted = null;
  }

  set([price, quantity]) {
    const ticks = parseTicks(price);
    if (quantity === 0) this.levels.delete(ticks);
    else this.levels.set(ticks, quantity);
    this.sorted = null;
  }

  /** Return [ticks, quantity] pairs, best first. */
  list() {
    this.sorted ??= [...this.levels].sort(([a], [b]) => this.sign * (a - b));
    return this.sorted;
  }
}

export class Book {
  constructor() {
    this.epoch = null;
    this.seq = null;
    this.contracts = new Map();
  }

  /** Take a push of the book channel; says what became of it. */
  take(frame) {
    if (this.epoch !== null && frame.epoch < this.epoch) return Outcome.IGNORED;
    return frame.type === "snapshot" ? this.replace(frame) : this.apply(frame);
  }

  /** Take the whole book of a snapshot, whatever was there before. */
  replace(frame) {
    this.contracts = new Map();
    return this.#write(frame);
  }

  /** Apply a delta that follows directly on what is here. */
  apply(frame) {
    if (this.seq === null) return Outcome.GAP;
    if (frame.seq <= this.seq) return Outcome.IGNORED;
    if (frame.prev_seq !== this.seq) return Outcome.GAP;
    return this.#write(frame);
  }

  /** Forget the book: whatever comes next must be a snapshot. */
  forget() {
    this.seq = null;
  }

  bids(contract) {
    return this.contracts.get(contract)?.bids.list() ?? [];
  }

  asks(contract) {
    return this.contracts.get(contract)?.asks.list() ?? [];
  }

  #write(frame) {
    this.epoch = frame.epoch ?? this.epoch;
    this.seq = frame.seq;
    const results = frame.contracts.map((change) => this.#change(change));
    if (results.every(Boolean)) return Outcome.APPLIED;
    this.forget();
    return Outcome.MISMATCH;
  }

  #change({ contract, bids, asks, checksum: expected }) {
    if (!this.contracts.has(contract)) {
      this.contracts.set(contract, { bids: new Side(true), asks: new Side(false) });
    }
    const book = this.contracts.get(contract);
    for (const level of bids) book.bids.set(level);
    for (const level of asks) book.asks.set(level);
    return checksum(book.bids.list(), book.asks.list()) === expected;
  }
}
