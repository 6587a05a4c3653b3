"""Commands about accounts and about nothing but the time."""

from exchange.engine.enums import RejectReason as R
from tests.engine.reference.world import Group, World


def refused(world: World, c, amounts: tuple[int | None, ...], least: int) -> bool:
    """Refuse the command when it is late, or an amount is below the least there may be."""
    late = world.is_late(c)
    if late:
        world.refuse(c, None, (R.TOO_LATE,))
    elif any(amount is not None and amount < least for amount in amounts):
        world.refuse(c, None, (R.INVALID_AMOUNT,))
    else:
        return False
    return True


def tick(world: World, c) -> None:
    refused(world, c, (), 0)


def fund(world: World, c) -> None:
    if not refused(world, c, (c.amount_ticks,), 1):
        world.balance[c.account] = world.balance.get(c.account, 0) + c.amount_ticks


def set_limits(world: World, c) -> None:
    amounts = (c.max_open_orders, c.max_exposure_ticks, c.loss_limit_ticks)
    if not refused(world, c, amounts, 0):
        world.limits[c.account] = c
        world.results[c.account] = []


def set_group(world: World, c) -> None:
    if not refused(world, c, (c.limit_quantity, c.window_ms), 1):
        world.groups[c.account, c.group] = Group(c.limit_quantity, c.window_ms)
