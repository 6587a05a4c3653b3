import assert from "node:assert/strict";
import { test } from "node:test";

import { describeChange, describeOrder } from "../../static/js/api.js";
import { placeNote } from "../../static/js/order-edit.js";
import { describeQueue, describeTerms } from "../../static/js/order-terms.js";
import { Naming } from "../../static/js/outcomes.js";
import { errorsOf } from "../../static/js/problems.js";
import { optionsFor, orderBody } from "../../static/js/ticket-body.js";
import { momentIn } from "../../static/js/zones.js";

const naming = new Naming({ yes_no: true, contracts: [{ id: "1", name: "Yes" }] });
const FIELDS = { contract: "1", side: "buy", kind: "limit", price: "0.45", quantity: "10", time_in_force: "GTC", stp: "cancel_newest" };
const PLAIN = { contract: "1", side: "buy", type: "limit", price: "0.4500", quantity: 10, time_in_force: "GTC" };
const ORDER = { id: "5", type: "limit", side: "buy", time_in_force: "GTC", stop_price: null, stp: "cancel_newest", on_halt: "keep" };

function body(changes) {
  return orderBody(new Map(Object.entries({ ...FIELDS, ...changes })), { naming, zone: "Europe/Berlin" });
}

test("a plain ticket asks for a plain limit order", () => {
  assert.deepEqual(body({}), PLAIN);
});

test("every term that is chosen is asked for", () => {
  assert.deepEqual(body({ post_only: "on", cancel_on_halt: "on", stp: "cancel_both" }), { ...PLAIN, post_only: true, on_halt: "cancel", stp: "cancel_both" });
  assert.deepEqual(body({ kind: "market", price: "", time_in_force: "IOC", max_cost: "12.5", min_quantity: "3", reduce_only: "on" }), {
    contract: "1", side: "buy", type: "market", quantity: 10, time_in_force: "IOC", max_cost: "12.5000", min_quantity: 3, reduce_only: true,
  });
});

test("of No both prices are the other side's", () => {
  const asked = body({ side: "sell", kind: "stop_limit", price: "0.40", stop_price: "0.45" });
  assert.deepEqual([asked.price, asked.stop_price], ["0.6000", "0.5500"]);
});

test("what lasts until a time says when, in the zone in which it is typed", () => {
  assert.equal(body({ time_in_force: "GTD", expires_at: "2026-12-24T18:00" }).expires_at, "2026-12-24T17:00:00.000Z");
  assert.equal(body({ time_in_force: "GTD", expires_at: "" }), null);
});

test("what is not filled in well is no order", () => {
  const wrong = [{ price: "" }, { price: "x" }, { quantity: "0" }, { quantity: "1.5" }, { kind: "stop" }, { kind: "stop", stop_price: "x" }, { max_cost: "x" }, { min_quantity: "0" }, { side: "" }];
  for (const changes of wrong) assert.equal(body(changes), null, JSON.stringify(changes));
});

test("only options that go together are shown", () => {
  const shown = (terms) => [...optionsFor(terms)].sort();
  assert.deepEqual(shown({ kind: "limit", tif: "GTC" }), ["cancel_on_halt", "max_cost", "min_quantity", "post_only", "tif-FOK", "tif-GTC", "tif-GTD", "tif-IOC"]);
  assert.deepEqual(shown({ kind: "limit", tif: "GTD", postOnly: true }), ["cancel_on_halt", "expires_at", "max_cost", "post_only", "tif-FOK", "tif-GTC", "tif-GTD", "tif-IOC"]);
  assert.deepEqual(shown({ kind: "market", tif: "IOC" }), ["max_cost", "min_quantity", "reduce_only", "tif-FOK", "tif-IOC", "worst-price"]);
  assert.deepEqual(shown({ kind: "stop", tif: "GTD" }), ["cancel_on_halt", "expires_at", "min_quantity", "reduce_only", "stop_price", "tif-FOK", "tif-GTC", "tif-GTD", "worst-price"]);
  assert.deepEqual(shown({ kind: "stop_limit", tif: "GTC" }), ["cancel_on_halt", "min_quantity", "stop_price", "tif-FOK", "tif-GTC", "tif-GTD", "tif-IOC"]);
});

