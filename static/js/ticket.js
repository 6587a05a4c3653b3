// The order ticket: price by steps, a preview while typing, one order for one click.

import { describeOrder, placeOrder, previewOrder } from "./api.js";
import { make, setText } from "./dom.js";
import { formatPrice, parseTicks, PAYOUT_TICKS, stepPrice } from "./money.js";
import { showPreview } from "./preview.js";
import { showProblem } from "./problems.js";
import { orderBody, PRICELESS } from "./ticket-body.js";
import { TicketOptions } from "./ticket-options.js";
import { readersZone } from "./zones.js";

const PREVIEW_DELAY_MS = 250;
const SERVER_ERROR = 500;
// How much worse than the best price a market order is offered at: what is there now may be gone.
const SLACK_TICKS = 500;
const NOT_REACHED = { title: "The exchange could not be reached", hint: "Send it again: the same order is not placed twice." };

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
    this.options = new TicketOptions(form);
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
    const note = make("div", { class: "panel" }, `No orders are taken now: the market is ${status}.`);
    this.form.querySelector("[data-problem]").replaceChildren(...(this.#isOpen ? [] : [note]));
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
    const body = orderBody(new FormData(this.form), { naming: this.naming, zone: readersZone() });
    return body !== null && this.form.checkValidity() ? body : null;
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
    this.options.changed(event.target.name);
    if (["side", "kind"].includes(event.target.name)) this.#offerBest();
    this.#isRefused = !this.#isOpen;
    this.#placed();
    this.refresh();
  }

  /** Another outcome or side begins at the price at which it can be had now, if there is one. */
  #offerBest() {
    const { contract, side } = this.#chosen();
    const { kind } = this.options;
    const ticks = this.bestPrice(contract, side);
    if (kind === "stop") this.#field("price").value = "";
    if (ticks === null || kind === "stop") return;
    const shown = this.naming.shownPrice(ticks, side);
    this.#field("price").value = formatPrice(kind === "market" ? this.#worse(shown, side) : shown, this.stepTicks);
  }

  /** Return a price of the grid that is worse for the member, by what a book may move meanwhile. */
  #worse(shownTicks, side) {
    const isBuying = this.naming.isYesNo || side === "buy";
    const wanted = shownTicks + (isBuying ? SLACK_TICKS : -SLACK_TICKS);
    const ticks = Math.min(Math.max(wanted, 0), PAYOUT_TICKS);
    return ticks > 0 && ticks < PAYOUT_TICKS && ticks % this.stepTicks === 0 ? ticks : stepPrice(ticks, isBuying ? -1 : 1, this.stepTicks);
  }

  #label() {
    const { contract, side } = this.#chosen();
    const action = this.naming.action(contract, side);
    const quantity = this.#field("quantity").value;
    const ticks = parseTicks(this.#field("price").value.trim());
    // What no price of the market can be is not repeated on the button.
    const price = ticks > 0 && ticks < PAYOUT_TICKS ? formatPrice(ticks, this.stepTicks) : "";
    const how = this.#how(price);
    setText(this.place, quantity && how ? `${action}: ${quantity} ${how}` : action);
    this.#labelPrice();
    this.#labelTrigger(contract, side);
    this.place.className = `btn btn-${side === "buy" ? "buy" : "sell"}`;
    setText(this.form.querySelector("[data-price-of]"), `of ${this.naming.isYesNo ? this.naming.side(contract, side) : this.naming.name(contract)}`);
    this.#sayOtherSide(contract, side);
  }

  /** Return how the order is matched, as the button says it; "" while that is not filled in. */
  #how(price) {
    const { kind } = this.options;
    if (kind === "market") return "at market";
    const trigger = this.#field("stop_price").value;
    if (kind.startsWith("stop")) return trigger && `once at ${trigger}`;
    return price && `at ${price}`;
  }

  #labelPrice() {
    const price = this.#field("price");
    const isWorst = PRICELESS.has(this.options.kind);
    price.required = !isWorst;
    price.placeholder = isWorst ? "any" : "";
    setText(this.form.querySelector("[data-price-word]"), isWorst ? "Worst price" : "Price");
  }

  /** Say what a stop waits for: buying, a price that rises; selling an outcome, one that falls. */
  #labelTrigger(contract, side) {
    const { isYesNo } = this.naming;
    const what = isYesNo ? this.naming.side(contract, side) : this.naming.name(contract);
    const trigger = this.#field("stop_price").value || "this";
    setText(this.form.querySelector("[data-trigger-help]"), `Waits until ${what} last traded at ${trigger} or ${isYesNo || side === "buy" ? "more" : "less"}.`);
  }

  #sayOtherSide(contract, side) {
    const note = this.form.querySelector("[data-same-as]");
    const ticks = parseTicks(this.#field("price").value.trim());
    if (!note) return;
    if (ticks === null || ticks <= 0 || ticks >= PAYOUT_TICKS) {
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
      if (!this.#isRefused) showProblem(this.form, answer.ok ? null : answer.body);
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
      showProblem(this.form, NOT_REACHED);
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
    showProblem(this.form, ok ? null : body);
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

  #chosen() {
    const values = new FormData(this.form);
    return { contract: values.get("contract"), side: values.get("side") ?? "buy" };
  }

  #field(name) {
    return this.form.elements[name];
  }
}
