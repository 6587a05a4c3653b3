// Parts of a page that are fetched again from the server when something changes, so that values and
// gains have one author. What has a price is followed by the trades of its market.

import { fetchPage, localTimes } from "./dom.js";

const MARKETS_MAX = 20;

/** Fetch this page again and put its [data-part]s in place of those shown. */
export async function fetchParts() {
  const fresh = await fetchPage().catch(() => null);
  if (fresh === null) return; // the next change asks again
  for (const part of document.querySelectorAll("[data-part]")) {
    const next = fresh.querySelector(`[data-part=${part.dataset.part}]`);
    // What somebody is typing into stays as it is until the next change.
    if (next && !part.contains(document.activeElement)) part.replaceWith(document.adoptNode(next));
  }
  localTimes();
}

/** Call `refresh` at each trade in a market that a part shows, as [data-market] says. */
export class MarketWatch {
  #watched = new Set();

  constructor(feed, refresh) {
    Object.assign(this, { feed, refresh });
  }

  /** Watch what is shown now; call again after the parts have changed. */
  watch(root = document) {
    for (const { dataset } of root.querySelectorAll("[data-part] [data-market]")) {
      if (this.#watched.has(dataset.market) || this.#watched.size >= MARKETS_MAX) continue;
      this.#watched.add(dataset.market);
      this.#subscribe(dataset.market);
    }
  }

  #subscribe(market) {
    let seq = null;
    this.feed.subscribe("trades", {
      market,
      since: () => seq,
      take: (frame) => {
        seq = frame.seq;
        // A snapshot tells what the page was made with, or is about to be.
        if (frame.type === "delta" && frame.trades.length) this.refresh();
      },
    });
  }
}
