// What operators edit, live: the parts that say it are fetched again from the server, their author.

import { fetchPage, localTimes, throttle } from "./dom.js";
import { subscribe } from "./live.js";

const REFRESH_MS = 400;

const page = document.querySelector("[data-event]");
const { event, market } = page.dataset;
let isFirst = true;

async function refresh() {
  const fresh = await fetchPage().catch(() => null);
  if (fresh === null) return; // the next edit asks again
  document.title = fresh.title;
  for (const part of document.querySelectorAll("[data-edited]")) {
    const next = fresh.querySelector(`[data-edited="${part.dataset.edited}"]`);
    if (next) part.replaceWith(document.adoptNode(next));
  }
  localTimes();
}

const refreshSoon = throttle(refresh, REFRESH_MS);

subscribe("event", { event }, (push) => {
  if (push.type === "reset" && isFirst) {
    isFirst = false; // the page has just been read
    return;
  }
  // A market's page knows its own status, and has no need of its neighbours'.
  const isElsewhere = market && push.market && push.market !== market;
  if (!isElsewhere && !(market && push.type === "status")) refreshSoon();
});
