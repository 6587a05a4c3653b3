// What an order would cost, and what it could win and lose; it changes nothing.
const { SITE, KEY, SLUG } = process.env;
const book = await (await fetch(`${SITE}/api/v1/markets/${SLUG}/book/`)).json();
const order = { contract: book.contracts[0].contract, side: "buy", price: "0.0200", quantity: 10 };
const answer = await fetch(`${SITE}/api/v1/orders/preview/`, {
  method: "POST",
  headers: { Authorization: `Token ${KEY}`, "Content-Type": "application/json" },
  body: JSON.stringify(order),
});
const preview = await answer.json();
if (!answer.ok) throw new Error(`${preview.code}: ${preview.detail} ${preview.hint}`);
console.log("holds", preview.cost, "of", preview.available);
console.log("at worst:", preview.worst_outcome_after);
