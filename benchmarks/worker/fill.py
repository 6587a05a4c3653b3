"""Fill an empty database: accounts, open markets, resting orders, then an inbox that waits.

Run by the benchmark in the environment of the database:
    python -m benchmarks.worker.fill COMMANDS MARKETS OPEN_ORDERS PAST_ORDERS
"""

import sys
from collections.abc import Iterator
from itertools import islice

import django

from benchmarks.worker.past import add_past

ACCOUNTS = 500
GRANT_TICKS = 10**13
ROWS_AT_ONCE = 2_000


def main() -> None:
    """Fill the database of the environment."""
    django.setup()
    from benchmarks.worker.stream import make_commands, make_resting  # noqa: PLC0415 -- needs setup

    commands, markets, resting, past = (int(argument) for argument in sys.argv[1:])
    accounts = make_accounts()
    books = list(make_books(markets))
    put(make_resting(resting, books, accounts), drained=True)
    if past:
        add_past(past)
    put(make_commands(commands, books, accounts), drained=False)
    settle_in()


def make_accounts() -> list[int]:
    """Make accounts that can pay for anything."""
    from exchange.ledger.services import open_operator_account  # noqa: PLC0415 -- needs setup

    codes = (f"flow-{number}" for number in range(ACCOUNTS))
    return [open_operator_account(code=code, grant_ticks=GRANT_TICKS).pk for code in codes]


def make_books(count: int) -> Iterator[object]:
    """Make so many yes/no markets and open them."""
    from benchmarks.worker.stream import Book  # noqa: PLC0415 -- needs setup
    from exchange.markets.services import create_event, create_market  # noqa: PLC0415 -- as above
    from exchange.trading.openings import submit_openings  # noqa: PLC0415 -- as above

    event = create_event(title="A benchmark", category="Science")
    markets = [
        create_market(event=event, title=f"Question {number}?", outcomes=["Yes"], rules="None.")
        for number in range(count)
    ]
    list(submit_openings(market_ids=[market.pk for market in markets]))
    drain()
    for market in markets:
        yield Book(market.contracts.get().pk, market.shard, [])


def put(commands: Iterator[tuple[object, dict[str, object]]], *, drained: bool) -> None:
    """Put commands into the inbox, and have them judged where they are to be there already."""
    from exchange.trading import inbox  # noqa: PLC0415 -- needs setup

    while group := list(islice(commands, ROWS_AT_ONCE)):
        inbox.put([_row(book, command) for book, command in group])
        if drained:
            drain()


def drain() -> None:
    """Judge everything that waits."""
    from exchange.trading.owner import BooksOwner  # noqa: PLC0415 -- needs setup

    owner = BooksOwner(range(1))
    while list(owner.step()):
        pass
    owner.stop()


def _row(book: object, command: dict[str, object]) -> object:
    from core.ids import new_id  # noqa: PLC0415 -- needs setup
    from exchange.trading import inbox  # noqa: PLC0415 -- as above

    return inbox.new_row(
        command_id=command["order"] if command["type"] == "PlaceOrder" else new_id(),
        shard=book.shard,
        command=command,
        account_id=command["account"],
    )


def settle_in() -> None:
    """Have the database look at what it holds, as its own housekeeping would have by now."""
    from django.db import connection  # noqa: PLC0415 -- needs setup

    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("VACUUM ANALYZE")
        else:
            cursor.execute("ANALYZE")
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # all of it into the file


if __name__ == "__main__":
    main()
