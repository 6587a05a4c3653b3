// The list of the keyboard's shortcuts, by ? or by the button in the foot. The browser keeps the focus in it.

import { isTyping } from "./dom.js";

const dialog = document.getElementById("keys");
const button = document.querySelector("[data-keys]");

button.hidden = false;
button.addEventListener("click", show);
document.addEventListener("keydown", (event) => {
  if (event.key !== "?" || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
  event.preventDefault();
  show();
});
// A click beside it: on the dialog itself, which its contents cover.
dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());

function show() {
  if (!dialog.open) dialog.showModal();
}
