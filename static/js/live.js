// The page's live feed, one socket for all its modules. Says honestly how fresh the page is, and
// greys its prices while they may be old.

import { setText } from "./dom.js";
import { FeedState } from "./feed.js";
import { LikelyClient } from "./likely-client.js";
import { makeReload } from "./reload.js";

const TEXTS = {
  [FeedState.CONNECTING]: "Connecting",
  [FeedState.LIVE]: "Live",
  [FeedState.LAGGING]: "Behind: prices may be old",
  [FeedState.RECONNECTING]: "Reconnecting: prices may be old",
  [FeedState.STALE]: "No news for 8 seconds: prices may be old",
  [FeedState.ENDED]: "You are logged out here. Reload the page.",
};

/** Show the feed's state in every [data-live] and as data-feed on `page`; reload when it ended. */
export function showFeedState(feed, page) {
  const reload = makeReload();
  feed.onState((state) => {
    page.dataset.feed = state;
    for (const element of document.querySelectorAll("[data-live]")) {
      element.hidden = false;
      element.dataset.live = state;
      setText(element, TEXTS[state]);
    }
    if (state === FeedState.ENDED) reload();
  });
}

let client = null;
const handlers = new Map();

/** Return the page's client of the live feed, connecting it at the first call. */
export function siteClient() {
  client ??= new LikelyClient(location.origin).connect();
  return client;
}

/** Return the feed of the page's client. */
export function siteFeed() {
  return siteClient().feed;
}

/**
 * Have `handler(push)` get the pushes of a topic, such as ("feed", { member: "alice" }). Several
 * handlers may share one. The first push, and one after every loss, is {type: "reset"}: read anew
 * what is shown. Pushes are hints; what may be seen is the server's to say.
 */
export function subscribe(channel, about, handler) {
  const name = JSON.stringify([channel, about]);
  if (handlers.has(name)) {
    handlers.get(name).add(handler);
    handler({ type: "reset" }); // the others' first push may have come already
    return;
  }
  const mine = new Set([handler]);
  handlers.set(name, mine);
  siteFeed().subscribe(channel, { ...about, take: (push) => mine.forEach((take) => take(push)) });
}

/** Show the account's money wherever the page has a place for it. */
export function showMoney({ balance, exposure, available }, format) {
  const header = document.getElementById("nav-balance");
  if (header) header.parentElement.hidden = false;
  setText(header, format(available));
  for (const [name, value] of Object.entries({ balance, exposure, available })) {
    for (const element of document.querySelectorAll(`[data-${name}]`)) setText(element, format(value));
  }
}
