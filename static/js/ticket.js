// The order ticket: price by steps, a preview while typing, one order for one click.

import { describeOrder, describeProblem, placeOrder, previewOrder } from "./api.js";
import { make, setText } from "./dom.js";
import { formatPrice, formatTicks, parseTicks, PAYOUT_TICKS, stepPrice } from "./money.js";
import { showPreview } from "./preview.js";

const PREVIEW_DELAY_MS = 250;
const SERVER_ERROR = 500;

/** Return a random UUID; browsers offer randomUUID on secure pages only. */
export function newId() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

export class Ticket {
  #timer = null;
  #asking = null;
  #sent = null;
  #isRefused = false;
  #isOpen = true;

  constructor(form, { naming, stepTicks, bestPrice, onContract, onPlaced }) {
    Object.assign(this, { form, naming, stepTicks, bestPrice, onContract, onPlaced });
    this.place = form.querySelector("[data-place]");
    form.querySelector("[data-preview-button]").hidden = true;
    for (const button of form.querySelectorAll("[data-step]")) this.#enableStep(button);
    form.addEventListener("input", (event) => this.#changed(event));
    form.addEventListener("submit", (event) => this.#submit(event));
    form.noValidate = false;
    this.refresh();
  }

  /** Take values from a level of the book, or a position at its best price: no `price` then. */
  pick({ contract, side, price, quantity }) {
    this.#field("contract").value = contract;
    this.form.querySelector(`[name=side][value=${side}]`).checked = true;
    if (price) this.#field("price").value = price;
    else this.#offerBest();
    if (quantity) this.#field("quantity").value = quantity;
    this.#placed();
    this.refresh();
    this.#field("quantity").focus();
    this.#field("quantity").select();
  }

  select(contract) {
    this.#field("contract").value = contract;
    this.#offerBest();
    this.refresh();
  }

  /** Take orders or not, as the market's status says. */
  setStatus(status) {
    this.#isOpen = status === "open";
    this.place.disabled = !this.#isOpen;
    this.#isRefused = !this.#isOpen;
    this.#say(this.#isOpen ? "" : `No orders are taken now: the market is ${status}.`, "panel");
    this.refresh();
  }

  /** Show what the fields say now, and ask for a new preview. */
  refresh() {
    this.#label();
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#preview(), PREVIEW_DELAY_MS);
  }

  /** Return the order as the API takes it, or null while a field is not filled in well. */
  body() {
    const values = new FormData(this.form);
    const ticks = parseTicks(String(values.get("price")).trim());
    const quantity = /^\d{1,10}$/.test(values.get("quantity")) ? Number(values.get("quantity")) : 0;
    const side = values.get("side");
    if (ticks === null || !quantity || !side || !this.form.checkValidity()) return null;
    return {
      contract: values.get("contract"),
      side,
      type: "limit",
      price: formatTicks(this.naming.shownPrice(ticks, side)),
      quantity,
      time_in_force: values.get("time_in_force"),
    };
  }

  #enableStep(button) {
    button.hidden = false;
    button.addEventListener("click", () => {
      const price = this.#field("price");
      const ticks = parseTicks(price.value.trim()) ?? 0;
      price.value = formatPrice(stepPrice(ticks, Number(button.dataset.step), this.stepTicks), this.stepTicks);
      this.refresh();
    });
  }

  #changed(event) {
    if (event.target.name === "contract") this.onContract(event.target.value);
    if (event.target.name === "side") this.#offerBest();
    this.#isRefused = !this.#isOpen;
    this.#placed();
    this.refresh();
  }

