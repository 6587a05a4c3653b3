"""A second engine, as plain as can be: lists, min() and max(), every figure computed anew.

It shares the commands and events with the real one and nothing else: no book, no undo, no
incremental sums. What it costs does not matter; that it is right can be seen by reading it.
"""

from dataclasses import dataclass, field

from exchange.engine import MarketStatus, Side, commands, events
from exchange.engine import RejectReason as R


@dataclass
class NaiveOrder:
    order: int
    account: int
    contract: int
    side: Side
    price: int
    quantity: int
    open: int
    seq: int


@dataclass
class NaiveMarket:
    market: int
    contracts: tuple[int, ...]
    other: bool
    payout: int
    step: int
    status: MarketStatus = MarketStatus.OPEN
    seq: int = 0
    trades: list = field(default_factory=list)  # (buyer, seller, contract, price, quantity)

    def next_seq(self) -> int:
        self.seq += 1
        return self.seq


BY_STATUS = {
    "open": R.MARKET_OPEN,
    "halted": R.MARKET_HALTED,
    "closed": R.MARKET_CLOSED,
    "settled": R.MARKET_SETTLED,
    "voided": R.MARKET_VOIDED,
}
MAY = {
    "HaltMarket": ("open",),
    "ResumeMarket": ("halted",),
    "CloseMarket": ("open", "halted"),
    "SettleMarket": ("open", "halted", "closed"),
    "VoidMarket": ("open", "halted", "closed"),
}


