/* The colour theme: auto (the system's), light or dark, kept in this browser.

   Loaded in the head without defer, so that the first paint has the chosen colours already. */
(() => {
  const KEY = "theme";
  const CHOICES = ["auto", "light", "dark"];

  const stored = () => {
    try {
      const choice = localStorage.getItem(KEY);
      return CHOICES.includes(choice) ? choice : "auto";
    } catch {
      return "auto"; // storage may be refused: the system's theme is a good answer
    }
  };

  const apply = (choice) => {
    if (choice === "auto") delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = choice;
    for (const button of document.querySelectorAll(".theme-switch")) show(button, choice);
  };

  const show = (button, choice) => {
    button.hidden = false;
    button.dataset.choice = choice;
    button.title = `Colours: ${choice}`;
    button.setAttribute("aria-label", `Colours: ${choice}. Change`);
  };

  const choose = (choice) => {
    try {
      localStorage.setItem(KEY, choice);
    } catch {
      // the choice then lasts as long as the page
    }
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
    if (event.key === KEY) apply(stored());
  });
})();
