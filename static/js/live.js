// Says honestly how fresh the page is, and greys its prices while they may be old.

import { setText } from "./dom.js";
import { FeedState } from "./feed.js";
import { makeReload } from "./reload.js";

const TEXTS = {
  [FeedState.CONNECTING]: "Connecting",
  [FeedState.LIVE]: "Live",
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

/** Return the address of the live feed of this site. */
export function feedAddress() {
  const scheme = location.protocol === "https:" ? "wss:" : "ws:";
  return `${scheme}//${location.host}/ws/v1/`;
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
