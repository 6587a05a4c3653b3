import assert from "node:assert/strict";
import { test } from "node:test";

import {
  divideTicks,
  formatCredits,
  formatGain,
  formatPrice,
  formatTicks,
  highestPrice,
  otherSide,
  parseTicks,
  stepPrice,
} from "../../static/js/money.js";

test("parseTicks reads plain decimals exactly", () => {
  assert.equal(parseTicks("0.45"), 4500);
  assert.equal(parseTicks("0.1") + parseTicks("0.2"), parseTicks("0.3"));
  assert.equal(parseTicks("1"), 10000);
  assert.equal(parseTicks("0.0001"), 1);
  assert.equal(parseTicks("-4.5000"), -45000);
  assert.equal(parseTicks("999999999999.9999"), 9999999999999999);
});

test("parseTicks refuses what is not a plain decimal", () => {
  const bad = ["", ".5", "5.", "1e3", "NaN", "Infinity", " 1", "1 ", "+1", "0.00001", "١", "１", "1,5"];
  for (const text of bad) assert.equal(parseTicks(text), null, JSON.stringify(text));
});

test("formatTicks writes what the API writes and reads back", () => {
  assert.equal(formatTicks(4500), "0.4500");
  assert.equal(formatTicks(-1), "-0.0001");
  assert.equal(formatTicks(0), "0.0000");
  for (const ticks of [0, 1, 99, 4500, 10000, 123456789, -25]) {
    assert.equal(parseTicks(formatTicks(ticks)), ticks);
  }
});

test("prices take the decimals of their grid", () => {
  assert.equal(formatPrice(4500, 100), "0.45");
  assert.equal(formatPrice(4550, 100), "0.455");
  assert.equal(formatPrice(4550, 50), "0.455");
  assert.equal(formatPrice(4500, 1), "0.4500");
});

test("amounts are grouped, exact and signed", () => {
  assert.equal(formatCredits(12345000), "1,234.50");
  assert.equal(formatCredits(12345001), "1,234.5001");
  assert.equal(formatCredits(-45000), "\u22124.50");
  assert.equal(formatGain(15000), "+1.50");
  assert.equal(formatGain(0), "0.00");
  assert.equal(formatCredits(10 ** 13), "1,000,000,000.00");
});

test("divideTicks rounds to the nearest, a half to the even", () => {
  assert.equal(divideTicks(5, 2), 2);
  assert.equal(divideTicks(7, 2), 4);
  assert.equal(divideTicks(-5, 2), -2);
  assert.equal(divideTicks(-7, -2), 4);
  assert.equal(divideTicks(10, 3), 3);
  assert.equal(divideTicks(-10, 3), -3);
});

test("stepPrice walks the grid and stays on it", () => {
  assert.equal(stepPrice(4500, 1, 100), 4600);
  assert.equal(stepPrice(4500, -1, 100), 4400);
  assert.equal(stepPrice(4550, 1, 100), 4600);
  assert.equal(stepPrice(4550, -1, 100), 4500);
  assert.equal(stepPrice(100, -1, 100), 100);
  assert.equal(stepPrice(9900, 1, 100), 9900);
  assert.equal(highestPrice(1), 9999);
  assert.equal(otherSide(4500), 5500);
});
