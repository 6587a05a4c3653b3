// The bell of every page: its count is live, and it opens the newest notifications in place.
// Without scripts it is a link to their page.

import { getUnread, listNotifications, readNotifications } from "./api.js";
import { localTimes, make, setText, throttle } from "./dom.js";
import { subscribe } from "./live.js";

const SHOWN = 8;
const REFRESH_MS = 1000;

const bell = document.querySelector("[data-bell]");
const link = bell.querySelector("a");
let panel = null;

function showUnread(unread) {
  const count = bell.querySelector("[data-unread]");
  count.hidden = unread === 0;
  setText(count, unread >= 100 ? "99+" : String(unread));
  link.setAttribute("aria-label", unread ? `Notifications, ${unread} unread` : "Notifications");
}

async function refresh() {
  const { ok, body } = await getUnread().catch(() => ({ ok: false }));
  if (!ok) return; // the next change asks again
  showUnread(body.unread);
  if (panel) fillPanel();
}

function item({ id, title, about, detail, url, created_at: at, read_at: readAt }) {
  const texts = [["about", about], ["detail", detail]].filter(([, text]) => text);
  const address = make("a", { class: "notice-link", href: url, "data-notification": id },
    make("span", { class: "notice-title" }, readAt ? "" : make("span", { class: "visually-hidden" }, "Unread: "), title),
    ...texts.map(([name, text]) => make("span", { class: `notice-${name}` }, text)),
    make("span", { class: "notice-when" }, make("time", { datetime: at, "data-local": "moment" }, at)));
  return make("li", { class: readAt ? "notice" : "notice is-unread" }, address);
}

async function fillPanel() {
  const opened = panel;
  const { ok, body } = await listNotifications(SHOWN).catch(() => ({ ok: false }));
  if (opened !== panel) return;
  const content = opened.querySelector("[data-content]");
  if (!ok) {
    content.replaceChildren(make("p", { class: "bell-none" }, "They cannot be read right now."));
  } else if (body.results.length === 0) {
    content.replaceChildren(make("p", { class: "bell-none" }, "Nothing yet."));
  } else {
    content.replaceChildren(make("ul", { class: "list notices" }, ...body.results.map(item)));
    localTimes(content);
  }
}

function open() {
  const readAll = make("button", { class: "btn btn-quiet btn-small", type: "button" }, "Mark all as read");
  readAll.addEventListener("click", async () => {
    await readNotifications().catch(() => null);
    refresh();
  });
  panel = make("div", { class: "bell-panel", id: "bell-panel", role: "dialog", "aria-label": "Notifications", tabindex: "-1" },
    make("div", { class: "card-head" }, make("h2", {}, "Notifications"), readAll),
    make("div", { "data-content": true }, make("p", { class: "bell-none" }, "Loading")),
    make("a", { class: "bell-all", href: link.href }, "All notifications"));
  bell.append(panel);
  link.setAttribute("aria-expanded", "true");
  panel.focus();
  fillPanel();
}

function close({ refocus = false } = {}) {
  panel?.remove();
  panel = null;
  link.setAttribute("aria-expanded", "false");
  if (refocus) link.focus();
}

link.setAttribute("role", "button");
link.setAttribute("aria-haspopup", "dialog");
link.setAttribute("aria-expanded", "false");
link.addEventListener("click", (event) => {
  if (event.ctrlKey || event.metaKey || event.shiftKey) return; // a new tab is a new tab
  event.preventDefault();
  if (panel) close({ refocus: true });
  else open();
});
link.addEventListener("keydown", (event) => {
  if (event.key !== " ") return;
  event.preventDefault(); // a button is pressed by the space bar too
  link.click();
});
document.addEventListener("keydown", (event) => event.key === "Escape" && panel && close({ refocus: true }));
document.addEventListener("click", (event) => panel && !bell.contains(event.target) && close());
bell.addEventListener("focusout", ({ relatedTarget }) => panel && relatedTarget && !bell.contains(relatedTarget) && close());

// Whoever follows a notification has read it, wherever it stands.
document.addEventListener("click", (event) => {
  const followed = event.target.closest?.("[data-notification]");
  if (followed) readNotifications([followed.dataset.notification]).catch(() => null);
});

subscribe("notifications", {}, throttle(refresh, REFRESH_MS));
