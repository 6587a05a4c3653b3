"""Filters of the trading pages: ticks as text. They format, they never calculate.

What is not there (None, or a name the template does not know) is shown as a dash.
"""

from django import template

from exchange.web import formatting

register = template.Library()

_NOTHING = "\N{EN DASH}"


@register.filter
def price(ticks: object, step_ticks: int = 100) -> str:
    """Show a price with the decimals of its market's step; a dash for none."""
    return formatting.format_price(ticks, step_ticks) if isinstance(ticks, int) else _NOTHING


@register.filter
def money(ticks: object) -> str:
    """Show an amount of credits; a dash for none."""
    return formatting.format_credits(ticks) if isinstance(ticks, int) else _NOTHING


@register.filter
def gain(ticks: object) -> str:
    """Show an amount won or lost with its sign; a dash for none."""
    return formatting.format_gain(ticks) if isinstance(ticks, int) else _NOTHING


@register.filter
def percent(ticks: object) -> str:
    """Show a price as a chance; a dash for none."""
    return formatting.format_percent(ticks) if isinstance(ticks, int) else _NOTHING


@register.filter
def gain_class(ticks: object) -> str:
    """Name the class that colours a gain or a loss; none for 0 and unknown."""
    if not isinstance(ticks, int) or ticks == 0:
        return ""
    return "gain" if ticks > 0 else "loss"
