// What was traded in a market, newest first, and the same by the hour; no key is needed.
const { SITE, SLUG } = process.env;

// Every row of a list: `next` is the cursor of the page that follows.
async function* each(path) {
  for (let cursor = ""; cursor !== null; ) {
    const answer = await fetch(`${SITE}/api/v1/markets/${SLUG}/${path}&cursor=${cursor}`);
    const { results, next } = await answer.json();
    yield* results;
    cursor = next;
  }
}

let trades = 0;
for await (const _ of each("trades/?limit=200")) trades += 1;
console.log(trades, "trades");
for await (const { start, open, high, low, close } of each("candles/?interval=1h&limit=200")) {
  console.log(start, open, high, low, close);
}
