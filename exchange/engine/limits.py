"""Fund and SetLimits: what the command line is told of accounts; the exchange brings facts."""

from exchange.engine import funds
from exchange.engine.accounts import Limits
from exchange.engine.commands import Fund, SetLimits
from exchange.engine.enums import RejectReason
from exchange.engine.events import CommandRejected, Event
from exchange.engine.state import State


def fund(state: State, command: Fund) -> list[Event]:
    """Add to what an account has; returns no event, or CommandRejected."""
    reason = _reason(state, command, (command.amount_ticks - 1,))
    if reason is not None:
        return [CommandRejected(None, None, "Fund", reason)]
    funds.pay(state, state.account(command.account), command.amount_ticks)
    return []


def set_limits(state: State, command: SetLimits) -> list[Event]:
    """Replace an account's limits; returns no event, or CommandRejected. Linear in the markets."""
    values = (command.max_open_orders, command.max_exposure_ticks, command.loss_limit_ticks)
    reason = _reason(state, command, values)
    if reason is not None:
        return [CommandRejected(None, None, "SetLimits", reason)]
    limits = None
    if values != (None, None, None):
        limits = Limits(*values, _balance_ticks(state, command.account))
    account = state.account(command.account)
    account.refresh()
    state.know(account)
    account.set_facts(account.available_ticks, limits, suspended=command.suspended)
    return []


def _reason(
    state: State, command: Fund | SetLimits, amounts: tuple[int | None, ...]
) -> RejectReason | None:
    if command.valid_until is not None and command.valid_until < state.time_ms:
        return RejectReason.TOO_LATE
    if any(amount is not None and amount < 0 for amount in amounts):
        return RejectReason.INVALID_AMOUNT
    return None


def _balance_ticks(state: State, account: int) -> int:
    """Return what an account has, held or not."""
    found = (market.portfolios.get(account) for market in state.markets.values())
    state.account(account).refresh()
    held_ticks = sum(portfolio.exposure_ticks for portfolio in found if portfolio is not None)
    return state.account(account).available_ticks + held_ticks
