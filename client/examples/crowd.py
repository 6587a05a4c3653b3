"""All five bots at once, in many markets, at one pace: what `manage.py demo --bots` runs.

It reads what to do as one JSON object from its input:

{"site": "http://localhost:8000", "turns_per_s": 2,
 "keys": {"maker": "lk_...", "noise": "lk_...", "momentum": "lk_...", "other": "lk_..."},
 "markets": [{"slug": "...", "fair": {"Yes": "0.46"}}]}

and says at its end how many turns were taken. Each turn one bot does one thing.
"""

import json
import random
import signal
import sys
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from decimal import Decimal
from typing import Any, Final

from arbitrage import Arbitrage
from likely_client import Account, Book, Client, LikelyError, MarketNotTradingError
from market_maker import MarketMaker
from momentum import Momentum
from noise import Noise
from twap import Twap

_CENT: Final = Decimal("0.01")
_REACH: Final = Decimal("0.15")
_AWAY_S: Final = 2.0
Turn = Callable[[], object]


class Wander:
    """What an outcome is worth to the maker: moves by at most a cent, never far from `start`."""

    def __init__(self, start: Decimal, chance: random.Random) -> None:
        low, high = max(start - _REACH, 5 * _CENT), min(start + _REACH, 1 - 5 * _CENT)
        self.low, self.high = low, max(low, high)
        self.now = start
        self.chance = chance

    def __call__(self) -> Decimal:
        """Return what it is worth now."""
        moved = self.now + self.chance.choice((-1, 0, 0, 1)) * _CENT
        self.now = max(self.low, min(self.high, moved))
        return self.now


class Desk:
    """The clients and the accounts of those who trade, by role."""

    def __init__(self, config: Mapping[str, Any], stack: ExitStack) -> None:
        self.clients: dict[str, Client] = {}
        self.accounts: dict[str, Account] = {}
        for role, key in config["keys"].items():
            client = stack.enter_context(Client(config["site"], key=key))
            self.clients[role] = client
            self.accounts[role] = stack.enter_context(client.account())

    def turns_of(
        self, book: Book, fair: Mapping[str, str], chance: random.Random
    ) -> list[tuple[int, Turn]]:
        """Return what the bots may do in a market, each with how often it does it."""
        turns: list[tuple[int, Turn]] = [(1, Arbitrage(self.clients["other"], book).step)]
        for outcome, start in fair.items():
            maker = MarketMaker(
                self.clients["maker"],
                book,
                self.accounts["maker"],
                outcome=outcome,
                fair=Wander(Decimal(start), chance),
                size=30,
                half_spread=_CENT,
                levels=3,
                position_max=300,
            )
            noise = Noise(
                self.clients["noise"],
                book,
                self.accounts["noise"],
                outcome=outcome,
                chance=chance,
            )
            momentum = Momentum(
                self.clients["momentum"], book, self.accounts["momentum"], outcome=outcome
            )
            turns += [(10, maker.step), (6, noise.step), (2, momentum.step)]
            turns.append((1, self._slices(book, outcome)))
        return turns

    def _slices(self, book: Book, outcome: str) -> Turn:
        """Return a turn of a TWAP that begins anew when it is done, back to holding nothing."""
        bots: list[Twap] = []

        def turn() -> object:
            if not bots or bots[0].is_done:
                held = self.accounts["other"].position(book.market.contract(outcome).id)
                mid = book[outcome].mid
                if mid is None:
                    return None
                limit = mid - 5 * _CENT if held > 0 else mid + 5 * _CENT
                limit = max(_CENT, min(1 - _CENT, limit.quantize(_CENT)))
                bots[:] = [
                    Twap(
                        self.clients["other"],
                        book,
                        side="sell" if held > 0 else "buy",
                        quantity=held if held > 0 else 20,
                        limit=limit,
                        slices=4,
                        outcome=outcome,
                    )
                ]
            return bots[0].step()

        return turn


def run(config: Mapping[str, Any], stop: threading.Event) -> int:
    """Let the bots take turns until told to stop; return how many were taken."""
    with Client(config["site"], timeout_s=_AWAY_S) as anybody:
        anybody.markets(limit=1)  # no site: said at once
    chance = random.Random()
    taken = 0
    with ExitStack() as stack:
        desk = Desk(config, stack)
        crowd: dict[str, list[tuple[int, Turn]]] = {}
        for market in config["markets"]:
            book = stack.enter_context(desk.clients["maker"].book(market["slug"]))
            crowd[market["slug"]] = desk.turns_of(book, market["fair"], chance)
        print(f"{len(crowd)} markets", flush=True)
        due_s = time.monotonic()
        while crowd and not stop.wait(due_s - time.monotonic()):
            due_s = max(due_s, time.monotonic() - 1) + 1 / config["turns_per_s"]
            slug = chance.choice(list(crowd))
            weights, turns = zip(*crowd[slug], strict=True)
            try:
                chance.choices(turns, weights)[0]()
                taken += 1
            except MarketNotTradingError:
                del crowd[slug]
            except LikelyError as error:
                print(f"{slug}: {error}", file=sys.stderr, flush=True)
                time.sleep(_AWAY_S)
    return taken


def main() -> None:
    """Run what the input asks for until SIGTERM or Ctrl-C."""
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    try:
        print(run(json.loads(sys.stdin.readline()), stop), flush=True)
    except LikelyError as error:
        sys.exit(f"The bots cannot trade: {error}")


if __name__ == "__main__":
    main()
