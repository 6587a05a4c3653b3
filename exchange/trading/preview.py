"""What an order would cost and risk, before it is placed. Reads only, in four queries.

The figures are those the book would judge by if nothing changed in between: the same exposure
function, the same matching rules. Another's order may come first, so they are no promise.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from django.db.models import Min, Q, Sum

from core.errors import Code, Problem
from core.formatting import format_credits
from core.money import PAYOUT_TICKS
from exchange.engine.exposure import outcome_worths
from exchange.ledger.models import Account
from exchange.markets.models import Contract, Market, MarketStatus
from exchange.markets.outcomes import name_other_outcome
from exchange.trading.door import check_order, check_terms
from exchange.trading.expected_fills import ExpectedFills, match_levels, unit_ticks
from exchange.trading.expected_terms import expect_by_terms
from exchange.trading.models import IN_BOOK, Order, Position, Side
from exchange.trading.requests import OrderRequest

_REFUSED_IN: Final = {
    MarketStatus.HALTED: Code.MARKET_HALTED,
    MarketStatus.CLOSED: Code.MARKET_CLOSED,
    MarketStatus.SETTLED: Code.MARKET_SETTLED,
    MarketStatus.VOIDED: Code.MARKET_VOIDED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What an order would do, for the account, before it is placed. Amounts in ticks.

    `worst_before`/`worst_after`: the worst outcome's name and what the account would have won
    (negative: lost) in this market then, its open orders included.
    """

    cost_ticks: int  # what the order would hold of the available money (new exposure - old)
    available_ticks: int
    worst_outcome_before: str
    worst_before_ticks: int
    worst_outcome_after: str
    worst_after_ticks: int
    payout_ticks: int  # what comes back if the side bought wins (quantity x payout)
    profit_ticks: int  # payout - price paid, at the limit price
    fee_ticks: int
    queue_ahead: int  # contracts resting at the price or better on the same side
    fills_now_quantity: int  # what would match at once, by the book as it is
    rests_quantity: int  # what would then be open: in the book, or waiting as a stop
    crosses_own_order: bool
    affordable: bool
    # What is expected by the book as it is: fills at its prices, the rest at the limit.
    average_fill_price_ticks: int | None  # of what fills now; None where nothing does
    expected_cost_ticks: int  # what would be held then; negative: so much becomes available
    closes_quantity: int  # what closes an opposite position, first
    closing_proceeds_ticks: int  # what closing brings back
    opens_quantity: int
    opening_profit_ticks: int  # of what is opened, if the side bought wins

    @property
    def opening_payout_ticks(self) -> int:
        """What comes back for what is opened, if the side bought wins."""
        return self.opens_quantity * PAYOUT_TICKS

    @property
    def explanation(self) -> str:
        """The worst outcome in words, and what is missing if the order cannot be paid."""
        worst = f"Worst outcome: {self.worst_outcome_after} wins, {self._in_words()}."
        if self.affordable:
            return worst
        need, have = format_credits(self.cost_ticks), format_credits(self.available_ticks)
        return f"{worst} It needs {need} and you have {have} available."

    def _in_words(self) -> str:
        amount = format_credits(abs(self.worst_after_ticks))
        if self.worst_after_ticks < 0:
            return f"you lose {amount}"
        return f"you still gain {amount}" if self.worst_after_ticks else "you lose nothing"


@dataclass(frozen=True, slots=True)
class _OwnLevel:
    """The account's open orders of one side at one price."""

    contract: int
    side: str
    price_ticks: int
    is_waiting: bool
    quantity: int
    first_seq: int


@dataclass(frozen=True, slots=True)
class _Stake:
    """What the account has in the market: the terms of its worth in each outcome."""

    cash_ticks: int
    held: dict[int, int]
    own: Sequence[_OwnLevel]


