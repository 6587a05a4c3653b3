// A post-only order, which cannot match at once; then another price, and its place in the queue.
const { SITE, KEY, SLUG } = process.env;

async function ask(method, path, body) {
  const headers = { Authorization: `Token ${KEY}`, "Content-Type": "application/json" };
  const answer = await fetch(`${SITE}/api/v1/${path}`, { method, headers, body: body && JSON.stringify(body) });
  const told = await answer.json();
  if (!answer.ok) throw new Error(`${told.code}: ${told.detail} ${told.hint}`);
  return told;
}

const { contracts } = await ask("GET", `markets/${SLUG}/book/`);
let order = await ask("POST", "orders/", {
  contract: contracts[0].contract, side: "buy", price: "0.0200", quantity: 10, post_only: true,
});
order = await ask("PATCH", `orders/${order.id}/`, { price: "0.0300" });
console.log(await ask("GET", `orders/${order.id}/queue/`));
console.log((await ask("DELETE", `orders/${order.id}/`)).status);
