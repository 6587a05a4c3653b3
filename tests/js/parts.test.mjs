import assert from "node:assert/strict";
import { test } from "node:test";

import { MarketWatch } from "../../static/js/parts.js";

class FakeFeed {
  asked = new Map();

  subscribe(channel, { market, take, since }) {
    assert.equal(channel, "trades");
    assert.ok(!this.asked.has(market), "once each");
    this.asked.set(market, { take, since });
  }
}

const rootWith = (...markets) => ({
  querySelectorAll: () => markets.map((market) => ({ dataset: { market } })),
});

function watching(...markets) {
  const feed = new FakeFeed();
  let refreshed = 0;
  const watch = new MarketWatch(feed, () => (refreshed += 1));
  watch.watch(rootWith(...markets));
  return { feed, watch, refreshed: () => refreshed };
}

test("a market is watched once, however often it is shown", () => {
  const { feed, watch } = watching("rain", "rain", "snow");
  watch.watch(rootWith("rain", "sun"));
  assert.deepEqual([...feed.asked.keys()], ["rain", "snow", "sun"]);
});

test("a trade refreshes; a snapshot and a delta without a trade do not", () => {
  const { feed, refreshed } = watching("rain");
  const { take, since } = feed.asked.get("rain");
  assert.equal(since(), null);
  take({ type: "snapshot", seq: 7, trades: [{}] });
  take({ type: "delta", seq: 8, trades: [] });
  assert.equal(refreshed(), 0);
  take({ type: "delta", seq: 9, trades: [{}] });
  assert.equal(refreshed(), 1);
  assert.equal(since(), 9);
});

test("only so many markets are watched", () => {
  const { feed } = watching(...Array.from({ length: 30 }, (_, number) => `market-${number}`));
  assert.equal(feed.asked.size, 20);
});
