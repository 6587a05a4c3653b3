// Both sides in one request, as one group; then all of the group is cancelled.
const { SITE, KEY, SLUG } = process.env;

async function ask(path, body) {
  const headers = { Authorization: `Token ${KEY}`, "Content-Type": "application/json" };
  const options = body ? { method: "POST", headers, body: JSON.stringify(body) } : { headers };
  const answer = await fetch(`${SITE}/api/v1/${path}`, options);
  const told = await answer.json();
  if (!answer.ok) throw new Error(`${told.code}: ${told.detail} ${told.hint}`);
  return told;
}

const { contracts } = await ask(`markets/${SLUG}/book/`);
const quote = { contract: contracts[0].contract, quantity: 5, group: "7" };
const { results } = await ask("orders/batch/", {
  orders: [
    { ...quote, side: "buy", price: "0.0200" },
    { ...quote, side: "sell", price: "0.9800" },
  ],
});
console.log(results.map((result) => result.status));
const { cancelled } = await ask("orders/cancel-all/", { group: "7" });
console.log(cancelled.length, "cancelled");
