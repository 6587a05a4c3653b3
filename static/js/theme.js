/* The colour theme: auto (the system's), light or dark. A member's is kept with the account (the
   page brings it as data-choice), everybody else's in this browser.

   Loaded in the head without defer, so that the first paint has the chosen colours already. */
(() => {
  const KEY = "theme";
  const CHOICES = ["auto", "light", "dark"];

  const root = document.documentElement;
  const isMember = "choice" in root.dataset;

  const stored = () => {
    if (isMember) return root.dataset.choice;
    try {
      const choice = localStorage.getItem(KEY);
      return CHOICES.includes(choice) ? choice : "auto";
    } catch {
      return "auto"; // storage may be refused: the system's theme is a good answer
    }
  };

  const apply = (choice) => {
    if (choice === "auto") delete root.dataset.theme;
    else root.dataset.theme = choice;
    for (const button of document.querySelectorAll(".theme-switch")) show(button, choice);
  };

  const show = (button, choice) => {
    button.hidden = false;
    button.dataset.choice = choice;
    button.title = `Colours: ${choice}`;
    button.setAttribute("aria-label", `Colours: ${choice}. Change`);
  };

  const keepWithAccount = (choice) => {
    root.dataset.choice = choice;
    const token = document.querySelector("input[name=csrfmiddlewaretoken]")?.value ?? "";
    const body = new URLSearchParams({ theme: choice });
    // Refused or lost: it then lasts as long as the page.
    fetch("/accounts/settings/theme/", { method: "POST", headers: { "X-CSRFToken": token }, body, keepalive: true }).catch(() => {});
  };

  const keepInBrowser = (choice) => {
    try {
      localStorage.setItem(KEY, choice);
    } catch {
      // the choice then lasts as long as the page
    }
  };

  const choose = (choice) => {
    if (isMember) keepWithAccount(choice);
    else keepInBrowser(choice);
    apply(choice);
  };

  const next = (choice) => CHOICES[(CHOICES.indexOf(choice) + 1) % CHOICES.length];

  apply(stored());
  document.addEventListener("DOMContentLoaded", () => apply(stored()));
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.(".theme-switch");
    if (button) choose(next(button.dataset.choice));
  });
  window.addEventListener("storage", (event) => {
    if (event.key === KEY && !isMember) apply(stored());
  });
})();
