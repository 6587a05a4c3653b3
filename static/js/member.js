// A member's page, live: it is fetched again when the member does something, or a price moves.

import { localTimes, throttle } from "./dom.js";
import { subscribe, siteFeed } from "./live.js";
import { fetchParts, MarketWatch } from "./parts.js";

const REFRESH_MS = 2000;

const page = document.querySelector("[data-member]");
const feed = siteFeed();
const refresh = throttle(async () => {
  await fetchParts();
  markets.watch();
}, REFRESH_MS);
const markets = new MarketWatch(feed, refresh);

/** Return what takes a channel's pushes: each asks for the page, but the one that begins it. */
function afterFirst() {
  let isFirst = true;
  return () => {
    if (!isFirst) refresh();
    isFirst = false;
  };
}

localTimes();
markets.watch();
subscribe("feed", { member: page.dataset.member }, afterFirst());
if ("own" in page.dataset) feed.subscribe("account", { take: afterFirst() });
feed.connect();
