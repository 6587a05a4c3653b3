"""Random commands about orders."""

from exchange.engine import Side, commands
from exchange.engine.commands import Command, Terms
from exchange.engine.enums import MarketStatus
from tests.engine.generating.choices import (
    GROUPS,
    STPS,
    UNKNOWN,
    UNKNOWN_MARKET,
    UNKNOWN_ORDER,
    Choices,
)
from tests.engine.reference.world import Market, Order, is_stop, may_rest


class Orders(Choices):
    """Places, changes and cancels orders."""

    def place(self) -> Command:
        choose = self.choose
        market = self.trading_market()
        if market.status == MarketStatus.AUCTION and self.chance(0.8):
            return self.bid_in_auction(market)
        contract = UNKNOWN if self.chance(0.01) else choose.choice(market.contracts)
        known = contract in market.contracts
        account, side = self.account(), choose.choice((Side.BUY, Side.SELL))
        price: int | None = self.price(market, contract, side) if known else 5
        quantity = self.quantity()
        kind = choose.choice(("stop", "stop_limit")) if self.does("stop") else "limit"
        if self.does("market"):
            kind = "market"
        plain = self.manner(kind)
        rare = self.rare_terms(market, quantity, plain)
        if is_stop(plain):
            rare["stop_ticks"] = self.stop_price(market, contract, side)
        if self.does("chaos"):
            rare |= self.nonsense()
        terms = changed(plain, rare)
        if terms.kind == "market" and self.chance(0.5):
            price = None
        client = "mine" if self.chance(0.05) else None
        return commands.PlaceOrder(
            self.order_id(), account, contract, side, price, quantity, terms, client, **self.when()
        )

    def bid_in_auction(self, market: Market) -> Command:
        """Place an order that is collected, at a price that leaves the auction some choice."""
        choose = self.choose
        contract, side = choose.choice(market.contracts), choose.choice((Side.BUY, Side.SELL))
        price = self.price(market, contract)
        if self.chance(0.5):
            price += choose.choice((0, 1, 2)) * (1 if side == "buy" else -1)
        stp = choose.choice(STPS) if self.does("self_trade") else "cancel_newest"
        group = choose.choice(GROUPS) if self.does("group") else None
        return commands.PlaceOrder(
            self.order_id(),
            self.account(),
            contract,
            side,
            price,
            self.quantity(),
            Terms(stp=stp, group=group),
            **self.when(),
        )

    def manner(self, kind: str) -> Terms:
        """Return how and how long an order of the kind is executed."""
        choose, found = self.choose, {}
        if self.does("now_or_never"):
            found["tif"] = choose.choice(("IOC", "FOK"))
        elif self.does("GTD") and kind != "market":
            found |= {"tif": "GTD", "expires_at": self.world.now + choose.randint(1, 30)}
        if self.does("self_trade"):
            found["stp"] = choose.choice(STPS)
        if self.does("on_halt"):
            found["on_halt"] = "cancel"
        if self.does("group"):
            found["group"] = choose.choice(GROUPS)
        return Terms(kind, **found)

    def rare_terms(self, market: Market, quantity: int, plain: Terms) -> dict:
        """Return terms that narrow an order, where they may stand."""
        choose, found = self.choose, {}
        rests = may_rest(plain)
        if self.does("min_quantity"):
            found["min_quantity"] = choose.randint(1, max(1, min(quantity, 4)))
        elif plain.kind == "limit" and rests and self.does("post_only"):
            found["post_only"] = True
        if not rests and self.does("reduce_only"):
            found["reduce_only"] = True
        if not is_stop(plain) and self.does("max_cost"):
            most = max(1, market.payout * min(quantity, 30) // (1 if rests else 2))
            found["max_cost_ticks"] = choose.randint(max(1, most // 4), most)
        return found

    def stop_price(self, market: Market, contract: int, side: Side) -> int:
        """Pick a stop just beyond the last price, so that one trade may reach several."""
        price = self.price(market, contract) if contract in market.contracts else 5
        last = market.last_price(contract)
        if last is None or self.chance(0.1):
            return price
        away = self.choose.choice((1, 1, 2, abs(price - last))) * market.steps[0][1]
        stop = last + away if side == "buy" else last - away
        return stop if 1 <= stop < market.payout and market.on_grid(stop) else price

    def nonsense(self) -> dict:
        """Return a term or two that may fit nothing else of the order."""
        choose, now = self.choose, self.world.now
        return choose.choice(
            (
                {"post_only": True},
                {"reduce_only": True},
                {"tif": "GTD"},
                {"kind": "market", "tif": "GTD", "expires_at": now + 5},
                {"expires_at": now + 5},
                {"tif": "GTD", "expires_at": max(0, now - choose.randint(0, 3))},
                {"stop_ticks": 5},
                {"stop_ticks": choose.choice((-1, 0, 7, 100)), "kind": "stop"},
                {"min_quantity": choose.choice((-1, 0, 10**9))},
                {"max_cost_ticks": choose.choice((-5, 0, 1, 2))},
                {"kind": "stop", "max_cost_ticks": 50},
                {"kind": choose.choice(("limit", "market", "stop", "stop_limit"))},
                {"tif": choose.choice(("GTC", "IOC", "FOK", "GTD"))},
            )
        )

    def cancel(self) -> Command:
        order = self.order()
        number = UNKNOWN_ORDER if order is None or self.chance(0.03) else order.order
        return commands.CancelOrder(number, self.owner(order), **self.when())

    def reduce(self) -> Command:
        order = self.order()
        number = UNKNOWN_ORDER if order is None or self.chance(0.03) else order.order
        guard = self.guard(order)
        by = self.choose.randint(0, 5)
        return commands.ReduceOrder(number, self.owner(order), by, guard, **self.when())

    def guard(self, order: Order | None) -> int | None:
        """Return what has to be open, mostly nothing, seldom something else than is."""
        if order is None or self.chance(0.7):
            return None
        return order.open if self.chance(0.8) else self.choose.randint(0, 9)

    def replace(self) -> Command:
        order = self.order()
        if order is None:
            return commands.ReplaceOrder(UNKNOWN_ORDER, 1, self.order_id(), 5, 5, **self.when())
        market = self.world.market_of[order.contract]
        price = order.price
        if self.chance(0.7):
            price = self.price(market, order.contract, order.side)
        quantity = self.quantity()
        if self.chance(0.4):
            quantity = max(1, order.open + self.choose.randint(-2, 1))
        new_order = order.order if self.chance(0.02) else self.order_id()
        number = UNKNOWN_ORDER if self.chance(0.02) else order.order
        owner, guard = self.owner(order), self.guard(order)
        return commands.ReplaceOrder(
            number, owner, new_order, price, quantity, guard, **self.when()
        )

    def cancel_all(self) -> Command:
        choose, market = self.choose, self.market()
        named = choose.choice((market.market, market.market, None, UNKNOWN_MARKET))
        contract = choose.choice((choose.choice(market.contracts), None, None, UNKNOWN))
        side = choose.choice((None, None, Side.BUY, Side.SELL))
        group = choose.choice((None, None, None, *GROUPS))
        return commands.CancelAll(self.account(), named, contract, side, group, **self.when())


def changed(terms: Terms, others: dict) -> Terms:
    """Return the terms with others in their place."""
    names = ("kind", "tif", "stp", "expires_at", "on_halt", "group")
    return Terms(**({name: getattr(terms, name) for name in names} | others))
