// The search of the header: a combobox with a list (WAI-ARIA APG), on top of a form that works alone.

import { isTyping, make } from "./dom.js";
import { describeMove, describePrice, group, highlight, makeAsker } from "./suggestions.js";

const PAUSE_MS = 80;
const form = document.querySelector(".site-search");
const input = form.querySelector("input");
const list = form.querySelector("[role=listbox]");
const status = form.querySelector("[role=status]");
const ask = makeAsker(form.dataset.suggest);
let options = [];
let active = -1;
let timer = null;
let shownFor = "";

input.setAttribute("role", "combobox");
input.setAttribute("aria-autocomplete", "list");
input.setAttribute("aria-controls", list.id);
input.setAttribute("aria-expanded", "false");

input.addEventListener("input", () => {
  clearTimeout(timer);
  timer = setTimeout(refresh, PAUSE_MS);
});
input.addEventListener("focus", () => {
  if (options.length > 0 && shownFor === words()) open();
});
input.addEventListener("keydown", (event) => {
  const act = KEYS[event.key];
  if (act && !event.isComposing && !event.ctrlKey && !event.metaKey) act(event);
});
form.addEventListener("focusout", (event) => {
  if (!form.contains(event.relatedTarget)) close();
});
// The field keeps the focus while the pointer chooses.
list.addEventListener("mousedown", (event) => event.preventDefault());
form.addEventListener("submit", (event) => {
  if (words() === "") event.preventDefault();
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
  event.preventDefault();
  input.focus();
  input.select();
});

const KEYS = {
  ArrowDown: (event) => step(event, 1),
  ArrowUp: (event) => step(event, -1),
  Escape: (event) => {
    if (isOpen()) close();
    else if (input.value) input.value = "";
    else input.blur();
    event.preventDefault();
  },
  Enter: (event) => {
    if (!isOpen() || active < 0) return;
    event.preventDefault();
    location.assign(options[active].href);
  },
  Tab: close,
};

async function refresh() {
  const query = words();
  if (query === "") {
    show([], query);
    return;
  }
  const results = await ask(query);
  // Null: a later question is under way. Other words: this answer came too late.
  if (results !== null && query === words()) show(results, query);
}

function show(results, query) {
  shownFor = query;
  active = -1;
  options = [];
  list.replaceChildren(...group(results).map(([heading, found], number) => makeGroup(heading, found, number, query)));
  input.removeAttribute("aria-activedescendant");
  if (query === "") {
    status.textContent = "";
    close();
    return;
  }
  if (results.length === 0) list.append(make("p", { class: "search-none" }, "Nothing fits yet. Enter searches everything."));
  status.textContent = results.length === 1 ? "1 suggestion" : `${results.length} suggestions`;
  if (document.activeElement === input) open();
}

function makeGroup(heading, found, number, query) {
  const id = `search-group-${number}`;
  const title = make("p", { class: "search-group", id, role: "presentation" }, heading);
  return make("div", { role: "group", "aria-labelledby": id }, title, ...found.map((one) => makeOption(one, query)));
}

function makeOption(result, query) {
  const id = `search-option-${options.length}`;
  const attributes = { class: "search-option", role: "option", id, href: result.url, tabindex: "-1", "aria-selected": "false" };
  const title = make("span", { class: "search-title" }, ...marked(result.title, query));
  const beside = make("span", { class: "search-beside truncate" }, ...marked(result.subtitle, query));
  const option = make("a", attributes, make("span", { class: "search-words" }, title, beside), makeFacts(result));
  options.push(option);
  return option;
}

function makeFacts(result) {
  const facts = make("span", { class: "search-facts" });
  const price = describePrice(result);
  if (price) facts.append(make("span", { class: "faint truncate" }, price[0]), make("span", { class: "num strong" }, price[1]));
  const move = describeMove(result);
  if (move) facts.append(make("span", { class: `num small ${move[0]}` }, move[1]));
  if (result.status && result.status !== "open") facts.append(make("span", { class: `badge badge-${result.status}` }, capitalised(result.status)));
  return facts;
}

function marked(text, query) {
  return highlight(text, query).map(([piece, fits]) => (fits ? make("mark", {}, piece) : piece));
}

function step(event, by) {
  event.preventDefault();
  if (!isOpen()) {
    if (options.length > 0 && shownFor === words()) open();
    else refresh();
    return;
  }
  if (options.length === 0) return;
  // One place beside the options is the field itself.
  const places = options.length + 1;
  choose(((active + 1 + by + places) % places) - 1);
}

function choose(number) {
  options[active]?.setAttribute("aria-selected", "false");
  active = number;
  const option = options[active];
  if (option === undefined) {
    input.removeAttribute("aria-activedescendant");
    return;
  }
  option.setAttribute("aria-selected", "true");
  option.scrollIntoView({ block: "nearest" });
  input.setAttribute("aria-activedescendant", option.id);
}

function open() {
  list.hidden = false;
  input.setAttribute("aria-expanded", "true");
}

function close() {
  list.hidden = true;
  choose(-1);
  input.setAttribute("aria-expanded", "false");
}

function isOpen() {
  return !list.hidden;
}

function words() {
  return input.value.trim();
}

function capitalised(text) {
  return text[0].toUpperCase() + text.slice(1);
}
