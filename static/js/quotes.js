// What best prices and the last trade say, by the rules of exchange/web/quotes.py.

const SPREAD_TRUSTED_TICKS_MAX = 1000;

/** Return the implied chance in ticks: the mid of a near spread, else the last price, else null. */
export function chanceTicks({ bid, ask, last }) {
  const isNear = bid !== null && ask !== null && ask - bid <= SPREAD_TRUSTED_TICKS_MAX;
  return isNear ? Math.floor((bid + ask) / 2) : last;
}

/** Return the sum of prices, or null while one of them is missing. */
export function sumOfAll(prices) {
  return prices.includes(null) ? null : prices.reduce((sum, ticks) => sum + ticks, 0);
}

/** Return [ticks, quantity, cumulative, percent of the deepest] for levels, best first. */
export function withDepth(levels, deepest) {
  let cumulative = 0;
  return levels.map(([ticks, quantity]) => {
    cumulative += quantity;
    return { ticks, quantity, cumulative, share: Math.floor((cumulative * 100) / deepest) };
  });
}

/** Return the quantity of all these levels. */
export function depthOf(levels) {
  return levels.reduce((sum, [, quantity]) => sum + quantity, 0);
}
