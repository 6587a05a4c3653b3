"""Filters of the trading pages: ticks as text. They format, they never calculate."""

from django import template

from exchange.web import formatting

register = template.Library()

_NOTHING = "\N{EN DASH}"


@register.filter
def price(ticks: int | None, step_ticks: int = 100) -> str:
    """Show a price with the decimals of its market's step; a dash for none."""
    return _NOTHING if ticks is None else formatting.format_price(ticks, step_ticks)


@register.filter
def money(ticks: int | None) -> str:
    """Show an amount of credits; a dash for none."""
    return _NOTHING if ticks is None else formatting.format_credits(ticks)


@register.filter
def gain(ticks: int | None) -> str:
    """Show an amount won or lost with its sign; a dash for none."""
    return _NOTHING if ticks is None else formatting.format_gain(ticks)


@register.filter
def percent(ticks: int | None) -> str:
    """Show a price as a chance; a dash for none."""
    return _NOTHING if ticks is None else formatting.format_percent(ticks)


@register.filter
def gain_class(ticks: int | None) -> str:
    """Name the class that colours a gain or a loss; none for 0 and unknown."""
    if not ticks:
        return ""
    return "gain" if ticks > 0 else "loss"