  /** Another outcome or side begins at the price at which it can be had now, if there is one. */
  #offerBest() {
    const { contract, side } = this.#chosen();
    const ticks = this.bestPrice(contract, side);
    if (ticks === null) return;
    this.#field("price").value = formatPrice(this.naming.shownPrice(ticks, side), this.stepTicks);
  }

  #label() {
    const { contract, side } = this.#chosen();
    const action = this.naming.action(contract, side);
    const quantity = this.#field("quantity").value;
    const ticks = parseTicks(this.#field("price").value.trim());
    // What no price of the market can be is not repeated on the button.
    const price = ticks > 0 && ticks < PAYOUT_TICKS ? formatPrice(ticks, this.stepTicks) : "";
    setText(this.place, quantity && price ? `${action}: ${quantity} at ${price}` : action);
    this.place.className = `btn btn-${side === "buy" ? "buy" : "sell"}`;
    setText(this.form.querySelector("[data-price-of]"), `of ${this.naming.isYesNo ? this.naming.side(contract, side) : this.naming.name(contract)}`);
    this.#sayOtherSide(contract, side);
  }

  #sayOtherSide(contract, side) {
    const note = this.form.querySelector("[data-same-as]");
    const ticks = parseTicks(this.#field("price").value.trim());
    if (!note || ticks === null) return;
    if (ticks <= 0 || ticks >= PAYOUT_TICKS) {
      setText(note, "");
      return;
    }
    const other = formatPrice(this.naming.shownPrice(ticks, "sell"), this.stepTicks);
    const opposite = this.naming.side(contract, side === "buy" ? "sell" : "buy");
    setText(note, `The same as selling ${opposite} at ${other}, so it first closes ${opposite} you hold.`);
  }

  async #preview() {
    const body = this.body();
    const panel = this.form.querySelector("[data-preview]");
    this.#asking?.abort();
    if (body === null || !this.#isOpen) {
      panel.hidden = true;
      return;
    }
    this.#asking = new AbortController();
    try {
      const answer = await previewOrder(body, this.#asking.signal);
      if (answer.ok) showPreview(panel, answer.body, { order: body, naming: this.naming, stepTicks: this.stepTicks });
      else panel.hidden = true;
      // A refused order stays explained until something is changed.
      if (!this.#isRefused) this.#say(answer.ok ? "" : describeProblem(answer.body));
    } catch (error) {
      if (error.name !== "AbortError") panel.hidden = true;
    }
  }

  async #submit(event) {
    event.preventDefault();
    const body = this.body();
    if (body === null || this.place.disabled) return;
    const id = this.#idFor(body);
    this.#placed();
    this.place.disabled = true;
    try {
      this.#answered(await placeOrder({ ...body, client_order_id: id }));
    } catch {
      this.#isRefused = true;
      this.#say("The exchange could not be reached. Send it again: the same order is not placed twice.");
    } finally {
      this.place.disabled = !this.#isOpen;
    }
  }

  /** The same order sent again after a failure keeps its id, so that it cannot be placed twice. */
  #idFor(body) {
    const text = JSON.stringify(body);
    if (this.#sent?.text !== text) this.#sent = { text, id: newId() };
    return this.#sent.id;
  }

  #answered({ ok, status, body }) {
    if (status < SERVER_ERROR) this.#sent = null;
    this.#isRefused = !ok;
    this.#say(ok ? "" : describeProblem(body));
    if (!ok) return;
    this.#confirm(body);
    // A second click must not repeat a large order by accident.
    this.#field("quantity").value = this.form.dataset.quantity;
    this.onPlaced(body);
    this.refresh();
  }

  /** Say inside the ticket what became of the order; what filled nothing is no success. */
  #confirm(order) {
    const isDone = order.status === "pending_new" || order.filled_quantity > 0 || order.open_quantity > 0;
    const what = this.place.textContent;
    const text = `${what}. ${describeOrder(order)}`;
    this.#placed(make("div", { class: `message message-${isDone ? "success" : "warning"}` }, text));
  }

  #placed(...children) {
    this.form.querySelector("[data-placed]").replaceChildren(...children);
  }

  #say(text, look = "form-error") {
    const place = this.form.querySelector("[data-problem]");
    place.replaceChildren(...(text ? [make("div", { class: look }, text)] : []));
  }

  #chosen() {
    const values = new FormData(this.form);
    return { contract: values.get("contract"), side: values.get("side") ?? "buy" };
  }

  #field(name) {
    return this.form.elements[name];
  }
}
