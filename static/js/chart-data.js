// Candles of the API as a chart wants them: points in order, one for each window. No DOM.

import { parseTicks } from "./money.js";

const TICKS_PER_PERCENT = 100;

/** Return a candle's window as Unix seconds. */
export function startOf(candle) {
  return Date.parse(candle.start) / 1000;
}

/** Return what a line shows of a candle: its close as a chance in percent. */
export function pointOf(candle) {
  return { time: startOf(candle), value: parseTicks(candle.close) / TICKS_PER_PERCENT };
}

/** One outcome's or all outcomes' windows, oldest first, the newest state of each. */
export class Windows {
  #byContract = new Map();

  /** Take candles in any order; a later one of the same window takes its place. */
  take(candles) {
    for (const candle of candles) {
      const inside = this.#byContract.get(candle.contract) ?? new Map();
      const known = inside.get(startOf(candle));
      if (!known || known.trades <= candle.trades) inside.set(startOf(candle), candle);
      this.#byContract.set(candle.contract, inside);
    }
  }

  /** Return a contract's points from a moment on, oldest first. */
  points(contract, fromS = 0) {
    return this.#sorted(contract).filter((candle) => startOf(candle) >= fromS).map(pointOf);
  }

  /** Return the contract's newest candle, or null. */
  newest(contract) {
    return this.#sorted(contract).at(-1) ?? null;
  }

  /** Return what was traded in each window, of these contracts together, oldest first. */
  volumes(contracts, fromS = 0) {
    const sums = new Map();
    for (const contract of contracts) {
      for (const candle of this.#sorted(contract)) {
        const time = startOf(candle);
        if (time >= fromS) sums.set(time, (sums.get(time) ?? 0) + candle.volume);
      }
    }
    return [...sums].sort(([one], [other]) => one - other).map(([time, value]) => ({ time, value }));
  }

  #sorted(contract) {
    return [...(this.#byContract.get(contract)?.values() ?? [])].sort((one, other) => startOf(one) - startOf(other));
  }
}

/** Return the address of a range's candles of one contract. */
export function candlesAddress(market, contract, { interval, length_s: lengthS }, nowMs = Date.now()) {
  const query = new URLSearchParams({ interval, contract, limit: "1000" });
  if (lengthS !== null) query.set("from", new Date(nowMs - lengthS * 1000).toISOString());
  return `/api/v1/markets/${encodeURIComponent(market)}/candles/?${query}`;
}
