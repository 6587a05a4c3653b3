"""How often a member may type a code: nobody finds a waiting program by trying."""

from typing import Final

import structlog
from django.core.cache import cache

from accounts.models import User

log = structlog.get_logger(__name__)
_GUESSES_MAX: Final = 30
_WINDOW_S: Final = 600


def count_guess(user: User) -> bool:
    """Count a code that was typed; say whether it may be looked at."""
    key = f"device-guesses:{user.pk}"
    try:
        cache.add(key, 0, _WINDOW_S)
        return cache.incr(key) <= _GUESSES_MAX
    except Exception:
        # Each cache has its own errors. A code has 34 bits: without the count it is still safe.
        log.warning("device_guesses_not_counted", exc_info=True)
        return True
