"""Tests that run side by side on one Redis keep out of each other's names, and of anybody else's.

Workers of one run share the Redis that REDIS_URL names, and it may be a developer's own: each
gets a prefix for its channels, its cache and its queue, and clearing the cache removes only what
it wrote itself. Nothing to do without Redis: memory is a process's own.
"""

import secrets
from collections.abc import Iterator

import pytest
import redis
from celery import current_app
from django.conf import settings
from django.core.cache import caches

from core.caching import RedisOrMemoryCache
from exchange.trading.known_contracts import forget_contracts
from exchange.trading.pressure import pressure


class OwnKeysRedisCache(RedisOrMemoryCache):
    """The site's cache, but for clear(): Django's own empties the whole database."""

    def clear(self) -> bool:
        client = self._cache.get_client(None, write=True)
        keys = list(client.scan_iter(match=f"{self.key_prefix}:*", count=1_000))
        return bool(keys) and bool(client.delete(*keys))


@pytest.fixture(scope="session", autouse=True)
def own_redis_names() -> Iterator[None]:
    """Give this worker's channels, cache and queue names of their own; its processes inherit."""
    if not settings.REDIS_URL:
        yield
        return
    prefix = f"test-{secrets.token_hex(4)}"
    with pytest.MonkeyPatch.context() as patched:
        for name in ("CHANNEL_PREFIX", "CELERY_QUEUE"):
            patched.setenv(name, prefix)
        current_app.conf.task_default_queue = f"{prefix}.history"
        patched.setitem(settings.CHANNEL_LAYERS["default"]["CONFIG"], "prefix", prefix)
        cache = settings.CACHES["default"]
        patched.setitem(cache, "BACKEND", f"{__name__}.{OwnKeysRedisCache.__name__}")
        patched.setitem(cache, "KEY_PREFIX", prefix)
        # It may have been made while modules were imported, with the names of before.
        caches["default"].close()
        del caches["default"]
        yield
        caches["default"].clear()
        # The queue is a list of its name, and known to the broker's exchange by it.
        redis.Redis.from_url(settings.REDIS_URL).delete(prefix, f"_kombu.binding.{prefix}")


@pytest.fixture(autouse=True)
def own_door() -> None:
    """Know nothing of the tests before: contracts' ids may be others' now, the inbox is empty."""
    forget_contracts()
    pressure.forget()
