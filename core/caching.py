"""A cache that nobody has to wait for: Redis, and this process's memory while Redis is away."""

import time
from collections.abc import Callable
from typing import Any, ClassVar, Final

import structlog
from django.core.cache.backends.locmem import LocMemCache
from django.core.cache.backends.redis import RedisCache
from redis import RedisError

log = structlog.get_logger(__name__)

_ASK_AGAIN_S: Final = 1.0


def _patiently(name: str) -> Any:
    """Return a method of a cache that is asked of Redis first, then of the memory."""

    def ask(self: "RedisOrMemoryCache", *args: Any, **kwargs: Any) -> Any:
        return self.ask_either(
            getattr(RedisCache, name).__get__(self), getattr(self.memory, name), *args, **kwargs
        )

    return ask


class RedisOrMemoryCache(RedisCache):
    """Django's cache on Redis, whose errors nobody sees.

    For limits and what else may be forgotten: what one of both knows the other does not, and each
    process has a memory of its own. Redis is asked again after a second.
    """

    _away_until_s: ClassVar[float] = 0.0

    def __init__(self, server: Any, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self.memory = LocMemCache("while Redis is away", params)

    def ask_either(
        self, redis: Callable[..., Any], memory: Callable[..., Any], *args: Any, **kwargs: Any
    ) -> Any:
        """Return what Redis says, or what the memory says."""
        if time.monotonic() >= RedisOrMemoryCache._away_until_s:
            try:
                return redis(*args, **kwargs)
            except RedisError as error:
                RedisOrMemoryCache._away_until_s = time.monotonic() + _ASK_AGAIN_S
                log.warning("cache_in_memory", error=repr(error))
        return memory(*args, **kwargs)

    add = _patiently("add")
    get = _patiently("get")
    set = _patiently("set")
    touch = _patiently("touch")
    delete = _patiently("delete")
    has_key = _patiently("has_key")
    incr = _patiently("incr")
    get_many = _patiently("get_many")
    set_many = _patiently("set_many")
    delete_many = _patiently("delete_many")
    clear = _patiently("clear")
