"""What the naive engine remembers: lists of orders and trades, and what it was told."""

from dataclasses import dataclass, field

from exchange.engine import commands, events
from exchange.engine.enums import CancelReason, MarketStatus, RejectReason, Side
from exchange.engine.terms import Terms

OVER = (MarketStatus.SETTLED, MarketStatus.VOIDED)


@dataclass(eq=False, slots=True)
class Order:
    """An order that rests, waits or is being matched; price None: none was named."""

    order: int
    account: int
    contract: int
    side: Side
    price: int | None
    quantity: int
    open: int
    seq: int
    terms: Terms
    min_quantity: int | None
    waits: bool = False


@dataclass(eq=False, slots=True)
class Trade:
    """A trade that was; kind as in its event. Voided, it still made its price the last one."""

    trade: int
    kind: str
    contract: int
    price: int
    quantity: int
    buyer: int
    seller: int
    maker_order: int | None = None
    taker_order: int | None = None
    voided: bool = False


@dataclass(eq=False, slots=True)
class Market:
    """A market; steps are its bands, that from 0 included. ends_at is its auction's end."""

    market: int
    contracts: tuple[int, ...]
    other: bool
    payout: int
    steps: list[tuple[int, int]]
    collar: int | None
    status: MarketStatus = MarketStatus.OPEN
    ends_at: int | None = None
    seq: int = 0
    orders: list[Order] = field(default_factory=list)
    trades: list[Trade] = field(default_factory=list)

    def next_seq(self) -> int:
        self.seq += 1
        return self.seq

    def on_grid(self, price: int) -> bool:
        """Whether the price is a multiple of the step of its band."""
        return price % [step for start, step in self.steps if start <= price][-1] == 0

    def grid(self) -> list[int]:
        return [price for price in range(1, self.payout) if self.on_grid(price)]

    def last_price(self, contract: int) -> int | None:
        """The price of the last trade in the book, voided or not."""
        for trade in reversed(self.trades):
            if trade.contract == contract and trade.kind != "cross":
                return trade.price
        return None


@dataclass(eq=False, slots=True)
class Group:
    """An armed order group, and what its orders traded: (time, quantity)."""

    limit: int
    window: int
    tripped: bool = False
    fills: list[tuple[int, int]] = field(default_factory=list)


class World:
    """All markets, accounts and groups, and the events of the command that is carried out."""

    def __init__(self, payout: int, *, unlimited: bool) -> None:
        self.payout = payout
        self.unlimited = unlimited
        self.now = 0
        self.next_trade = 1
        self.events: list = []
        self.markets: dict[int, Market] = {}
        self.market_of: dict[int, Market] = {}
        self.balance: dict[int, int] = {}
        self.limits: dict[int, commands.SetLimits] = {}
        # What settlements brought, or cost, each account since its limits were set.
        self.results: dict[int, list[int]] = {}
        self.groups: dict[tuple[int, int], Group] = {}

    def live(self) -> list[Market]:
        """The markets that are not over."""
        return [market for market in self.markets.values() if market.status not in OVER]

    def orders(self) -> list[tuple[Market, Order]]:
        """Every order that lives."""
        return [(market, order) for market in self.live() for order in market.orders]

    def find(self, number: int) -> tuple[Market | None, Order | None]:
        """The order of that id, if it lives, after its market."""
        for market, order in self.orders():
            if order.order == number:
                return market, order
        return None, None

    def is_late(self, command) -> bool:
        return command.valid_until is not None and command.valid_until < self.now

    def limits_of(self, account: int) -> commands.SetLimits:
        return self.limits.get(account) or commands.SetLimits(account)

    def group_of(self, account: int, terms: Terms) -> Group | None:
        """The order's group, if it is in one that was ever set."""
        return None if terms.group is None else self.groups.get((account, terms.group))

    # Events

    def tell(self, made, market: Market, *fields) -> int:
        """Add an event that begins with seq and market; return its seq."""
        seq = market.next_seq()
        self.events.append(made(seq, market.market, *fields))
        return seq

    def tell_order(self, made, market: Market, order: Order, *fields) -> int:
        """Add an event about an order; return its seq."""
        return self.tell(made, market, order.contract, order.order, order.account, *fields)

    def refuse(
        self, command, market: Market | None, fault: tuple, account=None, named: int | None = None
    ) -> None:
        """Add the reject of a command that is not about an order; fault: reason, have, need.

        `named` is the market that the command names, where there is none.
        """
        reason, *money = fault
        fields = (type(command).__name__, reason, None, account, *money)
        if market is None:
            self.events.append(events.CommandRejected(None, named, *fields))
        else:
            self.tell(events.CommandRejected, market, *fields)

    def write_down(self, market: Market, **fields) -> int:
        """Add a trade to the list of its market; return its id."""
        number = self.next_trade
        self.next_trade += 1
        market.trades.append(Trade(number, **fields))
        return number

    def cancel(self, market: Market, order: Order, reason: CancelReason) -> None:
        """End an order with all it has open."""
        market.orders = [other for other in market.orders if other is not order]
        self.tell_order(events.OrderCancelled, market, order, order.open, reason)


def may_rest(terms: Terms) -> bool:
    return terms.kind in {"limit", "stop_limit"} and terms.tif in {"GTC", "GTD"}


def is_stop(terms: Terms) -> bool:
    return terms.kind in {"stop", "stop_limit"}


def unit(market: Market, side: Side, price: int) -> int:
    """What a contract costs, or may cost, who trades it on that side."""
    return price if side == "buy" else market.payout - price


def in_priority(market: Market, contract: int, side: Side) -> list[Order]:
    """The orders that rest on a side of a book, best price first, then lowest seq."""
    resting = [o for o in market.orders if o.contract == contract and not o.waits]
    return sorted(
        (order for order in resting if order.side == side),
        key=lambda order: (-order.price if side == "buy" else order.price, order.seq),
    )


def in_order_of_cancelling(market: Market, orders: list[Order]) -> list[Order]:
    """By contract as listed: buys by priority, sells by priority, waiting stops by seq."""

    def place(order: Order):
        contract = market.contracts.index(order.contract)
        if order.waits:
            return (contract, 2, 0, order.seq)
        if order.side == "buy":
            return (contract, 0, -order.price, order.seq)
        return (contract, 1, order.price, order.seq)

    return sorted(orders, key=place)


# The status of a market that does not let a command have its way, as a reason.
STATUS_REASON = {
    MarketStatus.OPEN: RejectReason.MARKET_OPEN,
    MarketStatus.HALTED: RejectReason.MARKET_HALTED,
    MarketStatus.AUCTION: RejectReason.MARKET_IN_AUCTION,
    MarketStatus.CLOSED: RejectReason.MARKET_CLOSED,
    MarketStatus.SETTLED: RejectReason.MARKET_SETTLED,
    MarketStatus.VOIDED: RejectReason.MARKET_VOIDED,
}
