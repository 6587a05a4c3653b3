"""Books that others wrote, each behind the same two calls. They are measured where installed.

An adapter does nothing but what a user of the package must do; `fills` is what it reported of the
last order, read outside the clock where the package keeps it.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from datetime import datetime
from importlib import import_module
from typing import Any, Final

from benchmarks.engine.floor import Fill
from benchmarks.engine.stream import Step


class Adapter(ABC):
    """A book. `ids` are the package's own names of orders by ours, and the other way round."""

    def __init__(self) -> None:
        self.ids: dict[int, Any] = {}
        self.numbers: dict[Any, int] = {}

    @abstractmethod
    def place(self, step: Step) -> list[Fill] | None:
        """Place an order; return its fills, None where the package does not tell them."""

    @abstractmethod
    def cancel(self, number: int) -> None:
        """Cancel a resting order."""

    def close(self) -> None:  # noqa: B027 -- most have nothing to end
        """End what runs in the background."""


class LightMatchingEngine(Adapter):
    """Its trades are of the taker by price, then of each maker."""

    def __init__(self) -> None:
        super().__init__()
        self.engine = import_module("lightmatchingengine.lightmatchingengine").LightMatchingEngine()

    def place(self, step: Step) -> list[Fill]:
        side = 1 if step.is_buy else 2
        order, trades = self.engine.add_order("", step.price, step.quantity, side)
        self.ids[step.order], self.numbers[order.order_id] = order.order_id, step.order
        return [
            (self.numbers[trade.order_id], trade.trade_price, trade.trade_qty)
            for trade in trades
            if trade.order_id != order.order_id
        ]

    def cancel(self, number: int) -> None:
        self.engine.cancel_order(self.ids[number], "")


class PyOrderBook(Adapter):
    """Prices become decimals, ids are UUIDs."""

    def __init__(self) -> None:
        super().__init__()
        self.package = import_module("pyorderbook")
        self.book = self.package.Book()

    def place(self, step: Step) -> list[Fill]:
        make = self.package.bid if step.is_buy else self.package.ask
        order = make("", step.price, step.quantity)
        self.ids[step.order], self.numbers[order.id] = order, step.order
        return [
            (self.numbers[trade.standing_order_id], int(trade.fill_price), trade.fill_quantity)
            for trade in self.book.match(order).trades
        ]

    def cancel(self, number: int) -> None:
        self.book.cancel(self.ids[number])


class Akhil4n(Adapter):
    """Keeps a log of all trades, whose end is what an order brought."""

    module = "orderbook"

    def __init__(self) -> None:
        super().__init__()
        self.package = import_module(self.module)
        self.book = self.package.OrderBook()
        self.sides = (self.package.OrderSide.ASK, self.package.OrderSide.BID)

    def place(self, step: Step) -> list[Fill]:
        log = self.book.trade_log
        before = len(log)
        order = self.make(step)
        self.ids[step.order], self.numbers[order.order_id] = order.order_id, step.order
        self.book.add_limit_order(order)
        return [
            (self.numbers[trade.filler_id], int(trade.price), trade.quantity_filled)
            for trade in log[before:]
        ]

    def make(self, step: Step) -> Any:
        """Return the package's order."""
        return self.package.Order(self.sides[step.is_buy], step.price, step.quantity)

    def cancel(self, number: int) -> None:
        self.book.cancel_order(self.ids[number])


class CythonOrderBook(Akhil4n):
    """The same author's, compiled; its order takes the price last."""

    module = "cython_orderbook"

    def make(self, step: Step) -> Any:
        return self.package.Order(self.sides[step.is_buy], step.quantity, step.price)


class FastLob(Adapter):
    """Tells how much was filled at which price, but not whose order it was."""

    def __init__(self) -> None:
        super().__init__()
        self.package = import_module("fastlob")
        self.book = self.package.Orderbook(start=True)
        self.sides = (self.package.OrderSide.ASK, self.package.OrderSide.BID)

    def place(self, step: Step) -> list[Fill]:
        order = self.package.OrderParams(self.sides[step.is_buy], step.price, step.quantity)
        result = self.book(order)
        self.ids[step.order] = result.orderid()
        # Only what matched has prices.
        found = result._execprices or {}  # noqa: SLF001 -- execprices() fails where there are none
        return [(0, int(price), int(quantity)) for price, quantity in found.items()]

    def cancel(self, number: int) -> None:
        self.book.cancel(self.ids[number])

    def close(self) -> None:
        self.book.stop()


class Manticore(Adapter):
    """Publishes its trades to whoever subscribed."""

    def __init__(self) -> None:
        super().__init__()
        package = import_module("manticore_orderbook.core.orderbook")
        self.book = package.OrderBook("", enable_logging=False)
        self.told: list[Fill] = []
        self.book.event_manager.subscribe(package.EventType.TRADE, self.note)

    def note(self, _: Any, trade: Mapping[str, Any]) -> None:
        """Note a trade."""
        self.told.append((int(trade["maker_order_id"]), trade["price"], trade["quantity"]))

    def place(self, step: Step) -> list[Fill]:
        self.told = []
        side = "buy" if step.is_buy else "sell"
        self.book.add_order(side, step.price, step.quantity, order_id=str(step.order))
        return self.told

    def cancel(self, number: int) -> None:
        self.book.cancel_order(str(number))


class OrderMatching(Adapter):
    """Orders are placed, then matched at a time."""

    def __init__(self) -> None:
        super().__init__()
        import_module("loguru").logger.remove()
        self.order = import_module("order_matching.order").LimitOrder
        self.orders = import_module("order_matching.orders").Orders
        sides = import_module("order_matching.enums").Side
        self.sides = (sides.SELL, sides.BUY)
        self.engine = import_module("order_matching.matching_engine").MatchingEngine(seed=1)
        self.now = datetime(2030, 1, 1)  # noqa: DTZ001 -- as its documents do

    def place(self, step: Step) -> list[Fill]:
        order = self.order(
            side=self.sides[step.is_buy],
            price=step.price,
            size=step.quantity,
            timestamp=self.now,
            order_id=str(step.order),
            trader_id=str(step.account),
        )
        self.engine.place(orders=self.orders([order]))
        trades = self.engine.match(timestamp=self.now).trades
        return [(int(trade.book_order_id), int(trade.price), int(trade.size)) for trade in trades]

    def cancel(self, number: int) -> None:
        self.engine.cancel_order(str(number))


class LimitOrderBook(Adapter):
    """C++ behind ctypes. It reports no fills."""

    def __init__(self) -> None:
        super().__init__()
        self.book = import_module("limit_order_book").LimitOrderBook()

    def place(self, step: Step) -> None:
        place = self.book.limit_buy if step.is_buy else self.book.limit_sell
        place(step.order, step.quantity, step.price)

    def cancel(self, number: int) -> None:
        self.book.cancel(number)


# By the name under which each is installed.
ADAPTERS: Final[Mapping[str, Callable[[], Adapter]]] = {
    "limit-order-book": LimitOrderBook,
    "cython-orderbook": CythonOrderBook,
    "akhil4n-orderbook": Akhil4n,
    "lightmatchingengine": LightMatchingEngine,
    "pyorderbook": PyOrderBook,
    "manticore-orderbook": Manticore,
    "fastlob": FastLob,
    "order-matching": OrderMatching,
}
