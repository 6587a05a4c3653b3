// The viewer's open orders: redrawn from the account's state; cancelled by the API.

import { cancelOrder, describeProblem } from "./api.js";
import { fullTime, make, setChildren, setText, toast } from "./dom.js";
import { formatPrice, parseTicks } from "./money.js";
import { describeQueue, describeTerms } from "./order-terms.js";
import { PRICELESS } from "./ticket-body.js";

/** Send cancel forms below `root` by the API; `onAnswer` gets the order that they return. */
export function enableOrderActions(root, onAnswer) {
  root.addEventListener("submit", (event) => {
    const { cancel } = event.target.dataset;
    if (cancel === undefined) return;
    event.preventDefault();
    act(event.target, () => cancelOrder(cancel), onAnswer);
  });
}

async function act(form, send, onAnswer) {
  const button = form.querySelector("button");
  button.disabled = true;
  try {
    const { ok, body } = await send();
    if (!ok) {
      toast(describeProblem(body), "error");
      return;
    }
    onAnswer(body);
  } catch {
    toast("The exchange could not be reached. Try again in a moment.", "error");
  } finally {
    button.disabled = false;
  }
}

export class OwnOrders {
  #rows = new Map();

  /** `ahead(id)` says what is ahead of an order, undefined where that is not known. */
  constructor(root, { naming, stepTicks, ahead }) {
    Object.assign(this, { root, naming, stepTicks, ahead });
  }

  render(orders) {
    if (orders.length === 0) {
      this.#rows.clear();
      this.root.replaceChildren(nothing("No open orders. What rests in the book appears here."));
      return;
    }
    const rows = new Map();
    for (const order of orders) rows.set(order.id, this.#row(order));
    this.#rows = rows;
    setChildren(this.#body(), [...rows.values()]);
  }

  /** A row is kept while its numbers change: the focus stays where it is. */
  #row(order) {
    const row = this.#rows.get(order.id) ?? this.#makeRow(order);
    setText(row.cells[2], order.open_quantity.toLocaleString("en"));
    setText(row.cells[3], order.filled_quantity.toLocaleString("en"));
    this.#showTerms(row.querySelector("[data-terms]"), order);
    setText(row.querySelector("[data-ahead]"), order.is_waiting ? "" : describeQueue(this.ahead(order.id)));
    return row;
  }

  #showTerms(place, order) {
    const words = describeTerms(order, this);
    if (order.expires_at) words.push(`until ${fullTime(new Date(order.expires_at))}`);
    if (place.children.length === words.length && words.every((text, index) => place.children[index].textContent === text)) return;
    place.replaceChildren(...words.map((text) => make("span", {}, text)));
  }

  #makeRow({ id, contract, side, price, type }) {
    const action = this.naming.action(contract, side);
    const shown = formatPrice(this.naming.shownPrice(parseTicks(price), side), this.stepTicks);
    const link = make("a", { class: `plain side-${side}`, href: `/orders/${id}/` }, action);
    const edit = make("a", { class: "btn btn-small", href: `/orders/${id}/#edit`, "data-edit": id, "aria-label": `Edit ${action} at ${shown}` }, "Edit");
    return make(
      "tr",
      { "data-order": id },
      make("th", { scope: "row", class: "order-what wide" }, link, make("span", { class: "order-terms", "data-terms": true }), make("span", { class: "order-terms", "data-ahead": true })),
      make("td", { class: "num", "data-label": PRICELESS.has(type) ? "Worst price" : "Price" }, shown),
      make("td", { class: "num", "data-label": "Open" }),
      make("td", { class: "num", "data-label": "Filled" }),
      make("td", { class: "order-actions" }, edit, " ", cancelForm(id, `${action} at ${shown}`)),
    );
  }

  #body() {
    let body = this.root.querySelector("tbody");
    if (!body) {
      const heads = ["Order", "Price", "Open", "Filled"].map((text, index) => make("th", { scope: "col", class: index ? "num" : null }, text));
      const actions = make("th", { scope: "col" }, make("span", { class: "visually-hidden" }, "Actions"));
      body = make("tbody");
      const table = make("table", { class: "table table-dense table-stack orders" }, make("thead", {}, make("tr", {}, ...heads, actions)), body);
      this.root.replaceChildren(make("div", { class: "table-scroll", tabindex: "0", role: "region", "aria-label": "Your open orders, a table" }, table));
    }
    return body;
  }
}

/** A sentence in place of an empty table. */
export function nothing(text) {
  return make("p", { class: "small faint nothing" }, text);
}

function cancelForm(id, order) {
  return make("form", { "data-cancel": id }, make("button", { class: "btn btn-small btn-danger", type: "submit", "aria-label": `Cancel ${order}` }, "Cancel"));
}
