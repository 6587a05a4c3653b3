import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import { checksum, FeedState, LikelyClient, Outcome, RefusedError, UnansweredError } from "../../static/js/likely-client.js";
import { FakeSocket } from "./fake-socket.mjs";

let socket;
let client;
const makeSocket = (address) => {
  socket = Object.assign(new FakeSocket(), { address });
  return socket;
};
const timers = { setTimeout: () => 0, clearTimeout: () => {} };
beforeEach(() => {
  client = new LikelyClient("https://likely.example/", { makeSocket, timers }).connect();
});

const level = (ticks, quantity) => [`0.${String(ticks).padStart(4, "0")}`, quantity];
const frame = (type, prevSeq, seq, bids, after = bids) => ({
  channel: "book",
  market: "rain",
  type,
  epoch: 1,
  prev_seq: prevSeq,
  seq,
  contracts: [{ contract: "11", bids: bids.map((one) => level(...one)), asks: [], checksum: checksum(after, []) }],
});
const trade = (seq) => ({ id: `t${seq}`, seq, kind: "book", contract: "11", price: "0.4500", quantity: 1 });
const trades = (type, prevSeq, seq, list) => ({ channel: "trades", market: "rain", type, prev_seq: prevSeq, seq, trades: list });

test("it speaks to the site's own address, encrypted where the site is", () => {
  assert.equal(socket.address, "wss://likely.example/ws/v1/");
});

test("a key is said first of all", () => {
  client = new LikelyClient("http://x", { key: "lk_1", makeSocket, timers }).connect();
  client.followBook("rain");
  socket.open();
  assert.deepEqual(socket.sent.map(({ op }) => op), ["auth", "subscribe"]);
  assert.equal(socket.sent[0].key, "lk_1");
});

test("a book follows its frames and tells of what is sound", () => {
  const changes = [];
  const book = client.followBook("rain", { onChange: ({ seq }) => changes.push(seq) });
  socket.open();
  socket.push(frame("snapshot", null, 5, [[4500, 10]]));
  socket.push(frame("delta", 5, 6, [[4400, 3]], [[4500, 10], [4400, 3]]));
  assert.deepEqual(book.bids("11"), [[4500, 10], [4400, 3]]);
  assert.deepEqual(changes, [5, 6]);
});

test("a gap, a wrong checksum and a lost last frame are healed by a snapshot", () => {
  const healed = [];
  const book = client.followBook("rain", { onHeal: (outcome) => healed.push(outcome) });
  const heal = { op: "snapshot", channel: "book", market: "rain" };
  socket.open();
  socket.push(frame("snapshot", null, 5, [[4500, 10]]));
  socket.push(frame("delta", 6, 7, [[4400, 3]]));
  assert.deepEqual({ ...socket.last, id: 0 }, { ...heal, id: 0 });
  socket.push(frame("snapshot", null, 7, [[4500, 10]]));
  socket.push(frame("delta", 7, 8, [[4400, 3]], [[1, 1]]));
  assert.equal(book.seq, null);
  socket.push(frame("snapshot", null, 8, [[4500, 10]]));
  socket.push({ type: "heartbeat", seqs: { "book:rain": 9 } });
  assert.deepEqual(healed, [Outcome.GAP, Outcome.MISMATCH, Outcome.GAP]);
  assert.equal(socket.sent.filter(({ op }) => op === "snapshot").length, 3);
});

test("trades come once and in order, whatever snapshots repeat", () => {
  const got = [];
  client.followTrades("rain", { since: 3, onTrades: (list) => got.push(...list.map(({ seq }) => seq)) });
  socket.open();
  assert.equal(socket.last.since, 3);
  socket.push(trades("snapshot", null, 5, [trade(2), trade(3), trade(5)]));
  socket.push(trades("delta", 5, 6, [trade(6)]));
  socket.push(trades("delta", 5, 6, [trade(6)]));
  socket.push(trades("delta", 8, 9, [trade(9)]));
  assert.equal(socket.last.op, "snapshot");
  socket.push(trades("snapshot", null, 9, [trade(6), trade(8), trade(9)]));
  assert.deepEqual(got, [5, 6, 8, 9]);
});

test("a heartbeat that is ahead of the account has it read anew", () => {
  const account = client.followAccount();
  const balance = { balance: "1.0000", exposure: "0.0000", available: "1.0000" };
  socket.open();
  socket.push({ channel: "account", type: "snapshot", prev_account_seq: null, account_seq: 4, balance, orders: [], fills: [], positions: [] });
  assert.deepEqual([account.seq, account.balance], [4, balance]);
  socket.push({ type: "heartbeat", seqs: {}, account_seq: 4 });
  assert.equal(socket.last.op, "subscribe");
  socket.push({ type: "heartbeat", seqs: {}, account_seq: 5 });
  assert.deepEqual([socket.last.op, socket.last.channel], ["snapshot", "account"]);
});

test("orders are answered by id, in whatever order", async () => {
  socket.open();
  const first = client.place({ contract: "11", side: "buy", price: "0.4500", quantity: 1 });
  const second = client.cancel({ client_order_id: "mine" });
  const [place, cancel] = socket.sent;
  assert.deepEqual({ ...cancel, id: 0 }, { id: 0, op: "order.cancel", client_order_id: "mine" });
  socket.push({ id: cancel.id, ok: false, error: { code: "unknown_order", title: "The order is not open" } });
  socket.push({ id: place.id, ok: true, status: 201, order: { id: "7" } });
  assert.deepEqual(await first, { status: 201, order: { id: "7" } });
  await assert.rejects(second, (error) => error instanceof RefusedError && error.problem.code === "unknown_order");
});

test("each request has the op that the server knows", () => {
  socket.open();
  const named = { order: "7" };
  for (const asked of [client.placeAll([{}]), client.replace(named, { reduce_by: 1 }), client.cancelAll({ side: "buy" }), client.setSession({ conflate_ms: 0 })]) asked.catch(() => {});
  assert.deepEqual(socket.sent.map(({ id, ...request }) => request), [
    { op: "order.batch", orders: [{}] },
    { op: "order.replace", order: "7", reduce_by: 1 },
    { op: "order.cancel_all", side: "buy" },
    { op: "session.set", conflate_ms: 0 },
  ]);
  client.close();
  client.connect();
  socket.open();
  assert.deepEqual(socket.sent, [{ id: "c5", op: "session.set", conflate_ms: 0 }]);
});

test("what is lost with the socket is told, never forgotten", async () => {
  await assert.rejects(client.place({}), UnansweredError);
  socket.open();
  const asked = client.place({});
  socket.close();
  await assert.rejects(asked, UnansweredError);
});

test("closing it ends all, and connecting begins again", () => {
  client.followBook("rain");
  socket.open();
  const old = socket;
  client.close();
  assert.equal(old.readyState, 3);
  assert.equal(client.feed.state, FeedState.CONNECTING);
  client.connect();
  assert.notEqual(socket, old);
});
