import assert from "node:assert/strict";
import { test } from "node:test";

import { momentTime } from "../../static/js/dom.js";

const NOW = new Date(2026, 10, 21, 12, 0, 0);

test("a moment of today is a time of day", () => {
  assert.equal(momentTime(new Date(2026, 10, 21, 9, 5, 7), NOW), "09:05:07");
});

test("an earlier moment says its day", () => {
  assert.equal(momentTime(new Date(2026, 10, 20, 9, 5, 7), NOW), "20 Nov 09:05");
});