test("a time of day is a moment in its zone, through changes of the clocks", () => {
  assert.equal(momentIn("UTC", "2026-07-01T12:00").toISOString(), "2026-07-01T12:00:00.000Z");
  assert.equal(momentIn("Europe/Berlin", "2026-07-01T12:00").toISOString(), "2026-07-01T10:00:00.000Z");
  assert.equal(momentIn("America/New_York", "2026-11-01T03:00").toISOString(), "2026-11-01T08:00:00.000Z");
  assert.equal(momentIn("Europe/Berlin", "2026-03-29T02:30"), null); // that night has no such time
  assert.equal(momentIn("Europe/Berlin", "soon"), null);
});

test("an order's terms are told in the words of the server", () => {
  const words = (changes) => describeTerms({ ...ORDER, ...changes }, { naming, stepTicks: 100 });
  assert.deepEqual(words({}), []);
  assert.deepEqual(words({ type: "stop", stop_price: "0.6000", is_waiting: true }), ["waits for 0.60, then market"]);
  assert.deepEqual(words({ type: "stop_limit", side: "sell", stop_price: "0.6000" }), ["stop at 0.40, then limit"]);
  assert.deepEqual(words({ type: "market", time_in_force: "IOC", max_cost: "12.5000" }), ["market", "costs at most 12.50"]);
  assert.deepEqual(words({ time_in_force: "FOK", post_only: true, reduce_only: true, min_quantity: 1200, on_halt: "cancel", stp: "decrement", group: "7" }), [
    "all or nothing", "post only", "reduce only", "at least 1,200", "ends if trading halts", "meeting your own: takes the smaller off both", "group 7",
  ]);
});

test("a place in the queue is told where it is known", () => {
  assert.equal(describeQueue({ quantity: 1200, orders: 3 }), "3 ahead of you: 1,200");
  assert.equal(describeQueue({ quantity: 0, orders: 0 }), "first in the queue");
  assert.equal(describeQueue(undefined), "");
});

test("a change says whether the order keeps its place", () => {
  const order = { price: "4500", filled: "4", open: "6" };
  const note = (wanted, changes = {}) => placeNote({ ...order, ...changes }, wanted);
  assert.match(note({ ticks: 4500, quantity: 9 }), /keeps its place/);
  assert.match(note({ ticks: 4500, quantity: 11 }), /loses its place/);
  assert.match(note({ ticks: 4400, quantity: 9 }), /loses its place/);
  assert.match(note({ ticks: 4500, quantity: 10 }), /Nothing is changed/);
  assert.match(note({ ticks: 4400, quantity: 10 }, { waiting: "" }), /goes on waiting/);
  assert.match(note(null), /Enter a price/);
});

test("what became of a change or a stop is told", () => {
  const order = { id: "5", status: "new", quantity: 10, filled_quantity: 0, open_quantity: 10 };
  assert.equal(describeChange(order, "5"), "Order changed; it kept its place in the queue.");
  assert.equal(describeChange(order, "4"), "Order changed; it went to the back of the queue. Order placed: 10 resting in the book.");
  assert.match(describeChange({ id: "5", status: "pending_replace" }, "5"), /not answered yet/);
  assert.equal(describeOrder({ ...order, is_waiting: true }), "Order placed: 10 waiting for the trigger price.");
});

test("a refusal is told at the field that it is about", () => {
  assert.deepEqual(errorsOf({ code: "post_only", detail: "It would match" }), [["post_only", "It would match."]]);
  assert.deepEqual(errorsOf({ code: "insufficient_funds", detail: "Too much" }), [["", "Too much."]]);
  assert.deepEqual(errorsOf({ code: "invalid", errors: [{ field: "type", detail: "No such type." }] }), [["kind", "No such type."]]);
});
