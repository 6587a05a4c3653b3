// Changing an order and cancelling all, without leaving the page: the server's own forms in a
// dialog, sent by the API.

import { amendOrder, cancelAll, describeChange } from "./api.js";
import { localTimes, make, setText, toast } from "./dom.js";
import { formatTicks, otherSide, parseTicks } from "./money.js";
import { showProblem } from "./problems.js";

const NOT_REACHED = { title: "The exchange could not be reached", hint: "Try again in a moment." };

/** Have the links below `root` that change orders open a dialog; `onAnswer` gets changed orders. */
export function enableOrderDialogs(root, onAnswer) {
  root.addEventListener("click", (event) => {
    const link = event.target.closest("[data-edit], [data-ask-cancel-all]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    open(link, onAnswer);
  });
}

/** Say in a form that changes an order what becomes of its place in the queue. */
export function enableAmend(form) {
  const note = form.querySelector("[data-place-note]");
  form.addEventListener("input", () => setText(note, placeNote(form.dataset, readAmend(form))));
}

/** Return what a change does to an order's place in the queue. */
export function placeNote({ price, filled, open, waiting }, wanted) {
  if (wanted === null) return "Enter a price and a quantity.";
  if (isUnchanged({ price, filled, open }, wanted)) return "Nothing is changed yet.";
  if (waiting !== undefined) return "It goes on waiting for its trigger price.";
  if (wanted.ticks === Number(price) && wanted.quantity < Number(filled) + Number(open)) return "It keeps its place in the queue.";
  return "It loses its place: another order goes to the back of the queue.";
}

function isUnchanged({ price, filled, open }, wanted) {
  return wanted?.ticks === Number(price) && wanted.quantity === Number(filled) + Number(open);
}

function readAmend(form) {
  const ticks = parseTicks(form.elements.price.value.trim());
  const quantity = /^\d{1,10}$/.test(form.elements.quantity.value) ? Number(form.elements.quantity.value) : 0;
  return ticks === null || quantity === 0 ? null : { ticks, quantity };
}

async function open(link, onAnswer) {
  const form = await fetchForm(link.href);
  if (form === null) {
    location.assign(link.href);
    return;
  }
  const dialog = make("dialog", { class: "dialog", "aria-label": link.ariaLabel ?? link.textContent }, form);
  const done = (text) => {
    dialog.close();
    if (text) toast(text);
  };
  for (const close of form.querySelectorAll("[data-close]")) {
    close.hidden = false;
    close.addEventListener("click", (event) => (event.preventDefault(), done()));
  }
  if (form.dataset.amend) enableAmend(form);
  form.addEventListener("submit", (event) => (event.preventDefault(), submit(form, done, onAnswer)));
  dialog.addEventListener("close", () => {
    dialog.remove();
    if (link.isConnected) link.focus();
  });
  document.body.append(dialog);
  localTimes(dialog);
  dialog.showModal();
}

async function fetchForm(href) {
  try {
    const response = await fetch(href, { headers: { Accept: "text/html" } });
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    const form = page.querySelector("[data-amend], [data-cancel-all]");
    return form && document.adoptNode(form);
  } catch {
    return null;
  }
}

async function submit(form, done, onAnswer) {
  if (form.dataset.amend && isUnchanged(form.dataset, readAmend(form))) return done();
  const button = form.querySelector("[type=submit]");
  button.disabled = true;
  const send = form.dataset.amend ? amend : cancelEvery;
  const { ok, body, text } = await send(form).catch(() => ({ ok: false, body: NOT_REACHED }));
  button.disabled = false;
  if (!ok) return form.dataset.amend ? showProblem(form, body) : (done(), toast(body.detail ?? body.title, "error"));
  done(text(body));
  return onAnswer(form.dataset.amend ? body : null);
}

async function amend(form) {
  const { ticks, quantity } = readAmend(form) ?? { ticks: 0, quantity: 0 };
  const price = formatTicks("flips" in form.dataset ? otherSide(ticks) : ticks);
  const answer = await amendOrder(form.dataset.amend, { price, quantity });
  return { ...answer, text: (order) => describeChange(order, form.dataset.amend) };
}

async function cancelEvery(form) {
  const market = form.elements.market?.value;
  const answer = await cancelAll(market ? { market } : {});
  return { ...answer, text: ({ cancelled }) => `${cancelled.length} order${cancelled.length === 1 ? "" : "s"} cancelled.` };
}
