import assert from "node:assert/strict";
import test from "node:test";

import { describeMove, describePrice, group, highlight, makeAsker } from "../../static/js/suggestions.js";

globalThis.document ??= { documentElement: { dataset: {} } };

const fits = (text, query) => highlight(text, query).filter(([, is]) => is).map(([piece]) => piece);

test("beginnings of words that were typed are marked, whatever their case and accents", () => {
  assert.deepEqual(highlight("Will it rain in Oslo?", "osl RA"), [
    ["Will it ", false], ["ra", true], ["in in ", false], ["Osl", true], ["o?", false],
  ]);
  assert.deepEqual(fits("São Tomé", "sao tom"), ["São", "Tom"]);
  assert.deepEqual(fits("Кубок Гагарина", "гаг"), ["Гаг"]);
  assert.deepEqual(fits("terrain", "rain"), []);
  assert.deepEqual(fits("rain raining", "rain raini"), ["rain", "raini"]);
});

test("a text stays whole where nothing fits, and pieces always make the text", () => {
  for (const [text, query] of [["Rain?", ""], ["", "rain"], ["(a) <b>", "b"], ["ﬁne ﬁsh", "fi"]]) {
    assert.equal(highlight(text, query).map(([piece]) => piece).join(""), text);
  }
});

test("results are grouped in the order of the site", () => {
  const results = [{ kind: "member" }, { kind: "market" }, { kind: "event" }];
  assert.deepEqual(group(results).map(([heading]) => heading), ["Markets", "Events", "Members"]);
  assert.deepEqual(group([]), []);
});

test("a price says whose it is where a market has several outcomes", () => {
  assert.deepEqual(describePrice({ kind: "market", price: "0.4500", outcome: "Yes" }), ["", "45%"]);
  assert.deepEqual(describePrice({ kind: "market", price: "0.4500", outcome: "Brazil" }), ["Brazil", "45%"]);
  assert.deepEqual(describePrice({ kind: "contract", price: "0.4500", outcome: "Brazil" }), ["", "45%"]);
  assert.equal(describePrice({ kind: "event", price: null, outcome: null }), null);
});

test("a move says its way and size in points, and nothing where the price stood", () => {
  assert.deepEqual(describeMove({ move_24h: "0.0300" }), ["up", "+3 pts"]);
  assert.deepEqual(describeMove({ move_24h: "-0.0150" }), ["down", "\u22121.5 pts"]);
  assert.deepEqual(describeMove({ move_24h: "0.1000" }), ["up", "+10 pts"]);
  assert.deepEqual(describeMove({ move_24h: "0.0005" }), ["up", "+0.05 pts"]);
  assert.equal(describeMove({ move_24h: "0.0000" }), null);
  assert.equal(describeMove({ move_24h: null }), null);
});

function deferred() {
  const asked = [];
  const fetch = (url, { signal }) => new Promise((resolve, reject) => {
    signal.addEventListener("abort", () => reject(new Error("aborted")));
    asked.push({ url, answer: (results) => resolve({ ok: true, json: async () => ({ results }) }) });
  });
  return { asked, fetch };
}

test("an answer that comes after a later question is dropped", async () => {
  const { asked, fetch } = deferred();
  const ask = makeAsker("/s/", { fetch });
  const first = ask("ra");
  const second = ask("rain & sun");
  asked[0].answer(["old"]);
  asked[1].answer(["new"]);
  assert.equal(await first, null);
  assert.deepEqual(await second, ["new"]);
  assert.equal(asked[1].url, "/s/?q=rain%20%26%20sun");
});

test("the same words are asked once", async () => {
  const { asked, fetch } = deferred();
  const ask = makeAsker("/s/", { fetch });
  const first = ask("ra");
  asked[0].answer(["a"]);
  assert.deepEqual(await first, ["a"]);
  assert.deepEqual(await ask("ra"), ["a"]);
  assert.equal(asked.length, 1);
});

test("a failure is no answer and is not kept", async () => {
  let count = 0;
  const ask = makeAsker("/s/", { fetch: async () => ((count += 1), { ok: count > 1, json: async () => ({ results: [] }) }) });
  assert.equal(await ask("ra"), null);
  assert.deepEqual(await ask("ra"), []);
});
