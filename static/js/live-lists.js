// Lists that grow by themselves: feeds and comments. A push is a hint; what may be seen is drawn by
// the server, so a list is read anew from its own page and put in place row by row.

import { localTimes } from "./dom.js";
import { subscribe } from "./live.js";

const READS_MS_MIN = 2000;
// A push may be lost, and what a member shows from now on is pushed to nobody.
const LOOK_MS = 30000;

/** Return whether a hint concerns a reader who follows these members and markets. */
export function concerns(hint, followed) {
  if (!followed || hint.type === "reset") return true;
  const has = (ids, mine) => ids?.some((id) => mine.includes(Number(id))) ?? false;
  return has(hint.members, followed.members) || has(hint.markets, followed.markets);
}

/**
 * Make `list` hold the rows of `fresh`, by data-id. A row that is there already stays the same
 * element, unless its data-version differs; one that somebody is writing in stays in any case.
 */
export function putRows(list, fresh, isBusy) {
  const rows = new Map([...list.children].map((row) => [row.dataset.id, row]));
  const wanted = [...fresh.children].map((row) => {
    const old = rows.get(row.dataset.id);
    if (!old) return mark(document.importNode(row, true));
    return old.dataset.version === row.dataset.version || isBusy(old) ? old : document.importNode(row, true);
  });
  const kept = new Set(wanted);
  for (const row of [...list.children]) {
    if (!kept.has(row) && isBusy(row)) wanted.push(row);
  }
  list.replaceChildren(...wanted);
}

class LiveList {
  constructor(section) {
    this.section = section;
    this.list = section.querySelector("[data-live-list]");
    this.isReading = false;
    this.isStale = false;
    const { market, member } = section.dataset;
    const about = market ? { market } : member ? { member } : {};
    const followed = JSON.parse(document.getElementById("followed")?.textContent ?? "null");
    let isFirst = true;
    subscribe("feed", about, (hint) => {
      const isNews = !isFirst || hint.type !== "reset"; // the page itself is what the first asks for
      isFirst = false;
      if (isNews && concerns(hint, about.market || about.member ? null : followed)) this.read();
    });
    setInterval(() => document.hidden || this.read(), LOOK_MS);
  }

  /** Read the list now, or once more when the read that runs is over. */
  async read() {
    this.isStale = true;
    if (this.isReading) return;
    this.isReading = true;
    while (this.isStale) {
      this.isStale = false;
      await this.#readOnce();
      await new Promise((done) => setTimeout(done, READS_MS_MIN));
    }
    this.isReading = false;
  }

  async #readOnce() {
    try {
      const response = await fetch(this.section.dataset.source, { headers: { Accept: "text/html" } });
      if (!response.ok) return;
      const page = new DOMParser().parseFromString(await response.text(), "text/html");
      this.#show(page.querySelector(`[data-live-list="${this.list.dataset.liveList}"]`)?.closest("[data-live-feed]"));
    } catch {
      // No network now: the feed says so, and the next look comes.
    }
  }

  #show(fresh) {
    if (!fresh) return;
    const rows = fresh.querySelector("[data-live-list]");
    while (this.section.dataset.limit && rows.children.length > this.section.dataset.limit) rows.lastElementChild.remove();
    putRows(this.list, rows, isBusy);
    for (const name of ["[data-empty]", "[data-live-text]"]) this.#copy(fresh, name);
    localTimes(this.list);
  }

  #copy(fresh, name) {
    const [mine, theirs] = [this.section.querySelector(name), fresh.querySelector(name)];
    if (!mine || !theirs) return;
    mine.hidden = theirs.hidden;
    mine.textContent = theirs.textContent;
  }
}

function isBusy(row) {
  return row.contains(document.activeElement) || row.querySelector("details[open]") !== null;
}

function mark(row) {
  row.classList.add("is-new");
  return row;
}

for (const section of globalThis.document?.querySelectorAll?.("[data-live-feed]") ?? []) new LiveList(section);
