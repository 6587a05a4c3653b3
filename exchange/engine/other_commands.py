"""The commands about many orders, accounts, trades and whole markets."""

from dataclasses import field

from exchange.engine.enums import Side
from exchange.engine.records import record


@record
class OpenMarket:
    """Open a market whose contracts are mutually exclusive outcomes.

    `other` adds an outcome without a book; a market of one contract always has one (No).
    `payout_ticks` None stands for the engine's own payout. `price_bands` are pairs (from_ticks,
    step_ticks): from that price on the grid has that step, below the first it is
    `price_step_ticks`. `collar_ticks` is how far beyond the last price an order may reach.
    """

    market: int
    contracts: tuple[int, ...]
    other: bool = False
    payout_ticks: int | None = 10_000
    price_step_ticks: int = 1
    price_bands: tuple[tuple[int, int], ...] = ()
    collar_ticks: int | None = None
    time: int | None = field(default=None, kw_only=True)
    valid_until: int | None = field(default=None, kw_only=True)


@record
class Fund:
    """Add to what an account has available."""

    account: int
    amount_ticks: int
    time: int | None = field(default=None, kw_only=True)
    valid_until: int | None = field(default=None, kw_only=True)


@record
class SetLimits:
    """Set all limits of an account; None is no limit. A suspended account places nothing.

    `loss_limit_ticks` bounds what was lost since this command plus what could be lost.
    """

    account: int
    max_open_orders: int | None = None
    max_exposure_ticks: int | None = None
    loss_limit_ticks: int | None = None
    suspended: bool = False
    time: int | None = field(default=None, kw_only=True)
    valid_until: int | None = field(default=None, kw_only=True)


@record
class SetGroup:
    """Arm an order group: once limit_quantity is filled within window_ms, all of it is cancelled.

    Also resets a group that has tripped.
    """

    account: int
    group: int
    limit_quantity: int
    window_ms: int
    time: int | None = field(default=None, kw_only=True)
    valid_until: int | None = field(default=None, kw_only=True)


@record
class CancelAll:
    """Cancel all orders of an account, or those of one market, contract, side, group."""

    account: int
    market: int | None = None
    contract: int | None = None
    side: Side | None = None
    group: int | None = None
    time: int | None = field(default=None, kw_only=True)
    valid_until: int | None = field(default=None, kw_only=True)


@record
class HaltMarket:
    """Stop placing for a while; orders stay, unless they said otherwise, and may be cancelled."""

    market: int
    time: int | None = field(default=None, kw_only=True)
    valid_until: int | None = field(default=None, kw_only=True)


@record
class ResumeMarket:
    """Let a halted market trade again; a book that is crossed is uncrossed by a call auction.

    With `auction` and `auction_ends_at` orders are collected until then, unmatched.
    """

    market: int
    auction: bool = False
    auction_ends_at: int | None = None
    time: int | None = field(default=None, kw_only=True)
    valid_until: int | None = field(default=None, kw_only=True)


@record
class CloseMarket:
    """End trading for good; open orders are cancelled."""

    market: int
    time: int | None = field(default=None, kw_only=True)
    valid_until: int | None = field(default=None, kw_only=True)


@record
class SettleMarket:
    """Pay the holders of the winning contract; None is the outcome without a book."""

    market: int
    winner: int | None
    time: int | None = field(default=None, kw_only=True)
    valid_until: int | None = field(default=None, kw_only=True)


@record
class VoidMarket:
    """Undo a market: nobody gains or loses."""

    market: int
    time: int | None = field(default=None, kw_only=True)
    valid_until: int | None = field(default=None, kw_only=True)


@record
class VoidTrade:
    """Undo one trade of a market that is not over."""

    trade: int
    time: int | None = field(default=None, kw_only=True)
    valid_until: int | None = field(default=None, kw_only=True)


@record
class CrossTrade:
    """Trade between two accounts outside the book, as both have agreed."""

    contract: int
    buyer: int
    seller: int
    price_ticks: int
    quantity: int
    time: int | None = field(default=None, kw_only=True)
    valid_until: int | None = field(default=None, kw_only=True)


@record
class Tick:
    """Say what time it is, so that what is due happens."""

    time: int | None = field(default=None, kw_only=True)
    valid_until: int | None = field(default=None, kw_only=True)
