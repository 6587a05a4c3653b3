// Menus made of <details>: they close by Escape, by a click elsewhere, and when focus moves on.

function close(menu, { focus = false } = {}) {
  menu.open = false;
  if (focus) menu.querySelector("summary").focus();
}

document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (!menu.contains(event.target)) close(menu);
  }
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    close(menu, { focus: menu.contains(document.activeElement) });
  }
});

document.addEventListener("focusout", (event) => {
  const menu = event.target.closest?.("details.menu[open]");
  if (menu && event.relatedTarget && !menu.contains(event.relatedTarget)) close(menu);
});

// A row of tabs that is wider than the screen begins at the one that is shown.
document.querySelector(":is(.settings-nav, .tabs) [aria-current]")?.scrollIntoView({ inline: "center", block: "nearest" });
