import assert from "node:assert/strict";
import { test } from "node:test";

import { candlesAddress, pointOf, Windows } from "../../static/js/chart-data.js";

const candle = (start, close, { contract = "1", trades = 1, volume = 5 } = {}) => ({ contract, start, close, trades, volume });

test("a candle's point is its close in percent at its window's beginning", () => {
  assert.deepEqual(pointOf(candle("2026-03-01T00:05:00Z", "0.4550")), { time: 1772323500, value: 45.5 });
});

test("windows are in order, whatever order they come in", () => {
  const windows = new Windows();
  windows.take([candle("2026-03-01T00:10:00Z", "0.5000"), candle("2026-03-01T00:05:00Z", "0.4000")]);
  assert.deepEqual(windows.points("1").map(({ value }) => value), [40, 50]);
  assert.equal(windows.newest("1").close, "0.5000");
});

test("a push takes its window's place, an older answer does not", () => {
  const windows = new Windows();
  windows.take([candle("2026-03-01T00:05:00Z", "0.4000", { trades: 1 })]);
  windows.take([candle("2026-03-01T00:05:00Z", "0.4400", { trades: 3 })]);
  windows.take([candle("2026-03-01T00:05:00Z", "0.4200", { trades: 2 })]);
  assert.deepEqual(windows.points("1"), [{ time: 1772323500, value: 44 }]);
});

test("volumes are of all lines together, from a moment on", () => {
  const windows = new Windows();
  windows.take([
    candle("2026-03-01T00:00:00Z", "0.4000"),
    candle("2026-03-01T00:05:00Z", "0.4000"),
    candle("2026-03-01T00:05:00Z", "0.6000", { contract: "2", volume: 7 }),
  ]);
  assert.deepEqual(windows.volumes(["1", "2"], 1772323500), [{ time: 1772323500, value: 12 }]);
  assert.deepEqual(windows.points("1", 1772323500).length, 1);
});

test("a contract without trades has no point", () => {
  assert.deepEqual(new Windows().points("1"), []);
  assert.equal(new Windows().newest("1"), null);
});

test("the address names the range, and no beginning for all time", () => {
  const now = Date.UTC(2026, 2, 2);
  assert.equal(
    candlesAddress("wer-gewinnt-ü", "1", { interval: "5m", length_s: 86400 }, now),
    "/api/v1/markets/wer-gewinnt-%C3%BC/candles/?interval=5m&contract=1&limit=1000&from=2026-03-01T00%3A00%3A00.000Z",
  );
  assert.ok(!candlesAddress("x", "1", { interval: "1d", length_s: null }).includes("from"));
});
