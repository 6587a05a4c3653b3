// The page of notifications, live: what is new is fetched from the server, its one author.

import { fetchPage, localTimes, throttle } from "./dom.js";
import { subscribe } from "./live.js";

const REFRESH_MS = 1000;
let isFirst = true;

async function refresh() {
  const fresh = await fetchPage().catch(() => null);
  const next = fresh?.querySelector("[data-notifications]");
  const list = document.querySelector("[data-notifications]");
  // What somebody is about to press stays where it is until the next change.
  if (!next || list.contains(document.activeElement)) return;
  list.replaceWith(document.adoptNode(next));
  localTimes();
}

const refreshSoon = throttle(refresh, REFRESH_MS);

localTimes();
subscribe("notifications", {}, () => {
  if (isFirst) isFirst = false; // the page has just been read
  else refreshSoon();
});
