// Follows a book and an account, places and cancels, and prints what it saw: run by test_javascript.py.
import { LikelyClient, RefusedError } from "../../static/js/likely-client.js";

const [site, key, market, contract] = process.argv.slice(2);
const client = new LikelyClient(site, { key });
const told = { healed: 0, trades: [] };
const account = client.followAccount();
const book = client.followBook(market, { onHeal: () => (told.healed += 1) });
client.followTrades(market, { onTrades: (trades) => told.trades.push(...trades.map(({ quantity }) => quantity)) });
client.connect();

const until = async (holds) => {
  for (let tries = 0; tries < 200 && !holds(); tries += 1) await new Promise((go) => setTimeout(go, 50));
};
await until(() => book.seq !== null && account.seq !== null);
const order = { contract, side: "buy", price: "0.4100", quantity: 5, client_order_id: "from-node" };
const { status, order: placed } = await client.place(order);
const again = await client.place(order);
const sold = await client.place({ contract, side: "sell", price: "0.9000", quantity: 2 });
await until(() => book.bids(contract).length === 1 && book.asks(contract).length === 1);
const refused = await client.place({ contract, side: "buy", price: "2.0000", quantity: 1 }).catch((error) => error);
await until(() => account.openOrders().length === 2);
const open = account.openOrders().map(({ id }) => id);
const cancelled = await client.cancel({ client_order_id: "from-node" });
await until(() => account.openOrders().length === 1 && book.bids(contract).length === 0);
console.log(JSON.stringify({
  ...told,
  status,
  isSame: placed.id === again.order.id,
  open: open.length,
  isRefused: refused instanceof RefusedError && refused.problem.code,
  cancelled: cancelled.order.status,
  bids: book.bids(contract),
  asks: book.asks(contract),
}));
client.close();
