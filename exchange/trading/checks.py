"""Proofs on a live database: the invariants that hold between batches.

Each check yields one line for each thing that is wrong, and nothing when all is well.
"""

import json
from collections import defaultdict
from collections.abc import Callable, Iterator
from typing import Any, Final

from django.db.models import Exists, F, OuterRef, Q, Sum

from accounts.models import User
from core.db import one_snapshot
from core.money import PAYOUT_TICKS
from exchange.engine.exposure import exposure_ticks
from exchange.ledger.checks import check_balances, check_sum
from exchange.ledger.models import Account
from exchange.markets.models import Contract, Market
from exchange.trading import journal
from exchange.trading.books import load_books
from exchange.trading.models import (
    JournalBatch,
    MarketExposure,
    Order,
    Position,
    Shard,
    Trade,
)

LIVE: Final = ("open", "halted", "closed")
_SHOWN_MAX: Final = 20


def check_available() -> Iterator[str]:
    """No member account has put more at risk than it has (invariant 2)."""
    for account in Account.objects.filter(kind="member", balance_ticks__lt=F("exposure_ticks")):
        yield f"account {account.code}: {account.available_ticks} ticks available"


def check_exposures() -> Iterator[str]:
    """Every exposure is what positions and open orders make it (invariant 3)."""
    totals: dict[int, int] = defaultdict(int)
    stored = {
        (account, market): ticks
        for account, market, ticks in MarketExposure.objects.values_list(
            "account_id", "market_id", "exposure_ticks"
        )
    }
    computed = _computed_exposures()
    for key in stored.keys() | computed.keys():
        expected = computed.get(key, 0)
        totals[key[0]] += expected
        if stored.get(key, 0) != expected:
            yield f"account {key[0]} in market {key[1]}: {stored.get(key, 0)}, not {expected}"
    for pk, ticks in Account.objects.values_list("pk", "exposure_ticks"):
        if ticks != totals.get(pk, 0):
            yield f"account {pk}: exposure {ticks}, not {totals.get(pk, 0)}"


def check_books() -> Iterator[str]:
    """Books read back are consistent and not crossed (invariant 4)."""
    for shard in Shard.objects.order_by("number"):
        books = load_books(shard.number, epoch=shard.epoch)
        try:
            books.engine.check_invariants()
        except AssertionError as error:
            yield f"shard {shard.number}: {error}"


def check_journal() -> Iterator[str]:
    """Every journal is without a gap and its digests chain (invariant 6)."""
    for shard in Shard.objects.order_by("number"):
        yield from _check_chain(shard)


def check_events() -> Iterator[str]:
    """Seqs are gapless per market, every command is judged once (invariants 6 and 7)."""
    seqs: dict[int, int] = defaultdict(int)
    judged: set[int] = set()
    batches = JournalBatch.objects.order_by("shard", "number").values_list("entries", flat=True)
    for entries in batches.iterator(200):
        for command_id, _, decided in json.loads(entries):
            if command_id in judged:
                yield f"command {command_id} is judged twice"
            if command_id is not None:
                judged.add(command_id)
            yield from _check_seqs(decided, seqs)
    for market, seq in Market.objects.exclude(status="draft").values_list("pk", "seq"):
        if seqs[market] != seq:
            yield f"market {market} stands at seq {seq}, its journal at {seqs[market]}"


def _check_seqs(decided: list[dict[str, Any]], seqs: dict[int, int]) -> Iterator[str]:
    for event in decided:
        market, seq = event.get("market"), event.get("seq")
        if market is None or seq is None:
            continue
        if seq != seqs[market] + 1:
            yield f"market {market}: seq {seq} after {seqs[market]}"
        seqs[market] = seq


def check_quantities() -> Iterator[str]:
    """Order quantities add up, and their fills are their trades (invariant 8)."""
    parts = sum(
        (F(f"{part}_quantity") for part in ("open", "cancelled", "expired", "voided")),
        start=F("filled_quantity"),
    )
    for order in Order.objects.exclude(quantity=parts)[:_SHOWN_MAX]:
        yield f"order {order.pk}: quantities do not add up"
    filled = Order.objects.aggregate(n=Sum("filled_quantity"))["n"] or 0
    traded = Trade.objects.filter(kind="book").aggregate(n=Sum("quantity"))["n"] or 0
    if filled != 2 * traded:
        yield f"orders are filled by {filled}, trades say {2 * traded}"


def check_positions() -> Iterator[str]:
    """Positions of a market sum to nothing: every contract bought was sold."""
    rows = Position.objects.values("contract_id").annotate(
        quantity=Sum("quantity"), cash=Sum("cash_ticks")
    )
    for row in rows.filter(~Q(quantity=0) | ~Q(cash=0)):
        yield f"contract {row['contract_id']}: {row['quantity']} held, {row['cash']} ticks paid"


