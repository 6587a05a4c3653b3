import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import { Book, Outcome } from "../../static/js/book.js";
import { checksum } from "../../static/js/crc32.js";

const sum = (bids, asks) => checksum(bids, asks);
const snapshot = (overrides = {}) => ({
  type: "snapshot",
  epoch: 1,
  prev_seq: 0,
  seq: 5,
  contracts: [
    {
      contract: "11",
      bids: [["0.4500", 120], ["0.4400", 10]],
      asks: [["0.4700", 30]],
      checksum: sum([[4500, 120], [4400, 10]], [[4700, 30]]),
    },
  ],
  ...overrides,
});
const delta = (overrides = {}) => ({
  type: "delta",
  epoch: 1,
  prev_seq: 5,
  seq: 6,
  contracts: [
    {
      contract: "11",
      bids: [["0.4500", 0], ["0.4600", 7]],
      asks: [],
      checksum: sum([[4600, 7], [4400, 10]], [[4700, 30]]),
    },
  ],
  ...overrides,
});

let book;
beforeEach(() => {
  book = new Book();
});

test("a snapshot gives sorted sides, best first", () => {
  assert.equal(book.take(snapshot()), Outcome.APPLIED);
  assert.deepEqual(book.bids("11"), [[4500, 120], [4400, 10]]);
  assert.deepEqual(book.asks("11"), [[4700, 30]]);
  assert.deepEqual(book.asks("99"), []);
});

test("a delta sets absolute quantities and 0 removes", () => {
  book.take(snapshot());
  assert.equal(book.take(delta()), Outcome.APPLIED);
  assert.deepEqual(book.bids("11"), [[4600, 7], [4400, 10]]);
  assert.equal(book.seq, 6);
});

test("a delta before any snapshot is a gap", () => {
  assert.equal(book.take(delta()), Outcome.GAP);
});

test("a delta that does not follow is a gap and changes nothing", () => {
  book.take(snapshot());
  assert.equal(book.take(delta({ prev_seq: 6, seq: 7 })), Outcome.GAP);
  assert.deepEqual(book.bids("11"), [[4500, 120], [4400, 10]]);
});

test("a repeated delta is ignored", () => {
  book.take(snapshot());
  book.take(delta());
  assert.equal(book.take(delta()), Outcome.IGNORED);
});

test("frames of an earlier owner are ignored", () => {
  book.take(snapshot({ epoch: 2 }));
  assert.equal(book.take(delta({ epoch: 1 })), Outcome.IGNORED);
  assert.equal(book.take(snapshot({ epoch: 1, seq: 99 })), Outcome.IGNORED);
  assert.equal(book.seq, 5);
});

test("a new owner's delta that follows is taken", () => {
  book.take(snapshot());
  assert.equal(book.take(delta({ epoch: 2 })), Outcome.APPLIED);
  assert.equal(book.epoch, 2);
});

test("a wrong checksum is a mismatch, after which only a snapshot is taken", () => {
  book.take(snapshot());
  const bad = delta();
  bad.contracts[0].checksum = 1;
  assert.equal(book.take(bad), Outcome.MISMATCH);
  assert.equal(book.take(delta({ prev_seq: 6, seq: 7 })), Outcome.GAP);
  assert.equal(book.take(snapshot({ seq: 8 })), Outcome.APPLIED);
});

test("a snapshot drops levels and contracts it does not have", () => {
  book.take(snapshot());
  const next = snapshot({ seq: 9 });
  next.contracts = [{ contract: "12", bids: [], asks: [["0.9900", 1]], checksum: sum([], [[9900, 1]]) }];
  assert.equal(book.take(next), Outcome.APPLIED);
  assert.deepEqual(book.bids("11"), []);
  assert.deepEqual(book.asks("12"), [[9900, 1]]);
});

test("random deltas lead to the same book as the snapshot of the end", () => {
  const truth = { bids: new Map(), asks: new Map() };
  let state = 42;
  const next = (bound) => {
    state = (state * 48271) % 2147483647;
    return state % bound;
  };
  const list = (side, sign) => [...side].sort(([a], [b]) => sign * (a - b));
  book.take(snapshot({ contracts: [{ contract: "11", bids: [], asks: [], checksum: 0 }] }));
  for (let seq = 6; seq < 500; seq += 1) {
    const side = next(2) ? "bids" : "asks";
    const ticks = side === "bids" ? 100 * (1 + next(49)) : 100 * (50 + next(49));
    const quantity = next(3) ? next(900) + 1 : 0;
    if (quantity) truth[side].set(ticks, quantity);
    else truth[side].delete(ticks);
    const change = { contract: "11", bids: [], asks: [] };
    change[side] = [[`0.${String(ticks).padStart(4, "0")}`, quantity]];
    change.checksum = sum(list(truth.bids, -1), list(truth.asks, 1));
    assert.equal(book.take({ type: "delta", epoch: 1, prev_seq: seq - 1, seq, contracts: [change] }), Outcome.APPLIED);
  }
  assert.deepEqual(book.bids("11"), list(truth.bids, -1));
  assert.deepEqual(book.asks("11"), list(truth.asks, 1));
});
