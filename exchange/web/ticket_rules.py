"""Which terms of a ticket go together, each rule at the field where it can be mended.

The engine has the same rules (`Terms.contradict`); a test compares them for every combination.
"""

from collections.abc import Callable, Iterator
from typing import Final, NamedTuple

from exchange.engine.commands import Terms


class Rule(NamedTuple):
    """When terms do not go together, at which field that is said, and in which words."""

    is_broken: Callable[[Terms], bool]
    field: str
    words: str


RULES: Final = (
    Rule(
        lambda terms: terms.tif == "GTD" and terms.kind == "market",
        "time_in_force",
        "A market order never rests: it fills now.",
    ),
    Rule(
        lambda terms: terms.tif == "GTD" and terms.expires_at is None,
        "expires_at",
        "Say until when.",
    ),
    Rule(
        lambda terms: terms.tif != "GTD" and terms.expires_at is not None,
        "expires_at",
        "Choose \N{LEFT DOUBLE QUOTATION MARK}Until a time\N{RIGHT DOUBLE QUOTATION MARK},"
        " or clear this.",
    ),
    Rule(
        lambda terms: terms.waits and terms.stop_ticks is None,
        "stop_price",
        "Say at which price it is triggered.",
    ),
    Rule(
        lambda terms: not terms.waits and terms.stop_ticks is not None,
        "stop_price",
        "Choose a stop, or clear this.",
    ),
    Rule(
        lambda terms: terms.waits and terms.max_cost_ticks is not None,
        "max_cost",
        "A stop has no bound of its cost: its price is the bound.",
    ),
    Rule(
        lambda terms: terms.reduce_only and terms.may_rest,
        "reduce_only",
        "It may not rest: fill now, all or nothing, a market order or a stop.",
    ),
    Rule(
        lambda terms: terms.post_only and not (terms.kind == "limit" and terms.may_rest),
        "post_only",
        "Only for a limit order that may rest.",
    ),
    Rule(
        lambda terms: terms.post_only and terms.min_quantity is not None,
        "post_only",
        "It fills nothing at once, so there is no least fill.",
    ),
)


def list_broken(terms: Terms) -> Iterator[tuple[str, str]]:
    """Yield field and words of every rule that terms break."""
    return ((rule.field, rule.words) for rule in RULES if rule.is_broken(terms))
