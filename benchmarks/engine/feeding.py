"""Feeding streams to the engine and to the floor, with as little beside them as there can be."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from benchmarks.engine.floor import Book, Fill
from benchmarks.engine.stream import ACCOUNTS, CANCEL, PLACE, Step
from exchange.engine import AccountFacts, Engine, Side, commands
from exchange.engine.commands import Command
from exchange.engine.events import Event, TradeExecuted

MARKET: Final = 1
CONTRACT: Final = 1
PAYOUT: Final = 10_000
# One more account than a stream has: it takes what others make.
TAKER: Final = ACCOUNTS + 1
RICH: Final = 10**15
BATCH: Final = 500
EVERYBODY: Final[Mapping[int, AccountFacts]] = {
    account: AccountFacts(RICH) for account in range(1, TAKER + 1)
}


def place(step: Step, contract: int = CONTRACT) -> Command:
    """Return the command of a step that places an order."""
    side = Side.BUY if step.is_buy else Side.SELL
    return commands.PlaceOrder(step.order, step.account, contract, side, step.price, step.quantity)


def commands_of(steps: Iterable[Step], contract: int = CONTRACT) -> list[Command]:
    """Return the commands of a stream, one for each step."""
    made: list[Command] = []
    for step in steps:
        if step.kind == PLACE:
            made.append(place(step, contract))
        elif step.kind == CANCEL:
            made.append(commands.CancelOrder(step.order, step.account))
        else:
            replaced = (step.order, step.account, step.new, step.price, step.quantity)
            made.append(commands.ReplaceOrder(*replaced))
    return made


def opening(contracts: Sequence[int] = (CONTRACT,)) -> list[Command]:
    """Return what comes before all orders: a market of these contracts, and money for all."""
    funds = [commands.Fund(account, RICH) for account in EVERYBODY]
    return [commands.OpenMarket(MARKET, tuple(contracts)), *funds]


def make_engine(contracts: Sequence[int] = (CONTRACT,), load: Iterable[Step] = ()) -> Engine:
    """Return an engine with one market and its orders, which judges everybody by his money."""
    engine = Engine(payout_ticks=PAYOUT)
    feed(engine, opening(contracts))
    feed(engine, commands_of(load))
    return engine


def make_book(load: Iterable[Step] = ()) -> Book:
    """Return a floor book with orders."""
    book = Book()
    for step in load:
        book.place(step.order, step.is_buy, step.price, step.quantity)
    return book


def feed(engine: Engine, given: Iterable[Command]) -> None:
    """Apply commands."""
    apply = engine.apply
    for command in given:
        apply(command)


def feed_in_batches(engine: Engine, given: Sequence[Command]) -> None:
    """Apply commands in batches that could be undone, judged by the facts of who sends them."""
    for start in range(0, len(given), BATCH):
        batch = given[start : start + BATCH]
        engine.begin({command.account: EVERYBODY[command.account] for command in batch})
        feed(engine, batch)
        engine.commit()


def feed_book(book: Book, steps: Iterable[Step]) -> None:
    """Play steps on the floor."""
    for kind, order, _, is_buy, price, quantity, new in steps:
        if kind == PLACE:
            book.place(order, is_buy, price, quantity)
        elif kind == CANCEL:
            book.cancel(order)
        else:
            book.amend(order, new, price, quantity)


def fills_of_book(book: Book, steps: Iterable[Step]) -> list[Fill]:
    """Play steps on the floor and return all fills."""
    fills: list[Fill] = []
    for step in steps:
        if step.kind == PLACE:
            fills += book.place(step.order, step.is_buy, step.price, step.quantity)
        elif step.kind == CANCEL:
            assert book.cancel(step.order), "a stream cancels what rests"
        else:
            fills += book.amend(step.order, step.new, step.price, step.quantity)
    return fills


def fills_of_engine(engine: Engine, given: Iterable[Command]) -> list[Fill]:
    """Apply commands and return all fills."""
    events: list[Event] = []
    for command in given:
        events += engine.apply(command)
    return [
        (event.maker_order, event.price_ticks, event.quantity)
        for event in events
        if type(event) is TradeExecuted
    ]


def depth_of_book(book: Book) -> tuple[list[tuple[int, int]], list[tuple[int, int]]]:
    """Return (price, quantity) of all bids and asks, best first, as `Engine.depth` does."""
    bids, asks = (
        [(key * side.sign, side.levels[key].quantity) for key in reversed(side.keys)]
        for side in (book.bids, book.asks)
    )
    return bids, asks


def check(load: Sequence[Step], steps: Sequence[Step]) -> int:
    """Insist that the engine fills as the floor does; return how many fills there were."""
    book, engine = make_book(load), make_engine(load=load)
    fills = fills_of_book(book, steps)
    assert fills == fills_of_engine(engine, commands_of(steps)), "the fills differ from the floor's"
    depth = engine.depth(CONTRACT)
    assert depth_of_book(book) == (depth.bids, depth.asks), "the book differs from the floor's"
    return len(fills)
