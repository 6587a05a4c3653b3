// The portfolio, live: on every change of the account the page's own parts are fetched again, so
// that values and gains have one author, the server.

import { fetchPage, localTimes, throttle, toast } from "./dom.js";
import { Feed } from "./feed.js";
import { feedAddress, showFeedState, showMoney } from "./live.js";
import { formatCredits, parseTicks } from "./money.js";
import { enableOrderActions } from "./orders.js";

const REFRESH_MS = 1000;

let seq = null;
const refresh = throttle(fetchParts, REFRESH_MS);

async function fetchParts() {
  const fresh = await fetchPage().catch(() => null);
  if (fresh === null) return; // the next change asks again
  for (const part of document.querySelectorAll("[data-part]")) {
    const next = fresh.querySelector(`[data-part=${part.dataset.part}]`);
    // What somebody is typing into stays as it is until the next change.
    if (next && !part.contains(document.activeElement)) part.replaceWith(document.adoptNode(next));
  }
  localTimes();
}

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
const feed = new Feed(feedAddress());
showFeedState(feed, page);
feed.subscribe("account", {
  take,
  since: () => seq,
  lastSeq: (last) => last > seq && feed.snapshot("account"),
});
feed.connect();
