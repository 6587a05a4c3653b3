// The viewer's open orders: redrawn from the account's state; cancelled and reduced by the API.

import { cancelOrder, describeProblem, reduceOrder } from "./api.js";
import { make, setChildren, setText, toast } from "./dom.js";
import { formatPrice, parseTicks } from "./money.js";

/** Send cancel and reduce forms below `root` by the API; `onAnswer` gets the order they return. */
export function enableOrderActions(root, onAnswer) {
  root.addEventListener("submit", (event) => {
    const { cancel, reduce } = event.target.dataset;
    if (cancel === undefined && reduce === undefined) return;
    event.preventDefault();
    const by = Number(new FormData(event.target).get("by"));
    act(event.target, cancel ? () => cancelOrder(cancel) : () => reduceOrder(reduce, by), onAnswer);
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
    form.reset();
    onAnswer(body);
  } catch {
    toast("The exchange could not be reached. Try again in a moment.", "error");
  } finally {
    button.disabled = false;
  }
}

export class OwnOrders {
  #rows = new Map();

  constructor(root, { naming, stepTicks }) {
    Object.assign(this, { root, naming, stepTicks });
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

  /** A row is kept while its numbers change: what is being typed into it stays. */
  #row(order) {
    const row = this.#rows.get(order.id) ?? this.#makeRow(order);
    setText(row.cells[2], order.open_quantity.toLocaleString("en"));
    setText(row.cells[3], order.filled_quantity.toLocaleString("en"));
    const reduce = row.querySelector("[data-reduce]");
    reduce.hidden = order.open_quantity < 2;
    reduce.elements.by.max = order.open_quantity;
    return row;
  }

  #makeRow({ id, contract, side, price }) {
    const action = this.naming.action(contract, side);
    const shown = formatPrice(this.naming.shownPrice(parseTicks(price), side), this.stepTicks);
    return make(
      "tr",
      { "data-order": id },
      make("th", { scope: "row", class: `side-${side}` }, action),
      make("td", { class: "num" }, shown),
      make("td", { class: "num" }),
      make("td", { class: "num" }),
      make("td", { class: "order-actions" }, reduceForm(id, `${action} at ${shown}`), cancelForm(id, `${action} at ${shown}`)),
    );
  }

  #body() {
    let body = this.root.querySelector("tbody");
    if (!body) {
      const heads = ["Order", "Price", "Open", "Filled"].map((text, index) => make("th", { scope: "col", class: index ? "num" : null }, text));
      const actions = make("th", { scope: "col" }, make("span", { class: "visually-hidden" }, "Actions"));
      body = make("tbody");
      const table = make("table", { class: "table table-dense orders" }, make("thead", {}, make("tr", {}, ...heads, actions)), body);
      this.root.replaceChildren(make("div", { class: "table-scroll", tabindex: "0", role: "region", "aria-label": "Your open orders, a table" }, table));
    }
    return body;
  }
}

/** A sentence in place of an empty table. */
export function nothing(text) {
  return make("p", { class: "small faint nothing" }, text);
}

function reduceForm(id, order) {
  const by = make("input", { class: "input", type: "number", name: "by", min: "1", step: "1", inputmode: "numeric", required: true, placeholder: "by", "aria-label": `Reduce ${order} by` });
  return make("form", { class: "reduce", "data-reduce": id }, by, make("button", { class: "btn btn-small", type: "submit" }, "Reduce"));
}

function cancelForm(id, order) {
  return make("form", { "data-cancel": id }, make("button", { class: "btn btn-small btn-danger", type: "submit", "aria-label": `Cancel ${order}` }, "Cancel"));
}
