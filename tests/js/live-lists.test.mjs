import assert from "node:assert/strict";
import { test } from "node:test";

import { concerns, putRows } from "../../static/js/live-lists.js";

const followed = { members: [7, 8], markets: [3] };

test("a hint concerns who follows one of its members or markets", () => {
  assert.equal(concerns({ id: "1", members: ["9", "8"], markets: [] }, followed), true);
  assert.equal(concerns({ id: "1", members: [], markets: ["3"] }, followed), true);
  assert.equal(concerns({ id: "1", members: ["3"], markets: ["7"] }, followed), false);
  assert.equal(concerns({ id: "1" }, followed), false);
});

test("a loss, and a list of everybody's, concern everybody", () => {
  assert.equal(concerns({ type: "reset" }, followed), true);
  assert.equal(concerns({ id: "1", members: ["9"] }, null), true);
});

function row(id, version, words) {
  return { dataset: { id, version }, words, classList: { add: () => {} } };
}

function list(...rows) {
  return { children: rows, replaceChildren(...fresh) { this.children = fresh; } };
}

globalThis.document ??= { importNode: (node) => ({ ...node }) };
const never = () => false;

test("rows that are there stay the same elements; new ones come, others go", () => {
  const [a, b] = [row("1", "x", "a"), row("2", "x", "b")];
  const mine = list(b, a);

  putRows(mine, list(row("3", "x", "c"), row("2", "x", "b")), never);

  assert.deepEqual(mine.children.map(({ words }) => words), ["c", "b"]);
  assert.equal(mine.children[1], b);
});

test("a row of another version is drawn anew, unless somebody is writing in it", () => {
  const a = row("1", "x", "old");
  const mine = list(a);
  const fresh = list(row("1", "y", "new"));

  putRows(mine, fresh, () => true);
  assert.equal(mine.children[0], a);
  putRows(mine, fresh, never);
  assert.equal(mine.children[0].words, "new");
});

test("a row that is gone stays while somebody is writing in it", () => {
  const a = row("1", "x", "mine");
  const mine = list(a);

  putRows(mine, list(row("2", "x", "other")), (one) => one === a);

  assert.deepEqual(mine.children.map(({ words }) => words), ["other", "mine"]);
});
