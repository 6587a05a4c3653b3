"""The floor: the least that a book in pure Python can do, to measure the engine against.

Integers, price/time priority, place, cancel and amend. No accounts, money, rules or events: what a
command gives is a list of (maker, price, quantity).
"""

from bisect import bisect_left, insort

Fill = tuple[int, int, int]


class Order:
    """A resting order, linked to its neighbours in the queue of its price."""

    __slots__ = ("after", "before", "level", "number", "quantity")

    def __init__(self, number: int, quantity: int, level: "Level") -> None:
        self.number = number
        self.quantity = quantity
        self.level = level


class Level:
    """The queue of one price. `key` is the price, negated for asks: a higher one is better."""

    __slots__ = ("head", "key", "quantity", "side", "tail")

    def __init__(self, key: int, side: "Side") -> None:
        self.key = key
        self.side = side
        self.quantity = 0
        self.head: Order | None = None
        self.tail: Order | None = None


class Side:
    """The levels of one side, and their keys in ascending order: the best one is the last."""

    __slots__ = ("keys", "levels", "sign")

    def __init__(self, sign: int) -> None:
        self.sign = sign
        self.keys: list[int] = []
        self.levels: dict[int, Level] = {}


class Book:
    """One book. A side is given as whether it is a buy."""

    __slots__ = ("asks", "bids", "orders")

    def __init__(self) -> None:
        self.bids = Side(1)
        self.asks = Side(-1)
        self.orders: dict[int, Order] = {}

    def place(self, number: int, is_buy: bool, price: int, quantity: int) -> list[Fill]:  # noqa: FBT001 -- the side
        """Match an order, let the rest of it rest, and return the fills."""
        own, other = (self.bids, self.asks) if is_buy else (self.asks, self.bids)
        keys, limit, fills = other.keys, other.sign * price, []
        while keys and keys[-1] >= limit:
            level = other.levels[keys[-1]]
            maker = level.head
            assert maker is not None, "an empty level stayed"
            maker_price = level.key * other.sign
            while (traded := maker.quantity) <= quantity:
                fills.append((maker.number, maker_price, traded))
                quantity -= traded
                level.quantity -= traded
                del self.orders[maker.number]
                maker = maker.after
                if maker is None:
                    break
            else:
                level.head, maker.before = maker, None
                if quantity:
                    maker.quantity -= quantity
                    level.quantity -= quantity
                    fills.append((maker.number, maker_price, quantity))
                return fills
            del other.levels[keys.pop()]
            if not quantity:
                return fills
        self._rest(own, number, own.sign * price, quantity)
        return fills

    def cancel(self, number: int) -> int:
        """Take an order out and return what was open, 0 for an unknown one."""
        order = self.orders.pop(number, None)
        if order is None:
            return 0
        level, before, after = order.level, order.before, order.after
        level.quantity -= order.quantity
        if before is None:
            level.head = after
        else:
            before.after = after
        if after is None:
            level.tail = before
        else:
            after.before = before
        if level.head is None:
            side = level.side
            del side.levels[level.key]
            del side.keys[bisect_left(side.keys, level.key)]
        return order.quantity

    def amend(self, number: int, new: int, price: int, quantity: int) -> list[Fill]:
        """Give an order another number, price and quantity; only a smaller one keeps its place."""
        order = self.orders[number]
        level = order.level
        if level.key == level.side.sign * price and quantity <= order.quantity:
            del self.orders[number]
            level.quantity -= order.quantity - quantity
            order.number, order.quantity = new, quantity
            self.orders[new] = order
            return []
        self.cancel(number)
        return self.place(new, level.side is self.bids, price, quantity)

    def _rest(self, side: Side, number: int, key: int, quantity: int) -> None:
        level = side.levels.get(key)
        if level is None:
            side.levels[key] = level = Level(key, side)
            insort(side.keys, key)
        self.orders[number] = order = Order(number, quantity, level)
        order.after = None
        order.before = tail = level.tail
        if tail is None:
            level.head = order
        else:
            tail.after = order
        level.tail = order
        level.quantity += quantity
