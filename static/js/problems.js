// A refusal of the API shown where it can be mended: at the field that it is about, else above all.

import { describeProblem } from "./api.js";
import { make } from "./dom.js";

// Where a form calls a member of the API by another name.
const NAMES = { type: "kind", on_halt: "cancel_on_halt" };
// What a refusal without a field of its own is about (wording.py has the same).
const FIELD_OF_CODE = {
  invalid_price: "price",
  price_off_tick: "price",
  price_outside_collar: "price",
  invalid_quantity: "quantity",
  invalid_stop_price: "stop_price",
  invalid_expiry: "expires_at",
  invalid_min_quantity: "min_quantity",
  invalid_max_cost: "max_cost",
  max_cost: "max_cost",
  post_only: "post_only",
  reduce_only: "reduce_only",
};

/** Return [field, words] for everything a problem says; field "" for what is about no single one. */
export function errorsOf(problem) {
  const errors = problem.errors ?? [];
  if (errors.length === 0) return [[FIELD_OF_CODE[problem.code] ?? "", describeProblem(problem)]];
  return errors.map(({ field, detail }) => [NAMES[field] ?? field, detail]);
}

/** Show a problem in a form; null takes away what was shown. */
export function showProblem(form, problem) {
  clear(form);
  if (problem === null) return;
  for (const [name, words] of errorsOf(problem)) {
    const field = form.elements[name];
    if (field instanceof HTMLElement && field.closest(".field") && !field.closest("[hidden]")) say(field, words);
    else form.querySelector("[data-problem]").append(make("div", { class: "form-error" }, words));
  }
}

function say(field, words) {
  const id = `${field.id}-problem`;
  const details = field.closest("details");
  if (details) details.open = true;
  field.setAttribute("aria-invalid", "true");
  field.setAttribute("aria-describedby", id);
  field.closest(".field").append(make("ul", { class: "errorlist", id, role: "alert", "data-said": true }, make("li", {}, words)));
}

function clear(form) {
  form.querySelector("[data-problem]").replaceChildren();
  for (const list of form.querySelectorAll(".errorlist")) list.remove();
  for (const field of form.querySelectorAll("[aria-invalid]")) {
    field.removeAttribute("aria-invalid");
    field.removeAttribute("aria-describedby");
  }
}
