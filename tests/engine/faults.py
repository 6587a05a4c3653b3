"""What can be wrong with each command, in the order in which docs/engine.md lists it.

A table is a command that is carried out, and ranks of faults: those of one rank exclude each other,
those of two can be put into one command. All are asked of `engine_with_faults`.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from exchange.engine import Engine, Side, commands
from exchange.engine.commands import (
    CancelAll,
    CancelOrder,
    CloseMarket,
    Command,
    CrossTrade,
    Fund,
    HaltMarket,
    OpenMarket,
    PlaceOrder,
    ReduceOrder,
    ReplaceOrder,
    ResumeMarket,
    SetGroup,
    SetLimits,
    SettleMarket,
    Terms,
    Tick,
    VoidMarket,
    VoidTrade,
)

NOW = 10


@dataclass(frozen=True)
class Fault:
    """Fields of the command, terms of its order, limits of account 7, or what happened before."""

    reason: str
    fields: dict[str, Any] = field(default_factory=dict)
    terms: dict[str, Any] = field(default_factory=dict)
    limits: dict[str, Any] = field(default_factory=dict)
    before: tuple[Command, ...] = ()


@dataclass(frozen=True)
class Table:
    made: type
    good: dict[str, Any]
    ranks: list[list[Fault]]
    before: tuple[Command, ...] = ()

    def faults(self) -> list[Fault]:
        return [fault for rank in self.ranks for fault in rank]

    def pairs(self) -> Iterator[tuple[Fault, Fault]]:
        """Yield all pairs of neighbours that can be wrong with one command."""
        for first, second in pairwise(self.ranks):
            for a in first:
                for b in second:
                    if {a.reason, b.reason} not in APART:
                        yield a, b

    def command(self, *faults: Fault) -> Command:
        """Return the command with these faults; where two change a field the first one has it."""
        fields, terms = dict(self.good), {}
        for fault in reversed(faults):
            fields |= fault.fields
            terms |= fault.terms
        return self.made(**fields, **({"terms": Terms(**terms)} if terms else {}))

    def engine(self, *faults: Fault) -> Engine:
        engine = engine_with_faults()
        limits = {}
        for fault in faults:
            limits |= fault.limits
        for command in (*self.before, *(each for fault in faults for each in fault.before)):
            engine.apply(command)
        if limits:
            engine.apply(SetLimits(7, **limits))
        return engine


# An order that only reduces needs no money and never rests, so a maximum cost never refuses it.
APART = [{"reduce_only", "max_cost"}]


def engine_with_faults() -> Engine:
    """At time 10: 50 was paid for contract 11, 60 is asked; orders 2 and 3 are of account 7."""
    engine = Engine(payout_ticks=100, keeps_trades=True)
    opening = {"payout_ticks": None, "price_step_ticks": 5}
    for command in (
        OpenMarket(1, (11, 12), **opening, collar_ticks=20, time=NOW),
        OpenMarket(2, (21,), **opening),
        *(Fund(account, 10_000) for account in (7, 8, 9)),
        PlaceOrder(90, 9, 11, Side.SELL, 50, 1),
        PlaceOrder(91, 8, 11, Side.BUY, 50, 1),
        PlaceOrder(1, 9, 11, Side.SELL, 60, 5),
        PlaceOrder(2, 7, 11, Side.BUY, 40, 10, Terms(post_only=True, max_cost_ticks=500)),
        PlaceOrder(3, 7, 11, Side.BUY, 40, 10),
    ):
        engine.apply(command)
    return engine


TOO_LATE = [Fault("too_late", {"valid_until": NOW - 1})]
UNKNOWN_MARKET = [Fault("unknown_market", {"market": 9})]
INVALID_AMOUNT = "invalid_amount"
HALTED = Fault("market_halted", before=(HaltMarket(1),))
IN_AUCTION = Fault(
    "market_in_auction", before=(HaltMarket(1), ResumeMarket(1, auction=True, auction_ends_at=500))
)
CLOSED = Fault("market_closed", before=(CloseMarket(1),))
SETTLED = Fault("market_settled", before=(SettleMarket(1, 11),))
VOIDED = Fault("market_voided", before=(VoidMarket(1),))
NOT_OPEN = [HALTED, IN_AUCTION, CLOSED, SETTLED, VOIDED]
# In an auction only some orders are refused.
NOT_OPEN_FOR_IOC = [
    fault
    if fault is not IN_AUCTION
    else Fault("market_in_auction", {}, {"tif": "IOC"}, {}, fault.before)
    for fault in NOT_OPEN
]
# Outside the payout, and off the grid as well.
PRICES = [
    [Fault("invalid_price", {"price_ticks": 103})],
    [Fault("price_off_tick", {"price_ticks": 52})],
]
SUSPENDED = [Fault("account_suspended", limits={"suspended": True})]
GROUP_TRIPPED = (
    SetGroup(7, 3, 1, 1000),
    PlaceOrder(92, 9, 12, Side.SELL, 50, 1),
    PlaceOrder(93, 7, 12, Side.BUY, 50, 1, Terms(group=3)),
)
MILLION = 1_000_000
BOUNDS = [
    [Fault("exposure_limit", limits={"max_exposure_ticks": 0})],
    [Fault("loss_limit", limits={"loss_limit_ticks": 0})],
]
ORDER = [
    [Fault("unknown_order", {"order": 99})],
    [Fault("not_owner", {"account": 8})],
    TOO_LATE,
]

PLACE = Table(
    PlaceOrder,
    {
        "order": 50,
        "account": 7,
        "contract": 11,
        "side": Side.BUY,
        "price_ticks": 45,
        "quantity": 10,
    },
    [
        [Fault("unknown_contract", {"contract": 99})],
        [Fault("duplicate_order", {"order": 1})],
        TOO_LATE,
        NOT_OPEN_FOR_IOC,
        [Fault("invalid_terms", terms={"tif": "IOC", "post_only": True})],
        *PRICES,
        [Fault("invalid_stop_price", terms={"kind": "stop_limit", "stop_ticks": 52})],
        [Fault("invalid_quantity", {"quantity": 0})],
        [Fault("invalid_min_quantity", terms={"min_quantity": 0})],
        [Fault("invalid_max_cost", terms={"max_cost_ticks": 0})],
        [Fault("invalid_expiry", terms={"tif": "GTD", "expires_at": NOW})],
        SUSPENDED,
        [Fault("group_tripped", terms={"group": 3}, before=GROUP_TRIPPED)],
        [Fault("too_many_orders", limits={"max_open_orders": 2})],
        [Fault("price_outside_collar", {"price_ticks": 75})],
        [
            Fault("reduce_only", terms={"tif": "IOC", "reduce_only": True}),
            Fault("post_only", {"price_ticks": 60}, {"post_only": True}),
        ],
        [Fault("max_cost", terms={"max_cost_ticks": 1})],
        [Fault("insufficient_funds", {"quantity": MILLION})],
        *BOUNDS,
    ],
)

REPLACE = Table(
    ReplaceOrder,
    {"order": 3, "account": 7, "new_order": 50, "price_ticks": 45, "quantity": 10},
    [
        *ORDER,
        [HALTED],
        [Fault("duplicate_order", {"new_order": 1})],
        *PRICES,
        [Fault("invalid_quantity", {"quantity": 0})],
        [Fault("order_changed", {"if_open_quantity": 9})],
        SUSPENDED,
        [Fault("price_outside_collar", {"price_ticks": 75})],
        [Fault("post_only", {"order": 2, "price_ticks": 60})],
        [Fault("max_cost", {"order": 2, "quantity": MILLION})],
        [Fault("insufficient_funds", {"quantity": MILLION})],
        *BOUNDS,
    ],
)

CROSS = Table(
    CrossTrade,
    {"contract": 11, "buyer": 7, "seller": 8, "price_ticks": 50, "quantity": 10},
    [
        [Fault("unknown_contract", {"contract": 99})],
        TOO_LATE,
        NOT_OPEN,
        *PRICES,
        [Fault("invalid_quantity", {"quantity": 0})],
        [Fault("self_trade", {"seller": 7})],
        SUSPENDED,
        [Fault("insufficient_funds", {"quantity": MILLION})],
        *BOUNDS,
    ],
)

# The second of two trades closed account 7's position; without it 500 would be at risk again.
VOID_TRADE = Table(
    VoidTrade,
    {"trade": 3},
    [
        [Fault("unknown_trade", {"trade": 99})],
        TOO_LATE,
        [Fault("insufficient_funds", before=(PlaceOrder(94, 7, 21, Side.BUY, 90, 102),))],
    ],
    before=(CrossTrade(11, 7, 8, 50, 10), CrossTrade(11, 8, 7, 50, 10)),
)

TABLES = [
    PLACE,
    REPLACE,
    CROSS,
    VOID_TRADE,
    Table(CancelOrder, {"order": 3, "account": 7}, ORDER),
    Table(
        ReduceOrder,
        {"order": 3, "account": 7, "by": 1},
        [
            *ORDER,
            [Fault("invalid_quantity", {"by": 0})],
            [Fault("order_changed", {"if_open_quantity": 9})],
        ],
    ),
    Table(
        CancelAll,
        {"account": 7, "market": 1, "contract": 11},
        [TOO_LATE, UNKNOWN_MARKET, [Fault("unknown_contract", {"contract": 99})]],
    ),
    Table(
        OpenMarket,
        {"market": 3, "contracts": (31,), "payout_ticks": 100},
        [
            TOO_LATE,
            [Fault("market_exists", {"market": 1})],
            [Fault("invalid_contracts", {"contracts": (11, 11)})],
            [Fault("contract_exists", {"contracts": (31, 11)})],
            [Fault("invalid_payout", {"payout_ticks": 1})],
            [Fault("invalid_price_step", {"price_step_ticks": 0})],
            [Fault("invalid_collar", {"collar_ticks": 0})],
        ],
    ),
    Table(HaltMarket, {"market": 1}, [UNKNOWN_MARKET, TOO_LATE, [HALTED, CLOSED, SETTLED, VOIDED]]),
    Table(
        ResumeMarket,
        {"market": 1, "auction": True, "auction_ends_at": NOW + 1},
        [
            UNKNOWN_MARKET,
            TOO_LATE,
            [
                Fault("market_open", before=(ResumeMarket(1),)),
                Fault("market_in_auction", before=IN_AUCTION.before[1:]),
                CLOSED,
                SETTLED,
                VOIDED,
            ],
            [Fault("invalid_auction", {"auction_ends_at": NOW})],
        ],
        before=(HaltMarket(1),),
    ),
    Table(CloseMarket, {"market": 1}, [UNKNOWN_MARKET, TOO_LATE, [CLOSED, SETTLED, VOIDED]]),
    Table(
        SettleMarket,
        {"market": 1, "winner": 11},
        [UNKNOWN_MARKET, TOO_LATE, [SETTLED, VOIDED], [Fault("invalid_winner", {"winner": None})]],
    ),
    Table(VoidMarket, {"market": 1}, [UNKNOWN_MARKET, TOO_LATE, [SETTLED, VOIDED]]),
    Table(
        Fund,
        {"account": 7, "amount_ticks": 1},
        [TOO_LATE, [Fault(INVALID_AMOUNT, {"amount_ticks": 0})]],
    ),
    Table(SetLimits, {"account": 7}, [TOO_LATE, [Fault(INVALID_AMOUNT, {"max_open_orders": -1})]]),
    Table(
        SetGroup,
        {"account": 7, "group": 1, "limit_quantity": 1, "window_ms": 1},
        [TOO_LATE, [Fault(INVALID_AMOUNT, {"window_ms": 0})]],
    ),
    Table(Tick, {"time": NOW}, [TOO_LATE]),
]
assert {table.made for table in TABLES} == set(commands.Command.__args__)
