// The portfolio, live: on every change of the account, and at every trade in what it holds, the
// page's own parts are fetched again, so that values and gains have one author, the server.

import { localTimes, throttle, toast } from "./dom.js";
import { showFeedState, showMoney, siteFeed } from "./live.js";
import { formatCredits, parseTicks } from "./money.js";
import { enableOrderDialogs } from "./order-edit.js";
import { enableOrderActions } from "./orders.js";
import { fetchParts, MarketWatch } from "./parts.js";

const REFRESH_MS = 1000;

let seq = null;
const feed = siteFeed();
const refresh = throttle(async () => {
  await fetchParts();
  markets.watch();
}, REFRESH_MS);
const markets = new MarketWatch(feed, refresh);

function take(frame) {
  showMoney(frame.balance, (text) => formatCredits(parseTicks(text)));
  for (const fill of frame.fills) toast(`Filled: ${fill.quantity} at ${formatCredits(parseTicks(fill.price))}`);
  // The page itself was read at some account_seq; only what comes later needs a new one.
  if (seq === null || frame.account_seq > seq) refresh();
  seq = frame.account_seq;
}

const page = document.querySelector("[data-portfolio]");
seq = Number(page.dataset.portfolio);
localTimes();
enableOrderActions(page, refresh);
enableOrderDialogs(page, refresh);
showFeedState(feed, page);
feed.subscribe("account", {
  take,
  since: () => seq,
  lastSeq: (last) => last > seq && feed.snapshot("account"),
});
markets.watch();
feed.connect();
