"""Filters of the trading pages: ticks as text. They format, they never calculate.

What is not there (None, or a name the template does not know) is shown as a dash.
"""

from django import template

from accounts.avatars import SIZES_PX
from accounts.models import User
from core.odds import format_chance
from exchange.markets.categories import path_of
from exchange.web import formatting

register = template.Library()

_NOTHING = "\N{EN DASH}"
_HUES = 8


@register.filter
def price(ticks: object, step_ticks: int = 100) -> str:
    """Show a price with the decimals of its market's step; a dash for none."""
    return formatting.format_price(ticks, step_ticks) if isinstance(ticks, int) else _NOTHING


@register.filter
def category_path(name: str) -> str:
    """Return where a category's page is."""
    return path_of(name)


@register.filter
def money(ticks: object) -> str:
    """Show an amount of credits; a dash for none."""
    return formatting.format_credits(ticks) if isinstance(ticks, int) else _NOTHING


@register.filter
def gain(ticks: object) -> str:
    """Show an amount won or lost with its sign; a dash for none."""
    return formatting.format_gain(ticks) if isinstance(ticks, int) else _NOTHING


@register.filter
def chance(ticks: object) -> str:
    """Show a price as a chance, in the reader's notation of odds; a dash for none."""
    return format_chance(ticks) if isinstance(ticks, int) else _NOTHING


@register.filter
def points(ticks: object) -> str:
    """Show how far a chance moved, in percentage points; a dash for none."""
    return formatting.format_points(ticks) if isinstance(ticks, int) else _NOTHING


@register.filter
def move_class(ticks: object) -> str:
    """Name the class that marks a move up or down; none where nothing moved."""
    if not isinstance(ticks, int) or ticks == 0:
        return "faint"
    return "up" if ticks > 0 else "down"


@register.filter
def gain_class(ticks: object) -> str:
    """Name the class that colours a gain or a loss; none for 0 and unknown."""
    if not isinstance(ticks, int) or ticks == 0:
        return ""
    return "gain" if ticks > 0 else "loss"


@register.inclusion_tag("includes/avatar.html")
def avatar(member: User, size: str = "s") -> dict[str, object]:
    """Show a member's picture, or the first letter on a colour of theirs; sizes: s, m, l.

    It stands beside the name, so it says nothing to who does not see it.
    """
    small, large = SIZES_PX
    return {
        "url": member.get_avatar_url(small if size == "s" else large),
        "letter": member.get_full_name()[:1].upper(),
        "hue": member.pk % _HUES,
        "size": size,
    }
