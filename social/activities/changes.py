"""What the journal says that members and markets did. Pure.

The trades of one member in one command are one thing done: a sweep of fifty levels is told once,
with its quantity and what it cost together.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from exchange.trading.models import Side
from social.activities.models import Verb

Members = Mapping[str, Any]


@dataclass(slots=True, kw_only=True)
class Trading:
    """An account traded on one side of a contract in one command; `seq` is its first trade's."""

    account: int
    market: int
    contract: int
    side: str
    seq: int
    quantity: int = 0
    notional_ticks: int = 0

    @property
    def key(self) -> str:
        """Name it, the same whenever the journal is read."""
        return f"traded:{self.market}:{self.seq}:{self.account}:{self.side}"


@dataclass(frozen=True, slots=True, kw_only=True)
class MarketStep:
    """A market went on to another state; `winner` is the contract that won, if one did."""

    market: int
    verb: Verb
    seq: int
    winner: int | None = None

    @property
    def key(self) -> str:
        """Name it, the same whenever the journal is read."""
        return f"market:{self.market}:{self.seq}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Win:
    """A market brought an account more than it had cost it."""

    account: int
    market: int
    amount_ticks: int

    @property
    def key(self) -> str:
        """Name it, the same whenever the journal is read."""
        return f"won:{self.market}:{self.account}"


Change = Trading | MarketStep | Win

_STEPS: Final[Mapping[str, Verb]] = {
    "MarketOpened": Verb.OPENED,
    "MarketHalted": Verb.HALTED,
    "MarketResumed": Verb.RESUMED,
    "MarketClosed": Verb.CLOSED,
    "MarketSettled": Verb.SETTLED,
    "MarketVoided": Verb.VOIDED,
}
_OPPOSITE: Final = {Side.BUY.value: Side.SELL.value, Side.SELL.value: Side.BUY.value}


def changes_of(entries: Iterable[Sequence[Any]]) -> Iterator[Change]:
    """Return the changes of a batch's entries [[command id, command, [event, ...]], ...]."""
    for _command_id, _command, events in entries:
        yield from _tradings(events)
        steps = [_step(event) for event in events if event["type"] in _STEPS]
        yield from steps
        # A market is settled first, and then its winners have won.
        yield from (_win(event) for event in events if _is_win(event))


def _tradings(events: Iterable[Members]) -> Iterable[Trading]:
    """Return who traded in a command. A cross is told as the challenge that it came of."""
    found: dict[tuple[int, int, str], Trading] = {}
    for event in events:
        if event["type"] == "TradeExecuted" and event["kind"] != "cross":
            maker_side = event["maker_side"]
            _add(found, event, event["maker_account"], maker_side)
            _add(found, event, event["taker_account"], _OPPOSITE[maker_side])
    return found.values()


def _add(
    found: dict[tuple[int, int, str], Trading], trade: Members, account: int, side: str
) -> None:
    contract, quantity = trade["contract"], trade["quantity"]
    trading = found.setdefault(
        (account, contract, side),
        Trading(
            account=account, market=trade["market"], contract=contract, side=side, seq=trade["seq"]
        ),
    )
    trading.quantity += quantity
    trading.notional_ticks += trade["price_ticks"] * quantity


def _step(event: Members) -> MarketStep:
    return MarketStep(
        market=event["market"],
        verb=_STEPS[event["type"]],
        seq=event["seq"],
        winner=event.get("winner"),
    )


def _is_win(event: Members) -> bool:
    return bool(event["type"] == "AccountSettled" and event["amount_ticks"] > 0)


def _win(event: Members) -> Win:
    return Win(account=event["account"], market=event["market"], amount_ticks=event["amount_ticks"])