_ACCOUNT, _MARKET, _CONTRACT = (
    ("account_id", Account), ("market_id", Market), ("contract_id", Contract),
)  # fmt: skip
# Model -> its columns that name a row of another table without a foreign key.
_REFERENCES: Final[tuple[tuple[Any, tuple[tuple[str, Any], ...]], ...]] = (
    (Order, (_ACCOUNT, ("user_id", User), _MARKET, _CONTRACT)),
    (
        Trade,
        (
            _MARKET,
            _CONTRACT,
            ("maker_order_id", Order),
            ("taker_order_id", Order),
            ("maker_account_id", Account),
            ("taker_account_id", Account),
        ),
    ),
    (Position, (_ACCOUNT, _MARKET, _CONTRACT)),
    (MarketExposure, (_ACCOUNT, _MARKET)),
)


def check_references() -> Iterator[str]:
    """Every row refers to what exists: the database does not look (docs/decisions/0011)."""
    for model, columns in _REFERENCES:
        for column, other in columns:
            found = other.objects.filter(pk=OuterRef(column))
            rows = model.objects.exclude(**{column: None}).filter(~Exists(found))
            for pk in rows.values_list("pk", flat=True)[:_SHOWN_MAX]:
                yield f"{model.__name__} {pk}: its {column} names nothing"


CHECKS: Final[tuple[tuple[str, Callable[[], Iterator[str]]], ...]] = (
    ("1 balances sum to 0", check_sum),
    ("1 balances are their transfers", check_balances),
    ("2 balance - exposure >= 0", check_available),
    ("3 exposures are what they should be", check_exposures),
    ("4 books are whole and not crossed", check_books),
    ("6 journal has no gap", check_journal),
    ("6 seqs have no gap", check_events),
    ("8 order quantities add up", check_quantities),
    ("8 positions sum to 0", check_positions),
    ("8 rows refer to what exists", check_references),
)


def run_checks() -> Iterator[tuple[str, list[str]]]:
    """Run every check on one snapshot of the database; yield its name and what is wrong."""
    with one_snapshot():
        for name, check in CHECKS:
            yield name, list(check())


def _computed_exposures() -> dict[tuple[int, int], int]:
    markets = {market.pk: market for market in Market.objects.filter(status__in=LIVE)}
    contracts: dict[int, list[int]] = defaultdict(list)
    for market_id, contract_id in (
        Market.objects.filter(status__in=LIVE)
        .order_by("pk", "contracts__position")
        .values_list("pk", "contracts__pk")
    ):
        contracts[market_id].append(contract_id)
    held: dict[tuple[int, int], dict[int, list[int]]] = defaultdict(dict)
    _add_positions(held)
    _add_orders(held)
    computed = {}
    for (account, market_id), by_contract in held.items():
        rows = [by_contract.get(pk, [0, 0, 0, 0]) for pk in contracts[market_id]]
        computed[account, market_id] = exposure_ticks(
            sum(row[1] for row in rows),
            [row[0] for row in rows],
            [row[2] for row in rows],
            [row[3] for row in rows],
            PAYOUT_TICKS,
            markets[market_id].has_other,
        )
    return {key: ticks for key, ticks in computed.items() if ticks}


def _add_positions(held: dict[tuple[int, int], dict[int, list[int]]]) -> None:
    rows = Position.objects.filter(market__status__in=LIVE)
    for account, market, contract, quantity, cash in rows.values_list(
        "account_id", "market_id", "contract_id", "quantity", "cash_ticks"
    ):
        held[account, market][contract] = [quantity, cash, 0, 0]


def _add_orders(held: dict[tuple[int, int], dict[int, list[int]]]) -> None:
    rows = Order.objects.filter(open_quantity__gt=0)
    for account, market, contract, side, price, quantity in rows.values_list(
        "account_id", "market_id", "contract_id", "side", "price_ticks", "open_quantity"
    ):
        row = held[account, market].setdefault(contract, [0, 0, 0, 0])
        if side == "buy":
            row[2] += price * quantity
        else:
            row[3] += (PAYOUT_TICKS - price) * quantity


def _check_chain(shard: Shard) -> Iterator[str]:
    digest, number = "0" * 64, 0
    for batch in JournalBatch.objects.filter(shard=shard.number).order_by("number").iterator(200):
        number += 1
        digest = journal.chain_of(digest, batch)
        if (batch.number, batch.digest) != (number, digest):
            yield f"shard {shard.number} batch {batch.number}: the chain breaks here"
            return
    if (shard.journal_number, shard.digest) != (number, digest):
        yield f"shard {shard.number}: the journal ends at {number}, not {shard.journal_number}"
