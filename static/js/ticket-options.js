// The ticket's options: only those that go together are shown, and the line above says what is
// chosen while they are closed.

import { setText } from "./dom.js";
import { optionsFor, usualTif } from "./ticket-body.js";
import { readersZone } from "./zones.js";

const KEY = "order-options";

export class TicketOptions {
  constructor(form) {
    this.form = form;
    this.root = form.querySelector("[data-options]");
    setText(this.root.querySelector("[data-zone]"), `(${readersZone()})`);
    this.#remember();
    // A browser cannot show its complaint about a field that is folded away.
    form.addEventListener("invalid", ({ target }) => (this.root.open ||= this.root.contains(target)), true);
    this.refresh();
  }

  get kind() {
    return this.form.elements.kind.value || "limit";
  }

  /** Take a field's change into account: another kind begins with how long it usually lasts. */
  changed(name) {
    if (name === "kind") this.#choose("time_in_force", usualTif(this.kind));
    this.refresh();
  }

  /** Show what goes together; what is hidden is neither sent nor asked for. */
  refresh() {
    const { elements } = this.form;
    const shown = optionsFor({ kind: this.kind, tif: elements.time_in_force.value, postOnly: elements.post_only.checked });
    for (const part of this.root.querySelectorAll("[data-option]")) {
      const isShown = part.dataset.option.startsWith("kind-") || shown.has(part.dataset.option);
      part.hidden = !isShown;
      for (const field of part.querySelectorAll("input")) field.disabled = !isShown;
    }
    elements.stop_price.required = shown.has("stop_price");
    elements.expires_at.required = shown.has("expires_at");
    setText(this.root.querySelector("[data-options-chosen]"), this.#chosen().join(", "));
  }

  #choose(name, value) {
    this.root.querySelector(`[name=${name}][value=${value}]`).checked = true;
  }

  /** Return what is chosen beside the usual, in the words of the labels. */
  #chosen() {
    const inputs = [...this.root.querySelectorAll("input:enabled")];
    const checked = inputs.filter((input) => input.checked && !["limit", usualTif(this.kind)].includes(input.value));
    const typed = inputs.filter((input) => ["min_quantity", "max_cost"].includes(input.name) && input.value);
    const words = [...checked, ...typed].map((input) => this.root.querySelector(`label[for="${input.id}"]`).firstChild.textContent.trim());
    const { selectedIndex, options } = this.form.elements.stp;
    return selectedIndex > 0 ? [...words, options[selectedIndex].text] : words;
  }

  #remember() {
    try {
      if (localStorage.getItem(KEY) === "open") this.root.open = true;
      this.root.addEventListener("toggle", () => localStorage.setItem(KEY, this.root.open ? "open" : "closed"));
    } catch {
      // Storage may be refused: then the options begin closed.
    }
  }
}
