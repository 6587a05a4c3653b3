"""Events in the words of the scenario language."""

from exchange.engine import events
from tests.engine.phrases import ACCOUNTS

NAMES = {number: name for name, number in ACCOUNTS.items()}


def describe(event: events.Event) -> str:
    """Return the event as a scenario writes it."""
    return _tellers[type(event)](event)


def _refusal(event) -> str:
    """Say why, and about whose money where it may be somebody else's than who asked."""
    text = str(event.reason)
    if isinstance(event, events.CommandRejected) and event.account is not None:
        text += f", {NAMES[event.account]}"
    if event.need_ticks is not None:
        text += f" (has {event.have_ticks}, needs {event.need_ticks})"
    return text


def _trade(event: events.TradeExecuted) -> str:
    what = f"{event.quantity} @ {event.price_ticks}"
    if event.kind == "cross":
        buyer, seller = NAMES[event.maker_account], NAMES[event.taker_account]
        return f"crossed {what}: {buyer} bought from {seller}"
    return (
        f"traded {what}{' in auction' if event.kind == 'auction' else ''}: "
        f"#{event.maker_order} {event.maker_open_quantity} left, "
        f"#{event.taker_order} {event.taker_open_quantity} left"
    )


def _replaced(event: events.OrderReplaced) -> str:
    return (
        f"replaced #{event.order}, {event.cancelled_quantity} open, by #{event.new_order}: "
        f"{event.quantity} @ {event.price_ticks}, {'same' if event.kept_place else 'new'} place"
    )


def _voided_trade(event: events.TradeVoided) -> str:
    return (
        f"voided trade {event.trade}: {event.quantity} @ {event.price_ticks}, "
        f"{NAMES[event.buyer]} bought from {NAMES[event.seller]}"
    )


_tellers = {
    events.OrderAccepted: lambda event: f"accepted #{event.order}",
    events.OrderRejected: lambda event: f"rejected #{event.order}: {_refusal(event)}",
    events.TradeExecuted: _trade,
    events.OrderCancelled: lambda event: (
        f"cancelled #{event.order}: {event.quantity}, {event.reason}"
    ),
    events.OrderExpired: lambda event: f"expired #{event.order}: {event.quantity}",
    events.OrderReduced: lambda event: (
        f"reduced #{event.order} by {event.by}: {event.open_quantity} left"
    ),
    events.OrderReplaced: _replaced,
    events.OrderTriggered: lambda event: f"triggered #{event.order}",
    events.CancelRejected: lambda event: f"refused #{event.order}: {_refusal(event)}",
    events.TradeVoided: _voided_trade,
    events.MarketOpened: lambda event: f"opened {event.market}",
    events.MarketHalted: lambda event: f"halted {event.market}",
    events.AuctionStarted: lambda event: f"auction in {event.market} until {event.ends_at}",
    events.MarketResumed: lambda event: f"resumed {event.market}",
    events.MarketClosed: lambda event: f"closed {event.market}",
    events.MarketSettled: lambda event: f"settled {event.market}: {event.winner or 'none'}",
    events.MarketVoided: lambda event: f"voided {event.market}",
    events.AccountSettled: lambda event: f"settled {NAMES[event.account]}: {event.amount_ticks}",
    events.CommandRejected: lambda event: f"refused {event.command}: {_refusal(event)}",
}