class Reference:
    def __init__(self, payout: int = 10_000, *, unlimited_funds: bool = False) -> None:
        self.payout = payout
        self.unlimited = unlimited_funds
        self.markets: dict[int, NaiveMarket] = {}
        self.orders: list[NaiveOrder] = []
        self.balance: dict[int, int] = {}
        self.next_trade = 1

    # Money, from first principles

    def exposure(self, account: int, market: NaiveMarket, extra: tuple = ()) -> int:
        """The worst end over all outcomes, of what is traded and what is open."""
        outcomes = list(market.contracts)
        if market.other or len(outcomes) == 1:
            outcomes.append(None)
        return max(0, -min(self.worth(account, market, winner, extra) for winner in outcomes))

    def worth(self, account, market, winner, extra=()) -> int:
        worth = self.gain(account, market, winner)
        for order in [*self.orders, *extra]:
            if order.account != account or order.contract not in market.contracts:
                continue
            # An open buy of a loser may fill and lose its price, one of the winner only gains.
            if order.side == "buy" and order.contract != winner:
                worth -= order.price * order.open
            if order.side == "sell" and order.contract == winner:
                worth -= (market.payout - order.price) * order.open
        return worth

    def gain(self, account, market, winner) -> int:
        """Cash plus pay from trades alone, when winner wins."""
        gain = 0
        for buyer, seller, contract, price, quantity in market.trades:
            value = (market.payout if contract == winner else 0) - price
            gain += ((buyer == account) - (seller == account)) * value * quantity
        return gain

    def available(self, account: int) -> int:
        held = sum(self.exposure(account, market) for market in self.markets.values())
        return self.balance.get(account, 0) - held

    # Commands

    def apply(self, command) -> list:
        return getattr(self, type(command).__name__)(command)

    def Tick(self, _) -> list:  # noqa: N802 -- named as its command
        return []

    def Fund(self, c) -> list:  # noqa: N802 -- named as its command
        if c.amount_ticks <= 0:
            return [events.CommandRejected(None, None, "Fund", R.INVALID_AMOUNT)]
        self.balance[c.account] = self.balance.get(c.account, 0) + c.amount_ticks
        return []

    def OpenMarket(self, c) -> list:  # noqa: N802 -- named as its command
        known = {contract for market in self.markets.values() for contract in market.contracts}
        payout = self.payout if c.payout_ticks is None else c.payout_ticks
        if c.market in self.markets:
            seq = self.markets[c.market].next_seq()
            return [events.CommandRejected(seq, c.market, "OpenMarket", R.MARKET_EXISTS)]
        reason = None
        if not c.contracts or len(set(c.contracts)) < len(c.contracts):
            reason = R.INVALID_CONTRACTS
        elif known & set(c.contracts):
            reason = R.CONTRACT_EXISTS
        elif payout < 2:
            reason = R.INVALID_PAYOUT
        elif not 1 <= c.price_step_ticks < payout:
            reason = R.INVALID_PRICE_STEP
        if reason:
            return [events.CommandRejected(None, c.market, "OpenMarket", reason)]
        market = NaiveMarket(c.market, c.contracts, c.other, payout, c.price_step_ticks)
        self.markets[c.market] = market
        return [events.MarketOpened(market.next_seq(), c.market)]

    def market_of(self, contract: int) -> NaiveMarket | None:
        return next((m for m in self.markets.values() if contract in m.contracts), None)

    def PlaceOrder(self, c) -> list:  # noqa: N802 -- named as its command
        market = self.market_of(c.contract)
        who = (c.contract, c.order, c.account)
        if market is None:
            return [events.OrderRejected(None, None, *who, R.UNKNOWN_CONTRACT)]
        taker = NaiveOrder(
            c.order, c.account, c.contract, c.side, c.price_ticks, c.quantity, c.quantity, 0
        )
        reason = self.reason_to_reject(c, market, taker)
        taker.seq = market.next_seq()
        if reason:
            return [events.OrderRejected(taker.seq, market.market, *who, reason)]
        found = [events.OrderAccepted(taker.seq, market.market, *who)]
        self.match(market, taker, c, found)
        return found

    def reason_to_reject(self, c, market, taker):  # noqa: PLR0911 -- one for each reason
        if any(order.order == c.order for order in self.orders):
            return R.DUPLICATE_ORDER
        if market.status != "open":
            return BY_STATUS[market.status]
        if not 1 <= c.price_ticks <= market.payout - 1:
            return R.INVALID_PRICE
        if c.price_ticks % market.step != 0:
            return R.PRICE_OFF_TICK
        if not 1 <= c.quantity <= 1_000_000_000:
            return R.INVALID_QUANTITY
        before = self.exposure(c.account, market)
        after = self.exposure(c.account, market, extra=(taker,))
        if not self.unlimited and after - before > self.available(c.account):
            return R.INSUFFICIENT_FUNDS
        return None

    def match(self, market, taker, c, found) -> None:
        while taker.open:
            maker = self.best_maker(taker)
            if maker is None:
                break
            if maker.account == taker.account and c.stp != "allow":
                found.append(self.cancelled(market, taker, "self_trade"))
                return
            found.append(self.trade(market, maker, taker))
        if taker.open and c.tif == "IOC":
            found.append(self.cancelled(market, taker, "ioc_remainder"))
        elif taker.open:
            self.orders.append(taker)

    def best_maker(self, taker: NaiveOrder) -> NaiveOrder | None:
        others = [o for o in self.orders if o.contract == taker.contract and o.side != taker.side]
        if taker.side == "buy":
            good = [o for o in others if o.price <= taker.price]
            return min(good, key=lambda o: (o.price, o.seq), default=None)
        good = [o for o in others if o.price >= taker.price]
        return min(good, key=lambda o: (-o.price, o.seq), default=None)

    def trade(self, market, maker, taker):
        quantity = min(maker.open, taker.open)
        maker.open -= quantity
        taker.open -= quantity
        buyer, seller = (taker, maker) if taker.side == "buy" else (maker, taker)
        market.trades.append((buyer.account, seller.account, maker.contract, maker.price, quantity))
        self.orders = [order for order in self.orders if order.open]
        trade, self.next_trade = self.next_trade, self.next_trade + 1
        return events.TradeExecuted(
            seq=market.next_seq(),
            market=market.market,
            trade=trade,
            kind="book",
            contract=maker.contract,
            price_ticks=maker.price,
            quantity=quantity,
            maker_order=maker.order,
            taker_order=taker.order,
            maker_account=maker.account,
            taker_account=taker.account,
            maker_side=maker.side,
            maker_open_quantity=maker.open,
            taker_open_quantity=taker.open,
        )

    def cancelled(self, market, order, reason):
        self.orders = [other for other in self.orders if other is not order]
        return events.OrderCancelled(
            market.next_seq(),
            market.market,
            order.contract,
            order.order,
            order.account,
            order.open,
            reason,
        )

    def CancelOrder(self, c) -> list:  # noqa: N802 -- named as its command
        return self.take_back(c, by=None)

    def ReduceOrder(self, c) -> list:  # noqa: N802 -- named as its command
        return self.take_back(c, by=c.by)

    def take_back(self, c, by) -> list:
        order = next((o for o in self.orders if o.order == c.order), None)
        if order is None:
            return [events.CancelRejected(None, None, None, c.order, c.account, R.UNKNOWN_ORDER)]
        market = self.market_of(order.contract)
        who = (market.market, order.contract, c.order, c.account)
        if order.account != c.account:
            return [events.CancelRejected(market.next_seq(), *who, R.NOT_OWNER)]
        if by is not None and by <= 0:
            return [events.CancelRejected(market.next_seq(), *who, R.INVALID_QUANTITY)]
        if by is None or by >= order.open:
            return [self.cancelled(market, order, "member")]
        order.open -= by
        return [events.OrderReduced(market.next_seq(), *who, by, order.open)]

    # Lifecycle

    def change(self, c, status, made, *rest, reason=None) -> list:
        name = type(c).__name__
        market = self.markets.get(c.market)
        if market is None:
            return [events.CommandRejected(None, c.market, name, R.UNKNOWN_MARKET)]
        if market.status not in MAY[name]:
            refused = BY_STATUS[market.status]
            return [events.CommandRejected(market.next_seq(), c.market, name, refused)]
        if name == "SettleMarket" and not self.can_win(market, c.winner):
            return [events.CommandRejected(market.next_seq(), c.market, name, R.INVALID_WINNER)]
        found = self.cancel_all(market, reason) if reason else []
        if name == "SettleMarket":
            found += self.pay(market, c.winner)
        if name in ("SettleMarket", "VoidMarket"):
            market.trades = []
        market.status = MarketStatus(status)
        return [*found, made(market.next_seq(), c.market, *rest)]

    def can_win(self, market, winner) -> bool:
        if winner is None:
            return market.other or len(market.contracts) == 1
        return winner in market.contracts

    def cancel_all(self, market, reason) -> list:
        def place(order):
            is_sell = order.side == "sell"
            price = order.price if is_sell else -order.price
            return (market.contracts.index(order.contract), is_sell, price, order.seq)

        mine = [order for order in self.orders if order.contract in market.contracts]
        return [self.cancelled(market, order, reason) for order in sorted(mine, key=place)]

    def pay(self, market, winner) -> list:
        found = []
        accounts = {who for trade in market.trades for who in trade[:2]}
        for account in sorted(accounts):
            amount = self.gain(account, market, winner)
            if amount:
                self.balance[account] = self.balance.get(account, 0) + amount
                found.append(
                    events.AccountSettled(market.next_seq(), account, market.market, amount)
                )
        return found

    def HaltMarket(self, c) -> list:  # noqa: N802 -- named as its command
        return self.change(c, "halted", events.MarketHalted)

    def ResumeMarket(self, c) -> list:  # noqa: N802 -- named as its command
        return self.change(c, "open", events.MarketResumed)

    def CloseMarket(self, c) -> list:  # noqa: N802 -- named as its command
        return self.change(c, "closed", events.MarketClosed, reason="market_closed")

    def SettleMarket(self, c) -> list:  # noqa: N802 -- named as its command
        return self.change(c, "settled", events.MarketSettled, c.winner, reason="market_settled")

    def VoidMarket(self, c) -> list:  # noqa: N802 -- named as its command
        return self.change(c, "voided", events.MarketVoided, reason="market_voided")


def all_commands() -> list[type]:
    """Every command there is, so that a new one cannot be forgotten here."""
    return list(commands.Command.__args__)
