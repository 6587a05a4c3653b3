"""likely: look at markets and trade from a terminal.

exit codes: 0 done, 1 refused, 2 wrong usage, 3 no key or not allowed, 4 nobody answers,
5 it is not known whether the order was placed, 130 interrupted
"""

import argparse
import os
import sys
from collections.abc import Callable, Sequence

from likely_client.blocking import Client
from likely_client.cli import converging, keys, reading, sessions, trading
from likely_client.cli.output import errors
from likely_client.errors import (
    ConnectionLostError,
    ForbiddenError,
    LikelyError,
    NotAuthenticatedError,
    UnansweredError,
    UnavailableError,
)

DEFAULT_SITE = "http://localhost:8000"
Run = Callable[[Client, argparse.Namespace], int | None]
_CODES: tuple[tuple[type[LikelyError], int], ...] = (
    (NotAuthenticatedError, 3),
    (ForbiddenError, 3),
    (UnansweredError, 5),
    (ConnectionLostError, 4),
    (UnavailableError, 4),
    (LikelyError, 1),
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    asked = make_parser().parse_args(arguments)
    try:
        with Client(asked.site, keys.find(asked.site), timeout_s=asked.timeout) as client:
            return asked.run(client, asked) or 0
    except LikelyError as error:
        errors.print(str(error), style="red", markup=False)
        return next(code for kind, code in _CODES if isinstance(error, kind))
    except BrokenPipeError:  # | head
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except (keys.KeyFileError, ValueError, LookupError, OSError) as error:
        errors.print(str(error), style="red", markup=False)
        return 2
    except KeyboardInterrupt:
        return 130


def make_parser() -> argparse.ArgumentParser:
    """Return the parser of the whole command."""
    parser = argparse.ArgumentParser(
        prog="likely", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    site = os.environ.get("LIKELY_SITE", DEFAULT_SITE)
    parser.add_argument("--site", default=site, help=f"{site}; or LIKELY_SITE.")
    parser.add_argument("--timeout", type=float, default=30.0, metavar="SECONDS")
    parser.add_argument("--json", action="store_true", help="For programs: one JSON a line.")
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")

    def add(name: str, run: Run) -> argparse.ArgumentParser:
        made = commands.add_parser(name, help=_first_line(run), description=run.__doc__)
        made.set_defaults(run=run)
        # After the command, too; unset there it does not undo what stands before.
        made.add_argument(
            "--json", action="store_true", default=argparse.SUPPRESS, help=argparse.SUPPRESS
        )
        return made

    _add_reading(add)
    _add_account(add)
    _add_trading(add)
    return parser


def _add_reading(add: Callable[[str, Run], argparse.ArgumentParser]) -> None:
    markets = add("markets", reading.markets)
    markets.add_argument("-q", help="A part of the title.")
    markets.add_argument("--category")
    markets.add_argument("--sort", choices=["newest", "volume", "movers", "closing"])
    markets.add_argument("--status", default="open")
    markets.add_argument("--limit", type=int, default=20)
    search = add("search", reading.search)
    search.add_argument("text")
    search.add_argument("--limit", type=int, default=20)
    book = add("book", reading.book)
    _add_market(book)
    book.add_argument("--levels", type=int, default=10)
    book.add_argument("--live", action="store_true", help="Follow it until Ctrl-C.")
    trades = add("trades", reading.trades)
    _add_market(trades)
    trades.add_argument("--limit", type=int, default=20)
    watch = add("watch", reading.watch)
    watch.add_argument("market", nargs="?", help="Without one, your own trades.")
    converge = add("converge", converging.converge)
    converge.add_argument("market", help="Its slug.")
    converge.add_argument("--clients", type=int, default=20)
    converge.add_argument("--seconds", type=float, default=10.0)
    converge.add_argument(
        "--trade", action="store_true", help="By keys from the input: each client trades, too."
    )


def _add_account(add: Callable[[str, Run], argparse.ArgumentParser]) -> None:
    login = add("login", sessions.login)
    login.add_argument("--key", action="store_true", help="Take a key that you have made.")
    add("logout", sessions.logout)
    add("balance", reading.balance)
    add("positions", reading.positions)
    orders = add("orders", reading.orders)
    orders.add_argument("--market")
    orders.add_argument("--status", default="open", help="open, filled, cancelled... or all.")
    orders.add_argument("--limit", type=int, default=50)
    add("fills", reading.fills).add_argument("--limit", type=int, default=20)
    add("export", reading.export).add_argument("file")
    add("replay", reading.check).add_argument("file")


def _add_trading(add: Callable[[str, Run], argparse.ArgumentParser]) -> None:
    for name, run in (("buy", trading.buy), ("sell", trading.sell)):
        trade = add(name, run)
        trade.add_argument("market")
        trade.add_argument("outcome", help='Yes, No, or another by its name ("No" sells Yes).')
        trade.add_argument("quantity", type=int)
        trade.add_argument("price", nargs="?", help="0.45, say; without one, at the market.")
        trade.add_argument("--tif", dest="time_in_force", choices=["GTC", "IOC", "FOK"])
        trade.add_argument("--type", choices=["limit", "market", "stop", "stop_limit"])
        trade.add_argument("--stop", dest="stop_price", metavar="PRICE")
        trade.add_argument("--post-only", action="store_true")
        trade.add_argument("--reduce-only", action="store_true")
        trade.add_argument("--id", dest="client_order_id", help="Your own: the same places once.")
        trade.add_argument("--dry-run", action="store_true", help="Say what it would do.")
    cancel = add("cancel", trading.cancel)
    cancel.add_argument("orders", nargs="*", metavar="ORDER")
    cancel.add_argument("--all", action="store_true")
    cancel.add_argument("--market", help="With --all: only there.")
    replace = add("replace", trading.replace)
    replace.add_argument("order")
    replace.add_argument("--price")
    replace.add_argument("--quantity", type=int, help="What is filled and open then, in all.")
    reduce = add("reduce", trading.reduce)
    reduce.add_argument("order")
    reduce.add_argument("by", type=int)


def _add_market(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("market", help="Its slug.")
    parser.add_argument("outcome", nargs="?", help="Needed where there are several.")


def _first_line(run: Run) -> str:
    return (run.__doc__ or "").partition("\n")[0]


if __name__ == "__main__":
    sys.exit(main())
