import assert from "node:assert/strict";
import { test } from "node:test";

import { describeOrder, describeProblem } from "../../static/js/api.js";
import { Naming } from "../../static/js/outcomes.js";
import { valuePosition } from "../../static/js/positions.js";
import { chanceTicks, depthOf, sumOfAll, withDepth } from "../../static/js/quotes.js";

const yesNo = new Naming({ yes_no: true, contracts: [{ id: "1", name: "Yes" }] });
const several = new Naming({ yes_no: false, contracts: [{ id: "1", name: "Reds" }, { id: "2", name: "Blues" }] });

test("in a yes/no market selling is buying No at the other price", () => {
  assert.equal(yesNo.action("1", "sell"), "Buy No");
  assert.equal(yesNo.shownPrice(4500, "sell"), 5500);
  assert.equal(yesNo.shownPrice(4500, "buy"), 4500);
  assert.equal(yesNo.held("1", -3), "No");
});

test("in other markets selling is selling", () => {
  assert.equal(several.action("2", "sell"), "Sell Blues");
  assert.equal(several.shownPrice(4500, "sell"), 4500);
  assert.equal(several.held("1", -3), "Reds, sold");
});

test("a chance is the mid of a near spread, else the last price", () => {
  assert.equal(chanceTicks({ bid: 4400, ask: 4600, last: 100 }), 4500);
  assert.equal(chanceTicks({ bid: 1000, ask: 9000, last: 3000 }), 3000);
  assert.equal(chanceTicks({ bid: null, ask: 4600, last: null }), null);
});

test("sums need every price", () => {
  assert.equal(sumOfAll([4000, 5000]), 9000);
  assert.equal(sumOfAll([4000, null]), null);
});

test("depth cumulates from the best level", () => {
  const levels = [[4600, 30], [4700, 10]];
  assert.equal(depthOf(levels), 40);
  assert.deepEqual(withDepth(levels, 40).map(({ cumulative, share }) => [cumulative, share]), [[30, 75], [40, 100]]);
});

test("a position is valued by cash and last price, exactly", () => {
  assert.deepEqual(valuePosition({ quantity: 10, cash_ticks: -40000 }, 4500), { average: 4000, gain: 5000 });
  assert.deepEqual(valuePosition({ quantity: 0, cash_ticks: 500 }, null), { average: null, gain: null });
  assert.deepEqual(valuePosition({ quantity: 1, cash_ticks: 500 }, 4500), { average: null, gain: 5000 });
});

test("answers are told in a sentence", () => {
  const order = { status: "new", quantity: 10, filled_quantity: 0, open_quantity: 10 };
  assert.equal(describeOrder(order), "Order placed: 10 resting in the book.");
  assert.equal(describeOrder({ ...order, filled_quantity: 4, open_quantity: 6 }), "Order placed: 4 filled, 6 resting in the book.");
  assert.equal(describeOrder({ ...order, filled_quantity: 10, open_quantity: 0 }), "All 10 filled.");
  assert.equal(describeOrder({ ...order, filled_quantity: 4, open_quantity: 0 }), "4 filled; the other 6 cancelled.");
  assert.match(describeOrder({ status: "pending_new" }), /received/);
  assert.equal(describeProblem({ title: "Not enough available", hint: "Buy less." }), "Not enough available. Buy less.");
});
