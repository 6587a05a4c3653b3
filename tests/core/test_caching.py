"""The cache while Redis is away: nobody sees an error, and limits still count."""

import time

import pytest

from core.caching import RedisOrMemoryCache
from tests.browser.sites import free_port
from tests.drills.servers import Redis, program


@pytest.fixture(autouse=True)
def forgotten_afterwards():
    RedisOrMemoryCache._away_until_s = 0.0
    yield
    RedisOrMemoryCache("redis://127.0.0.1:1", {}).memory.clear()
    RedisOrMemoryCache._away_until_s = 0.0


def cache_at(url: str) -> RedisOrMemoryCache:
    return RedisOrMemoryCache(url, {"OPTIONS": {"socket_timeout": 1, "socket_connect_timeout": 1}})


@pytest.fixture
def without_redis() -> RedisOrMemoryCache:
    return cache_at(f"redis://127.0.0.1:{free_port()}/0")


@pytest.fixture
def redis(tmp_path):
    if program("redis-server") is None:
        pytest.skip("there is no redis-server")
    server = Redis(tmp_path)
    server.start()
    yield server
    server.kill()


def test_every_operation_has_an_answer_without_redis(without_redis):
    cache = without_redis
    assert cache.get("a", "nothing") == "nothing"
    cache.set("a", [1], 60)
    assert (cache.get("a"), cache.has_key("a"), cache.touch("a", 60)) == ([1], True, True)
    assert (cache.add("a", [2]), cache.add("n", 1), cache.incr("n")) == (False, True, 2)
    assert cache.set_many({"b": 3}) == []
    assert cache.get_many(["a", "b", "c"]) == {"a": [1], "b": 3}
    assert cache.delete("a") is True
    cache.delete_many(["b"])
    cache.clear()
    assert cache.get_many(["a", "b", "n"]) == {}


def test_memory_is_shared_by_the_threads_of_the_process(without_redis):
    # Django makes a cache for each thread.
    without_redis.set("limit", 1)
    assert cache_at("redis://127.0.0.1:1/0").get("limit") == 1


def test_redis_is_asked_again_once_it_is_back(redis):
    cache = cache_at(redis.url)
    cache.set("a", "in Redis")
    redis.kill()
    assert cache.get("a") is None
    cache.set("a", "in memory")
    assert cache.get("a") == "in memory"
    redis.start()
    time.sleep(1.1)
    assert cache.get("a") is None  # it came back empty
    cache.set("a", "in Redis again")
    assert cache_at(redis.url).get("a") == "in Redis again"


def test_redis_that_is_away_is_not_asked_by_each_request(redis):
    cache = cache_at(redis.url)
    cache.set("a", 1)
    redis.pause()
    started = time.monotonic()
    for _ in range(50):
        cache.get("a")
    assert time.monotonic() - started < 5
    redis.go_on()
