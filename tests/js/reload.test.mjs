import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import { makeReload } from "../../static/js/reload.js";

let page;
let kept;
let reloads;
beforeEach(() => {
  kept = new Map();
  reloads = 0;
  page = {
    location: { reload: () => (reloads += 1) },
    sessionStorage: { getItem: (key) => kept.get(key) ?? null, setItem: (key, text) => kept.set(key, text) },
    addEventListener: (_, leave) => (page.leave = leave),
    setTimeout: (run) => (page.pass = run),
  };
});

test("the page is loaded anew, but not at once", () => {
  makeReload({ page, now: () => 100000 })();
  assert.equal(reloads, 0);
  page.pass();
  assert.equal(reloads, 1);
});

test("a page that is being left is let go, with the answer under way", () => {
  const reload = makeReload({ page, now: () => 100000 });
  page.leave();
  reload();
  page.pass();
  assert.equal(reloads, 0);
});

test("a page that ends again right after is not reloaded for ever", () => {
  for (const at of [100000, 129999, 130000]) {
    makeReload({ page, now: () => at })();
    page.pass();
  }
  assert.equal(reloads, 2);
});
