"""An order's terms as its row keeps them: the usual ones as columns, the rarer ones as one text."""

import json
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final

from exchange.engine.commands import PLAIN, Terms
from exchange.engine.terms import encode_terms, satisfied, triggered

# Terms with a column of their own.
_COLUMNS: Final = frozenset({"kind", "tif", "stp", "group"})


def terms_text(terms: Terms) -> str:
    """Return the terms without a column of their own as JSON; "" where all are the usual ones."""
    if terms.is_plain and terms.on_halt == "keep":
        return ""
    rare = {name: value for name, value in encode_terms(terms).items() if name not in _COLUMNS}
    return json.dumps(rare, separators=(",", ":")) if rare else ""


def rare_terms(text: str) -> Mapping[str, Any]:
    """Return the terms of `terms_text`, by the engine's names."""
    found: dict[str, Any] = json.loads(text) if text else {}
    return found


@lru_cache(maxsize=1024)
def terms_of_row(  # noqa: PLR0917 -- the columns of an order's row
    kind: Any,
    tif: Any,
    stp: Any,
    group: int | None,
    text: str,
    is_waiting: bool,  # noqa: FBT001 -- a column
) -> Terms:
    """Return a living order's terms as the engine has them; those that are usual share one object.

    A stop that waits no longer has become a limit order, and whatever rests has matched its
    minimum.
    """
    terms = Terms(kind=kind, tif=tif, stp=stp, group=group, **rare_terms(text))
    if terms.waits and not is_waiting:
        terms = triggered(terms)
    if not terms.waits and terms.min_quantity is not None:
        terms = satisfied(terms)
    return PLAIN if terms == PLAIN else terms
