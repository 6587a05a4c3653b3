// Where the viewer's orders stand in the queue: asked again when the book has changed.

import { getQueues } from "./api.js";
import { throttle } from "./dom.js";

const LOOK_MS = 5000;
// What ended an order tells the book and its owner at once, but not in one message.
const SETTLE_MS = 500;

export class QueueWatch {
  #ahead = new Map();

  /** `orders` are those of the market that the page came with; `onChange` is called after a look. */
  constructor({ market, orders, onChange }) {
    Object.assign(this, { market, onChange });
    for (const { id, ahead } of orders) if (ahead) this.#ahead.set(id, ahead);
    this.look = throttle(() => this.#lookNow(), LOOK_MS);
  }

  /** Return what is ahead of an order, {quantity, orders}; undefined where that is not known. */
  ahead(id) {
    return this.#ahead.get(id);
  }

  async #lookNow() {
    if (document.hidden) return;
    await new Promise((done) => setTimeout(done, SETTLE_MS));
    const { ok, body } = await getQueues(this.market).catch(() => ({ ok: false }));
    this.#ahead = new Map(ok ? body.queues.map(pair) : []);
    this.onChange();
  }
}

function pair({ id, ahead_quantity: quantity, ahead_orders: orders }) {
  return [id, { quantity, orders }];
}
