// What is shown once can be copied by one button; times are shown in the reader's zone.

import { localTimes } from "./dom.js";

localTimes();
for (const button of document.querySelectorAll("[data-copy]")) {
  const secret = button.parentElement.querySelector("[data-secret]");
  secret.select();
  if (!navigator.clipboard) continue; // only on a safe origin: it is selected, ready for the keys
  button.hidden = false;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(secret.value ?? secret.textContent);
    button.textContent = "Copied";
  });
}
