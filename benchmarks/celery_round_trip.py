"""What a job given to Celery costs: from `delay` to its result, one at a time and many at once.

    CELERY_BROKER_URL=amqp://... python -m benchmarks.celery_round_trip [--jobs 500]

The job does nothing. Without CELERY_BROKER_URL the broker is REDIS_URL. It starts a worker of its
own with the settings of the site's (two processes, late acknowledgement, one job at a time), on a
queue of its own. The site asks for no results; here they tell when a job is done.
"""

import argparse
import os
import secrets
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from celery import Celery

BROKER = os.environ.get("CELERY_BROKER_URL") or os.environ.get("REDIS_URL", "")
IS_REDIS = urlsplit(BROKER).scheme.startswith("redis")
START_LIMIT_S = 60
# The worker, a child of this process, inherits the name.
QUEUE = os.environ.setdefault("BENCHMARK_QUEUE", f"likely-benchmark-{secrets.token_hex(4)}")

app = Celery(
    "benchmarks.celery_round_trip", broker=BROKER, backend=BROKER if IS_REDIS else "rpc://"
)
app.conf.update(
    task_default_queue=QUEUE,
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    worker_prefetch_multiplier=1,
    broker_connection_retry_on_startup=True,
    result_expires=600,
)


@app.task(name="benchmarks.nothing")
def do_nothing() -> None:
    """Be done."""


@contextmanager
def worker() -> Iterator[None]:
    """Run a worker; ready when it has done one job."""
    command = [
        sys.executable, "-m", "celery", "--quiet", "--app", "benchmarks.celery_round_trip",
        "worker", "--concurrency", "2", "--loglevel", "ERROR", "--without-gossip",
    ]  # fmt: skip
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, start_new_session=True)
    try:
        do_nothing.delay().get(timeout=START_LIMIT_S)
        yield
    finally:
        process.terminate()
        process.wait(START_LIMIT_S)
        with app.connection_for_write() as connection:
            connection.default_channel.queue_delete(QUEUE)


def time_one_by_one(jobs: int) -> list[float]:
    """Return milliseconds from asking for a job to its result, each after the one before."""
    times = []
    for _ in range(jobs):
        started = time.perf_counter()
        do_nothing.delay().get(timeout=START_LIMIT_S)
        times.append(1_000 * (time.perf_counter() - started))
    return times


def time_many(jobs: int) -> float:
    """Return the seconds from asking for the first of many jobs to the last result."""
    started = time.perf_counter()
    for result in [do_nothing.delay() for _ in range(jobs)]:
        result.get(timeout=START_LIMIT_S)
    return time.perf_counter() - started


def main() -> None:
    """Print one table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--jobs", type=int, default=500)
    options = parser.parse_args()
    assert BROKER, "set CELERY_BROKER_URL or REDIS_URL"
    with worker():
        times = sorted(time_one_by_one(options.jobs))
        seconds = time_many(options.jobs)
    p50, p99 = times[len(times) // 2], times[int(len(times) * 0.99)]
    print(f"{'broker':<10}{'p50 ms':>9}{'p99 ms':>9}{'max ms':>9}{'many at once, jobs/s':>23}")
    broker = "Redis" if IS_REDIS else "RabbitMQ"
    print(f"{broker:<10}{p50:>9.1f}{p99:>9.1f}{times[-1]:>9.1f}{options.jobs / seconds:>23.0f}")


if __name__ == "__main__":
    main()
