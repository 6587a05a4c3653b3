import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import { AccountState } from "../../static/js/account.js";

const MONEY = { balance: "1000.0000", exposure: "0.0000", available: "1000.0000", account_seq: 5 };
const order = (overrides = {}) => ({
  id: "100",
  market: "rain",
  contract: "11",
  side: "buy",
  price: "0.4500",
  quantity: 10,
  open_quantity: 10,
  filled_quantity: 0,
  status: "new",
  account_seq: 6,
  ...overrides,
});
const delta = (overrides = {}) => ({
  type: "delta",
  prev_account_seq: 5,
  account_seq: 6,
  balance: MONEY,
  orders: [order()],
  positions: [],
  fills: [],
  ...overrides,
});

let account;
let heard;
beforeEach(() => {
  heard = [];
  account = new AccountState({ account: MONEY, orders: [], positions: [] }, "rain");
  account.onChange((fills) => heard.push(fills));
});

test("a delta that follows adds orders and tells the fills", () => {
  assert.equal(account.take(delta({ fills: [{ id: "1" }] })), true);
  assert.deepEqual(account.openOrders().map(({ id }) => id), ["100"]);
  assert.deepEqual(heard, [[{ id: "1" }]]);
});

test("a delta with something missing before it asks for a snapshot", () => {
  assert.equal(account.take(delta({ prev_account_seq: 6, account_seq: 7 })), false);
  assert.deepEqual(account.openOrders(), []);
});

test("a repeated delta changes nothing", () => {
  account.take(delta());
  assert.equal(account.take(delta({ orders: [order({ open_quantity: 1 })] })), true);
  assert.equal(account.openOrders()[0].open_quantity, 10);
});

test("a snapshot replaces what was there", () => {
  account.take(delta());
  account.take(delta({ type: "snapshot", prev_account_seq: null, account_seq: 9, orders: [] }));
  assert.deepEqual(account.openOrders(), []);
  assert.equal(account.seq, 9);
});

test("orders that end leave, those of other markets never come", () => {
  account.take(delta({ orders: [order(), order({ id: "101", market: "snow" })] }));
  assert.equal(account.openOrders().length, 1);
  account.take(delta({ prev_account_seq: 6, account_seq: 7, orders: [order({ status: "filled", open_quantity: 0 })] }));
  assert.deepEqual(account.openOrders(), []);
});

test("a REST answer older than the push is not taken", () => {
  account.take(delta({ orders: [order({ open_quantity: 4, account_seq: 6 })] }));
  account.takeOrder(order({ open_quantity: 10, account_seq: 5 }));
  assert.equal(account.openOrders()[0].open_quantity, 4);
});

test("orders are sorted by ids too long for a number", () => {
  const ids = ["9007199254740993", "9007199254740992", "9007199254740994"];
  account.take(delta({ orders: ids.map((id) => order({ id })) }));
  assert.deepEqual(account.openOrders().map(({ id }) => id), [ids[2], ids[0], ids[1]]);
});

test("an order put in another's place takes it, before the other's own news", () => {
  account.take(delta({ orders: [order()] }));
  account.takeOrder(order({ id: "101", replaces: "100", account_seq: 9 }));
  assert.deepEqual(account.openOrders().map(({ id }) => id), ["101"]);
});

test("own levels sum what is open by price; a stop that waits is on none", () => {
  account.take(delta({ orders: [order(), order({ id: "101" }), order({ id: "102", side: "sell" }), order({ id: "103", is_waiting: true })] }));
  assert.deepEqual([...account.ownLevels("11", "buy")], [[4500, 20]]);
});
