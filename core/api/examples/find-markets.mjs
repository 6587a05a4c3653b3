// Open markets, the most traded of the last day first; no key is needed.
const api = `${process.env.SITE}/api/v1/`;
const ask = async (path) => (await (await fetch(api + path)).json()).results;

for (const { slug, contracts } of await ask("markets/?status=open&sort=volume&limit=5")) {
  for (const { name, bid, ask } of contracts) console.log(slug, name, bid, ask);
}
// What fits some words best: markets, events, outcomes, categories and members.
for (const { kind, title, url } of await ask("search/?q=will&limit=5")) console.log(kind, title, url);
