// Small helpers for the page. Text from people goes in as text, never as HTML.

const TOASTS_MAX = 3;
const NO_FRAME_MS = 250;
const SVG = "http://www.w3.org/2000/svg";

/** Make an element: attributes first (null and false are left out), then children or texts. */
export function make(tag, attributes = {}, ...children) {
  return fill(document.createElement(tag), attributes, children);
}

/** Make an SVG element. */
export function makeSvg(tag, attributes = {}, ...children) {
  return fill(document.createElementNS(SVG, tag), attributes, children);
}

/** Set an element's text where it differs, so that nothing is redrawn or read out in vain. */
export function setText(element, text) {
  if (element && element.textContent !== text) element.textContent = text;
}

/** Make `parent` hold exactly these children, moving and keeping those that are there already. */
export function setChildren(parent, children) {
  children.forEach((child, index) => {
    if (parent.children[index] !== child) parent.insertBefore(child, parent.children[index] ?? null);
  });
  while (parent.children.length > children.length) parent.lastElementChild.remove();
}

/**
 * Return a function that runs `run` once in the next frame, however often it is called. Where no
 * frame is drawn, as in a tab behind another, it runs a little later.
 */
export function oncePerFrame(run) {
  let isDue = false;
  const runNow = () => {
    if (!isDue) return;
    isDue = false;
    run();
  };
  return () => {
    if (isDue) return;
    isDue = true;
    requestAnimationFrame(runNow);
    setTimeout(runNow, NO_FRAME_MS);
  };
}

/** Return a function that runs `run` at most every `ms`, at once the first time. */
export function throttle(run, ms) {
  let last = -Infinity;
  let timer = null;
  return () => {
    if (timer !== null) return;
    const wait = Math.max(0, last + ms - performance.now());
    timer = setTimeout(() => {
      timer = null;
      last = performance.now();
      run();
    }, wait);
  };
}

/** Return this page as the server draws it now; throws where it cannot be had. */
export async function fetchPage() {
  const response = await fetch(location.href, { headers: { Accept: "text/html" } });
  if (!response.ok || response.redirected) throw new Error(`The page answered ${response.status}`);
  return new DOMParser().parseFromString(await response.text(), "text/html");
}

/** Whether keys are letters here: somebody writes, or chooses. */
export function isTyping(element) {
  return element.isContentEditable || ["INPUT", "TEXTAREA", "SELECT"].includes(element.tagName);
}

/** Show a passing message; errors stay longer. */
export function toast(text, kind = "success") {
  const message = make("div", { class: `toast toast-${kind}` }, text);
  const list = document.getElementById("toasts");
  while (list.children.length >= TOASTS_MAX) list.firstElementChild.remove();
  list.append(message);
  setTimeout(() => message.remove(), kind === "error" ? 10000 : 5000);
}

/** Show times in the reader's own zone; without scripts they stay as the server wrote them. */
export function localTimes(root = document) {
  for (const time of root.querySelectorAll("time[data-local]")) {
    const at = new Date(time.dateTime);
    time.title ||= time.dateTime;
    setText(time, (FORMATS[time.dataset.local] ?? fullTime)(at));
  }
}

/** Return a moment's time of day; with its day where that is not today. */
export function momentTime(at, now = new Date()) {
  if (dayOf(at) === dayOf(now)) return at.toLocaleTimeString("en-GB", zoned());
  const day = at.toLocaleDateString("en-GB", zoned({ day: "numeric", month: "short" }));
  return `${day} ${at.toLocaleTimeString("en-GB", zoned({ hour: "2-digit", minute: "2-digit" }))}`;
}

/** Return a moment as the server writes it, in the reader's zone, which it names. */
export function fullTime(at) {
  return at.toLocaleString("en-GB", zoned({ day: "numeric", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit", timeZoneName: "short" }));
}

// The zone that the member chose, else the browser's.
function zoned(options = {}) {
  const timeZone = globalThis.document?.documentElement.dataset.zone;
  return timeZone ? { ...options, timeZone } : options;
}

const dayOf = (at) => at.toLocaleDateString("en-GB", zoned());

const FORMATS = {
  moment: (at) => momentTime(at),
  date: (at) => at.toLocaleDateString("en-GB", zoned({ day: "numeric", month: "short", year: "numeric" })),
};

function fill(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== null && value !== false) element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children);
  return element;
}
