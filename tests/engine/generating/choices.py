"""What random commands are made of, picked so that it matters, but for a part that is senseless."""

import random

from exchange.engine import Side
from exchange.engine.enums import MarketStatus
from tests.engine.reference import Reference
from tests.engine.reference.world import Market, Order, in_priority

PAYOUT = 20
ACCOUNTS = range(1, 6)
GROUPS = (1, 2)
UNKNOWN = 9
UNKNOWN_ORDER = 10**6
UNKNOWN_MARKET = 10**6
UNKNOWN_TRADE = 10**6
STPS = ("cancel_newest", "cancel_oldest", "cancel_both", "decrement", "allow")
BUSY = (MarketStatus.OPEN, MarketStatus.AUCTION)
OTHER = {Side.BUY: Side.SELL, Side.SELL: Side.BUY}
AWAY = (-3, -2, -2, -1, -1, -1, 0, 0, 0, 1, 1, 1, 2, 2, 3)
# How often a seed does what, usually.
HABITS = {
    "stop": 0.25,
    "market": 0.1,
    "now_or_never": 0.2,
    "GTD": 0.15,
    "min_quantity": 0.15,
    "post_only": 0.1,
    "reduce_only": 0.3,
    "max_cost": 0.1,
    "on_halt": 0.3,
    "group": 0.3,
    "self_trade": 0.4,
    "time": 0.3,
    "leap": 0.02,
    "late": 0.02,
    "chaos": 0.03,
    "auction": 0.5,
    "rich": 0.4,
    "lot": 0.15,
    "take": 0.4,
}


class Choices:
    """Picks from what there is; each seed with habits of its own, a third of them absent."""

    def __init__(self, seed: int, reference: Reference) -> None:
        self.choose = random.Random(seed)
        self.world = reference.world
        self.orders_named = 0
        self.markets_named = 0
        often = self.choose.choice
        self.habits = {habit: usual * often((0, 1, 2)) for habit, usual in HABITS.items()}

    def does(self, habit: str) -> bool:
        return self.choose.random() < self.habits[habit]

    def chance(self, often: float) -> bool:
        return self.choose.random() < often

    def when(self) -> dict[str, int]:
        """Return the time of a command, if it says any, and until when it is wanted."""
        found: dict[str, int] = {}
        now = self.world.now
        if self.does("time"):
            found["time"] = now = now + self.choose.choice((0, 1, 1, 2, 5))
        if self.does("leap"):
            found["time"] = now = max(0, now + self.choose.choice((-7, 20, 60, 150)))
        if self.does("late"):
            found["valid_until"] = max(0, now + self.choose.randint(-2, 2))
        return found

    def account(self) -> int:
        return self.choose.choice(ACCOUNTS)

    def market(self) -> Market:
        """Pick a market, seldom one that is over."""
        live = self.world.live()
        if not live or self.chance(0.02):
            return self.choose.choice(list(self.world.markets.values())[-9:])
        return self.choose.choice(live)

    def trading_market(self) -> Market:
        """Pick a market, rather one that takes orders."""
        live = self.world.live()
        auctions = [market for market in live if market.status == MarketStatus.AUCTION]
        if auctions and self.chance(0.5):
            return self.choose.choice(auctions)
        busy = [market for market in live if market.status in BUSY]
        return self.choose.choice(busy) if busy and self.chance(0.93) else self.market()

    def order(self) -> Order | None:
        """Pick an order that lives, rather a recent one."""
        orders = [order for _, order in self.world.orders()]
        return self.choose.choice(orders) if orders else None

    def owner(self, order: Order | None) -> int:
        return self.account() if order is None or self.chance(0.03) else order.account

    def order_id(self) -> int:
        """Return a new id, seldom one that lives; they do not ascend, so that it matters."""
        if self.chance(0.02) and (order := self.order()):
            return order.order
        self.orders_named += 1
        return self.orders_named ^ 3

    def market_id(self) -> int:
        """Return an id that no market has."""
        return (self.markets_named + 1) ^ 3

    def price(self, market: Market, contract: int, side: Side | None = None) -> int:
        """Pick a price near the last one, or what the other side of the book asks for."""
        choose = self.choose
        if side and self.does("take") and (others := in_priority(market, contract, OTHER[side])):
            return choose.choice(others).price
        if self.chance(0.02):
            return choose.choice((-1, 0, market.payout, market.payout + 1, 1, market.payout - 1))
        middle = market.last_price(contract) or market.payout // 2
        price = middle + choose.choice(AWAY) * market.steps[0][1]
        price = max(1, min(market.payout - 1, price))
        if self.chance(0.98):
            while not market.on_grid(price):
                price += 1
        return price if price < market.payout or self.chance(0.05) else middle

    def quantity(self) -> int:
        if self.does("chaos") and self.chance(0.3):
            return self.choose.choice((-1, 0, 10**9, 10**9 + 1))
        return self.choose.randint(1, 30 if self.does("lot") else 8)
