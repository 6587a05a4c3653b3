// Money, open orders, positions and the last fills; a key with the scope read is enough.
const { SITE, KEY } = process.env;

async function get(path) {
  const answer = await fetch(`${SITE}/api/v1/${path}`, { headers: { Authorization: `Token ${KEY}` } });
  const told = await answer.json();
  if (!answer.ok) throw new Error(`${told.code}: ${told.detail} ${told.hint}`);
  return told;
}

console.log("available", (await get("account/")).available);
for (const one of (await get("orders/?status=open")).results) {
  console.log(one.side, one.open_quantity, one.contract_name, one.price);
}
for (const one of (await get("account/positions/")).results) {
  console.log(one.quantity, one.contract_name, one.market_title);
}
for (const one of (await get("account/fills/?limit=20")).results) {
  console.log(one.executed_at, one.side, one.quantity, one.price);
}
// What the limits are, and what is left of them.
for (const one of (await get("account/limits/")).budgets) {
  console.log(one.budget, one.left, "of", one.limit);
}
