import assert from "node:assert/strict";
import { test } from "node:test";

import { Naming } from "../../static/js/outcomes.js";
import { previewRows, previewTexts } from "../../static/js/preview.js";

const naming = new Naming({ yes_no: true, contracts: [{ id: "1", name: "Yes" }] });
const ANSWER = {
  available: "1000.0000",
  expected_cost: "4.4000",
  average_fill_price: "0.4143",
  fills_now_quantity: 7,
  rests_quantity: 3,
  closes_quantity: 0,
  closing_proceeds: "0.0000",
  opens_quantity: 10,
  opening_payout: "10.0000",
  opening_profit: "5.6000",
  worst_outcome_after: "No",
  worst_after: "-4.4000",
  fee: "0.0000",
  queue_ahead: 0,
};

function texts(changes, side = "buy") {
  return previewTexts({ ...ANSWER, ...changes }, { order: { contract: "1", side }, naming, stepTicks: 100 });
}

test("an order that crosses says about what it costs, and the average price", () => {
  const { cost_name: name, cost, average, available_after: after } = texts({});
  assert.deepEqual([name, cost, average, after], ["Cost", "about 4.40", "0.4143", "995.60"]);
});

test("an order that rests costs what it says at most", () => {
  const { cost_name: name, cost } = texts({ fills_now_quantity: 0, average_fill_price: null });
  assert.deepEqual([name, cost], ["Cost at most", "4.40"]);
});

test("the average of No is the other side of the book's", () => {
  assert.equal(texts({ average_fill_price: "0.5700" }, "sell").average, "0.43");
});

test("an order that closes names what it closes, and has no cost and no payout to show", () => {
  const answer = { closes_quantity: 10, closing_proceeds: "5.7000", opens_quantity: 0, expected_cost: "-4.0000" };
  const { closes, proceeds, available_after: after } = texts(answer, "sell");
  assert.deepEqual([closes, proceeds, after], ["10 Yes", "about 5.70", "1,004.00"]);
  const rows = previewRows({ ...ANSWER, ...answer }, { quantity: 10 });
  assert.deepEqual([rows.closing, rows.cost, rows.payout, rows.profit, rows.fee], [true, false, false, false, false]);
});

test("a preview says what rests, what waits and what is cancelled", () => {
  const rows = (changes, order) => {
    const { rests, cancelled, queue } = previewRows({ ...ANSWER, queue_ahead: 5, ...changes }, { quantity: 10, ...order });
    return [rests, cancelled, queue];
  };
  assert.deepEqual(rows({}, {}), [true, false, true]);
  assert.deepEqual(rows({ rests_quantity: 0 }, {}), [false, true, false]);
  assert.deepEqual(rows({ fills_now_quantity: 0, rests_quantity: 10 }, { stop_price: "0.6000" }), [true, false, false]);
});