def preview_order(*, account: Account, order: OrderRequest) -> Preview:
    """Say what an order would cost and risk; changes nothing. Four queries.

    Raises the Problems of place_order, and those the book would answer by the market's state
    or a suspension as it is now.
    """
    market = order.contract.market
    check_order(market, price_ticks=order.price_ticks, quantity=order.quantity)
    if order.is_rare:
        check_terms(order)
    _check_state(account, market)
    contracts = list(market.contracts.all())
    stake = _read_stake(account, market)
    outcome_before, worst_before = _worst(market, contracts, stake, None)
    outcome_after, worst_after = _worst(market, contracts, stake, order)
    cost = max(0, -worst_after) - max(0, -worst_before)
    barrier = _own_barrier(order, stake.own)
    queue_ahead, fills = _read_book(order, barrier)
    closes = _closes_quantity(order, stake)
    if order.is_rare:
        fills = expect_by_terms(order, fills, reducible=closes)
    rest = _resting(order, fills, barrier)
    _, worst_expected = _worst(market, contracts, _filled(stake, order, fills), rest)
    proceeds, paid = fills.split(order.quantity, order.price_ticks, closes)
    opens = order.quantity - closes
    return Preview(
        cost_ticks=cost,
        available_ticks=account.available_ticks,
        worst_outcome_before=outcome_before,
        worst_before_ticks=worst_before,
        worst_outcome_after=outcome_after,
        worst_after_ticks=worst_after,
        payout_ticks=order.quantity * PAYOUT_TICKS,
        profit_ticks=order.quantity * (PAYOUT_TICKS - unit_ticks(order.side, order.price_ticks)),
        fee_ticks=0,
        queue_ahead=queue_ahead,
        fills_now_quantity=fills.quantity,
        rests_quantity=0 if rest is None else rest.quantity,
        crosses_own_order=barrier is not None,
        affordable=cost <= account.available_ticks,
        average_fill_price_ticks=fills.average_price_ticks,
        expected_cost_ticks=max(0, -worst_expected) - max(0, -worst_before),
        closes_quantity=closes,
        closing_proceeds_ticks=proceeds,
        opens_quantity=opens,
        opening_profit_ticks=opens * PAYOUT_TICKS - paid,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class CrossPreview:
    """What a cross would do, for one of its accounts. Amounts in ticks."""

    cost_ticks: int  # what it would hold of the available money
    available_ticks: int
    worst_outcome_after: str
    worst_after_ticks: int

    @property
    def affordable(self) -> bool:
        """Whether the book would take it, by the money of this side."""
        return self.cost_ticks <= self.available_ticks


def preview_cross(*, account: Account, order: OrderRequest) -> CrossPreview:
    """Say what one side of a cross would cost and risk; changes nothing. Three queries at most.

    The cross trades all of the order's quantity at its price, whatever is in the book.
    """
    market = order.contract.market
    contracts = list(market.contracts.all())
    stake = _read_stake(account, market)
    fills = ExpectedFills(side=order.side, levels=((order.price_ticks, order.quantity),))
    _, worst_before = _worst(market, contracts, stake, None)
    outcome, worst_after = _worst(market, contracts, _filled(stake, order, fills), None)
    return CrossPreview(
        cost_ticks=max(0, -worst_after) - max(0, -worst_before),
        available_ticks=account.available_ticks,
        worst_outcome_after=outcome,
        worst_after_ticks=worst_after,
    )


def _filled(stake: _Stake, order: OrderRequest, fills: ExpectedFills) -> _Stake:
    """Return the stake after the fills."""
    contract = order.contract.pk
    held = stake.held | {contract: stake.held.get(contract, 0) + fills.signed_quantity}
    return replace(stake, cash_ticks=stake.cash_ticks + fills.cash_ticks, held=held)


def _resting(
    order: OrderRequest, fills: ExpectedFills, barrier: _OwnLevel | None
) -> OrderRequest | None:
    """Return what would rest in the book after the fills, if anything does."""
    terms, rest = order.terms, order.quantity - fills.quantity
    if terms.waits:
        return order
    is_killed = terms.min_quantity is not None and fills.quantity < terms.min_quantity
    is_stopped = barrier is not None and order.stp in {"cancel_newest", "cancel_both"}
    if not terms.may_rest or is_killed or is_stopped or not rest:
        return None
    return replace(order, quantity=rest)


def _closes_quantity(order: OrderRequest, stake: _Stake) -> int:
    held = stake.held.get(order.contract.pk, 0)
    opposite = -held if order.side == Side.BUY else held
    return min(order.quantity, max(0, opposite))


def _check_state(account: Account, market: Market) -> None:
    code = _REFUSED_IN.get(MarketStatus(market.status))
    if code is not None:
        raise Problem(code)
    if account.is_suspended:
        raise Problem(Code.ACCOUNT_SUSPENDED)


def _read_stake(account: Account, market: Market) -> _Stake:
    positions = Position.objects.filter(account=account, market=market)
    rows = list(positions.values_list("contract_id", "quantity", "cash_ticks"))
    own = (
        Order.objects.filter(account=account, market=market, open_quantity__gt=0)
        .values_list("contract_id", "side", "price_ticks", "is_waiting")
        .annotate(quantity=Sum("open_quantity"), first_seq=Min("accepted_seq"))
        .order_by()
    )
    return _Stake(
        cash_ticks=sum(cash_ticks for _, _, cash_ticks in rows),
        held={contract: quantity for contract, quantity, _ in rows},
        own=[_OwnLevel(*row) for row in own],
    )


def _worst(
    market: Market, contracts: Sequence[Contract], stake: _Stake, order: OrderRequest | None
) -> tuple[str, int]:
    """Return the worst outcome's name and worth, the order counted as open."""
    held = {contract.pk: {Side.BUY: 0, Side.SELL: 0} for contract in contracts}
    for level in stake.own:
        held[level.contract][Side(level.side)] += level.quantity * unit_ticks(
            level.side, level.price_ticks
        )
    if order is not None:
        held[order.contract.pk][Side(order.side)] += order.quantity * unit_ticks(
            order.side, order.price_ticks
        )
    worths = outcome_worths(
        stake.cash_ticks,
        [stake.held.get(contract.pk, 0) for contract in contracts],
        [hold[Side.BUY] for hold in held.values()],
        [hold[Side.SELL] for hold in held.values()],
        PAYOUT_TICKS,
        market.has_other,
    )
    names = [contract.name for contract in contracts]
    worst = min(range(len(worths)), key=worths.__getitem__)
    return [*names, name_other_outcome(names)][worst], worths[worst]


def _own_barrier(order: OrderRequest, own: Sequence[_OwnLevel]) -> _OwnLevel | None:
    """Return the account's own best level that the order would meet, if there is one."""
    buying = order.side == Side.BUY
    met = [
        level
        for level in own
        if level.contract == order.contract.pk
        and not level.is_waiting
        and level.side != order.side
        and (
            level.price_ticks <= order.price_ticks
            if buying
            else level.price_ticks >= order.price_ticks
        )
    ]
    return min(
        met, key=lambda level: level.price_ticks if buying else -level.price_ticks, default=None
    )


def _read_book(order: OrderRequest, barrier: _OwnLevel | None) -> tuple[int, ExpectedFills]:
    """Return what rests ahead on the same side, and what would match on the other.

    Matching stops before the account's own order, whatever the self-trade rule would do to that,
    unless the order allows it. A stop matches nothing yet.
    """
    buying = order.side == Side.BUY
    ahead, met = ("gte", "lte") if buying else ("lte", "gte")
    matches = ~Q(side=order.side) & Q(**{f"price_ticks__{met}": order.price_ticks})
    if barrier is not None and order.stp != "allow":
        better = "lt" if buying else "gt"
        matches &= Q(**{f"price_ticks__{better}": barrier.price_ticks}) | Q(
            price_ticks=barrier.price_ticks, accepted_seq__lt=barrier.first_seq
        )
    queue = Q(side=order.side) & Q(**{f"price_ticks__{ahead}": order.price_ticks})
    rows = (
        Order.objects.filter(queue | matches, contract=order.contract, **IN_BOOK)
        .values_list("side", "price_ticks")
        .annotate(quantity=Sum("open_quantity"))
        .order_by()
    )
    levels = list(rows)
    ahead_quantity = sum(quantity for side, _, quantity in levels if side == order.side)
    opposite = [(price, quantity) for side, price, quantity in levels if side != order.side]
    fills = match_levels(side=order.side, quantity=order.quantity, levels=opposite)
    return ahead_quantity, fills
