"""Order groups: fills are counted, and a group that fills too fast is cancelled as a whole."""

from exchange.engine import leaving
from exchange.engine.accounts import Group
from exchange.engine.book import Order
from exchange.engine.commands import SetGroup
from exchange.engine.enums import CancelReason, RejectReason
from exchange.engine.events import CommandRejected, Event
from exchange.engine.living import orders_of
from exchange.engine.state import State


def set_group(state: State, command: SetGroup) -> list[Event]:
    """Arm a group anew; returns no event, or CommandRejected: too_late, invalid_amount."""
    reason = None
    if command.valid_until is not None and command.valid_until < state.time_ms:
        reason = RejectReason.TOO_LATE
    elif command.limit_quantity < 1 or command.window_ms < 1:
        reason = RejectReason.INVALID_AMOUNT
    if reason is not None:
        return [CommandRejected(None, None, "SetGroup", reason)]
    group = Group(command.account, command.group, command.limit_quantity, command.window_ms)
    put(state, (command.account, command.group), group)
    return []


def put(state: State, key: tuple[int, int], group: Group | None) -> None:
    """Replace a group by another, None for none."""
    if state.undo is not None:
        state.undo.add_step(put, state, key, state.groups.get(key))
    if group is None:
        state.groups.pop(key, None)
    else:
        state.groups[key] = group


def count(state: State, order: Order, quantity: int) -> None:
    """Count a fill of an order in its group, if it has one that was set."""
    number = order.terms.group
    if number is None:
        return
    key = (order.position.account, number)
    group = state.groups.get(key)
    if group is None:
        return
    if state.undo is not None:
        state.undo.add_step(setattr, group, "fills", group.fills)
    group.fills = (*group.fills_within(state.time_ms), (state.time_ms, quantity))
    state.filled_groups.add(key)


def has_tripped(state: State, account: int, group: int | None) -> bool:
    """Whether new orders of the group are refused."""
    found = state.groups.get((account, group)) if group is not None else None
    return found is not None and found.tripped


def trip(state: State, events: list[Event]) -> None:
    """Cancel the groups that the fills since the last call have filled."""
    keys = sorted(state.filled_groups)
    state.filled_groups.clear()
    for key in keys:
        group = state.groups[key]
        if not group.tripped and group.is_full(state.time_ms):
            _trip(state, group, events)


def _trip(state: State, group: Group, events: list[Event]) -> None:
    if state.undo is not None:
        state.undo.add_step(setattr, group, "tripped", False)  # noqa: FBT003 -- its value
    group.tripped = True
    orders = orders_of(state, state.account(group.account)).values()
    members = [order for order in orders if order.terms.group == group.group]
    members.sort(key=_number)
    events.extend(leaving.cancel(state, order, CancelReason.GROUP_TRIPPED) for order in members)


def _number(order: Order) -> int:
    return order.order
