// Loads the page anew when its member's session is over: what it shows may not be the viewer's.

// The answer to a log-out or a new password may be under way, with its cookie: let it come first.
const DELAY_MS = 2000;
// A page that would end again at once stays, and says so.
const AGAIN_MS_MIN = 30000;
const KEY = "reloaded-at";

/** Return what reloads soon, unless the page is being left or was reloaded just now. */
export function makeReload({ page = globalThis, now = Date.now } = {}) {
  let leaving = false; // from now on: a log-out is on its way before the feed ends
  page.addEventListener("beforeunload", () => (leaving = true));
  return () => page.setTimeout(() => {
    if (leaving || now() - Number(page.sessionStorage.getItem(KEY)) < AGAIN_MS_MIN) return;
    page.sessionStorage.setItem(KEY, String(now()));
    page.location.reload();
  }, DELAY_MS);
}
