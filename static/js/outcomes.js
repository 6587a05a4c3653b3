// How sides are called. A yes/no market has one contract: selling Yes there is buying No.

import { otherSide } from "./money.js";

/** A market's contracts and what one may do with them. */
export class Naming {
  constructor({ yes_no: isYesNo, contracts }) {
    this.isYesNo = isYesNo;
    this.names = new Map(contracts.map(({ id, name }) => [id, name]));
  }

  name(contract) {
    return this.names.get(contract) ?? "";
  }

  /** Return what somebody on this side holds: "Yes", "No", "not Brazil". */
  side(contract, side) {
    const name = this.name(contract);
    if (side === "buy") return name;
    return this.isYesNo && name.toLowerCase() === "yes" ? "No" : `not ${name}`;
  }

  /** Return what an order does: "Buy Yes", "Buy No", "Sell Brazil". */
  action(contract, side) {
    if (this.isYesNo) return `Buy ${this.side(contract, side)}`;
    return `${side === "buy" ? "Buy" : "Sell"} ${this.name(contract)}`;
  }

  /** Return what is held: "Yes", "No", "Brazil", "Brazil, sold". */
  held(contract, quantity) {
    if (quantity >= 0) return this.name(contract);
    return this.isYesNo ? this.side(contract, "sell") : `${this.name(contract)}, sold`;
  }

  /** Turn a price of the book into the one a person types on this side, and back. */
  shownPrice(ticks, side) {
    return this.isYesNo && side === "sell" ? otherSide(ticks) : ticks;
  }
}
