"""Trade at a rate, and note when each trade was committed and when its candle was pushed.

Run by the benchmark in the environment of the database:
    python -m benchmarks.candles.measure RATE SECONDS
"""

import asyncio
import os
import secrets
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

# The processes it starts inherit the names: no other site's are mixed up with them.
for name in ("CHANNEL_PREFIX", "CELERY_QUEUE"):
    os.environ.setdefault(name, f"candles-{secrets.token_hex(4)}")

import django  # noqa: E402 -- reads these names

PRICES_TICKS = (4_000, 4_500, 5_000, 5_500)
LAST_PUSH_S = 10
START_S = 10  # until the tasks run: the first trades are no measure of their start
PERIOD_S = 0.02


def main() -> None:
    """Print how late candles were."""
    django.setup()
    from benchmarks.worker.fill import make_accounts, make_books  # noqa: PLC0415 -- needs setup
    from exchange.markets.models import Contract  # noqa: PLC0415 -- as above

    rate, seconds = map(int, sys.argv[1:])
    accounts = make_accounts()[:2]
    (book,) = make_books(1)
    market = Contract.objects.get(pk=book.contract).market_id
    committed: list[float] = []
    pushed: list[tuple[float, int]] = []
    with listener(market, pushed), tasks():
        trade(book, accounts, rate=rate, seconds=seconds, committed=committed)
        wait_for(lambda: bool(pushed) and pushed[-1][1] >= len(committed))
    tell(rate, seconds, committed, pushed)


def trade(book, accounts, *, rate, seconds, committed) -> None:  # noqa: ANN001 -- see main
    """Have the owner of the book judge pairs of orders as they fall due."""
    from benchmarks.worker.fill import put  # noqa: PLC0415 -- needs setup
    from exchange.trading.nudging import nudge_journal_subscribers  # noqa: PLC0415 -- as above
    from exchange.trading.owner import BooksOwner  # noqa: PLC0415 -- as above

    owner = BooksOwner(range(1))
    started, done = time.monotonic(), 0
    while done < rate * seconds:
        due = min(int((time.monotonic() - started) * rate) + 1, rate * seconds)
        put(pairs(book, accounts, range(done, due)), drained=False)
        while list(owner.step()):
            pass
        committed += [time.monotonic()] * (due - done)
        nudge_journal_subscribers()
        done = due
        time.sleep(PERIOD_S)
    owner.stop()


def pairs(book, accounts, numbers) -> Iterator[tuple[object, dict[str, object]]]:  # noqa: ANN001 -- see main
    """Yield two orders for each number, which meet."""
    from core.ids import new_id  # noqa: PLC0415 -- needs setup

    for number in numbers:
        for account, side in zip(accounts, ("sell", "buy"), strict=True):
            yield (
                book,
                {
                    "type": "PlaceOrder",
                    "order": new_id(),
                    "account": account,
                    "contract": book.contract,
                    "side": side,
                    "quantity": 1,
                    "price_ticks": PRICES_TICKS[number % len(PRICES_TICKS)],
                },
            )


@contextmanager
def listener(market: int, pushed: list[tuple[float, int]]) -> Iterator[None]:
    """Listen as a hub does: note when each push came and how many trades its day had."""
    from core import loop  # noqa: PLC0415 -- needs setup

    own, ready = asyncio.new_event_loop(), threading.Event()
    loop.set_loop(own)
    own.create_task(_listen(market, pushed, ready))
    threading.Thread(target=own.run_forever, name="listener", daemon=True).start()
    assert ready.wait(LAST_PUSH_S), "the channel layer does not answer"
    yield


async def _listen(market: int, pushed: list[tuple[float, int]], ready: threading.Event) -> None:
    from channels.layers import get_channel_layer  # noqa: PLC0415 -- needs setup

    from core.live import topic_group  # noqa: PLC0415 -- as above

    layer = get_channel_layer()
    channel = await layer.new_channel()
    await layer.group_add(topic_group(f"candles.{market}"), channel)
    ready.set()
    while True:
        message = await layer.receive(channel)
        days = [row for row in message["payload"]["candles"] if row["interval"] == "1d"]
        pushed.append((time.monotonic(), max(row["trades"] for row in days)))


@contextmanager
def tasks() -> Iterator[None]:
    """Run Celery: a worker of two processes where there is a broker, else in this process."""
    from django.conf import settings  # noqa: PLC0415 -- needs setup

    from config.embedded import start_tasks  # noqa: PLC0415 -- as above

    if not settings.REDIS_URL:
        stop = start_tasks()
        time.sleep(START_S)
        yield
        stop()
        return
    command = [
        sys.executable, "-m", "celery", "--quiet", "--app", "config", "worker", "--beat",
        "--schedule", f"{settings.VAR_DIR}/beat", "--concurrency", "2", "--loglevel", "ERROR",
    ]  # fmt: skip
    process = subprocess.Popen(command, start_new_session=True)
    try:
        time.sleep(START_S)
        yield
    finally:
        process.terminate()
        process.wait()


def wait_for(is_done: Callable[[], bool]) -> None:
    """Wait until the last trade was pushed, or for too long."""
    deadline = time.monotonic() + LAST_PUSH_S
    while not is_done() and time.monotonic() < deadline:
        time.sleep(0.01)


def lags_ms(committed: list[float], pushed: list[tuple[float, int]]) -> list[float]:
    """Return how long each trade that was pushed took to it, in milliseconds, in order."""
    lags, told = [], 0
    for moment, trades in pushed:
        lags += [1_000 * (moment - at) for at in committed[told:trades]]
        told = max(told, trades)
    return lags


def tell(rate: int, seconds: int, committed: list[float], pushed: list[tuple[float, int]]) -> None:
    """Print one line."""
    lags = sorted(lags_ms(committed, pushed))
    assert len(lags) == len(committed), f"{len(committed) - len(lags)} trades were never pushed"
    p50, p99 = lags[len(lags) // 2], lags[int(len(lags) * 0.99)]
    actual = len(committed) / (committed[-1] - committed[0])
    print(f"{'trades/s':>9}{'trades':>9}{'pushes':>8}{'p50 ms':>9}{'p99 ms':>9}{'max ms':>9}")
    print(
        f"{actual:>9.0f}{len(lags):>9}{len(pushed):>8}{p50:>9.0f}{p99:>9.0f}{lags[-1]:>9.0f}"
        f"   asked: {rate} trades/s for {seconds} s"
    )


if __name__ == "__main__":
    main()
