// The best five levels of a market's books; no key is needed.
const { SITE, SLUG } = process.env;
const answer = await fetch(`${SITE}/api/v1/markets/${SLUG}/book/?depth=5`);
const book = await answer.json();
for (const { contract, bids, asks } of book.contracts) {
  console.log(contract, "bids", bids, "asks", asks);
}
