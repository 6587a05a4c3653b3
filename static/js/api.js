// The public REST API as the page uses it: same addresses and bodies as any bot, by the session.

const ORDERS = "/api/v1/orders/";
const NOTIFICATIONS = "/api/v1/notifications/";

/** Place an order. Resolves to {ok, status, body}; body is a problem where ok is false. */
export function placeOrder(body, signal) {
  return call("POST", ORDERS, body, signal);
}

export function previewOrder(body, signal) {
  return call("POST", `${ORDERS}preview/`, body, signal);
}

export function cancelOrder(id) {
  return call("DELETE", `${ORDERS}${encodeURIComponent(id)}/`);
}

/** Give an order another price, or another quantity in all. */
export function amendOrder(id, body) {
  return call("PATCH", `${ORDERS}${encodeURIComponent(id)}/`, body);
}

/** Cancel all open orders; those in one market where `body` names it. */
export function cancelAll(body) {
  return call("POST", `${ORDERS}cancel-all/`, body);
}

/** Ask what stands before each of the viewer's orders that rest in a market. */
export function getQueues(market) {
  return call("GET", `${ORDERS}queues/?market=${encodeURIComponent(market)}`);
}

export function listNotifications(limit) {
  return call("GET", `${NOTIFICATIONS}?limit=${limit}`);
}

export function getUnread() {
  return call("GET", `${NOTIFICATIONS}unread/`);
}

/** Mark notifications as read, all of them without ids; also while the page is being left. */
export function readNotifications(ids) {
  return call("POST", `${NOTIFICATIONS}read/`, ids === undefined ? {} : { ids }, undefined, true);
}

/** Say why something was refused, and what to do. */
export function describeProblem(problem) {
  const details = (problem.errors ?? []).map((error) => error.detail).filter(Boolean);
  return [problem.detail ?? problem.title, ...details, problem.hint].filter(Boolean).map(sentence).join(" ");
}

/** Say what became of an order that was taken. */
export function describeOrder({ status, quantity, filled_quantity: filled, open_quantity: open, is_waiting: isWaiting }) {
  if (status === "pending_new") {
    return "Order received. The book has not answered yet: it will appear among your orders.";
  }
  if (isWaiting) return `Order placed: ${open} waiting for the trigger price.`;
  if (filled && open) return `Order placed: ${filled} filled, ${open} resting in the book.`;
  if (filled === quantity) return `All ${filled} filled.`;
  if (filled) return `${filled} filled; the other ${quantity - filled} cancelled.`;
  if (open) return `Order placed: ${open} resting in the book.`;
  return "Nothing could be filled at this price; the order was cancelled.";
}

/** Say what became of an order `id` that was changed: the same, or one in its place. */
export function describeChange(order, id) {
  if (order.status.startsWith("pending")) return "Change received. The book has not answered yet.";
  if (order.id === id) return "Order changed; it kept its place in the queue.";
  return `Order changed; it went to the back of the queue. ${describeOrder(order)}`;
}

async function call(method, path, body, signal, keepalive = false) {
  const response = await fetch(path, {
    method,
    signal,
    keepalive,
    headers: { Accept: "application/json", "Content-Type": "application/json", "X-CSRFToken": csrfToken() },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const text = await response.text();
  return { ok: response.ok, status: response.status, body: text ? parse(text, response) : {} };
}

// A proxy's error page is not JSON: what the person sees is a sentence all the same.
function parse(text, response) {
  try {
    return JSON.parse(text);
  } catch {
    return { title: `The exchange answered ${response.status}`, hint: "Try again in a moment." };
  }
}

function csrfToken() {
  return document.querySelector("input[name=csrfmiddlewaretoken]")?.value ?? "";
}

function sentence(text) {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}
