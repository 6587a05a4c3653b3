"""Let the book worker empty the inbox, and time it.

Run by the benchmark in the environment of the database; prints one JSON object:
    python -m benchmarks.worker.drain [--record FILE | --profile FILE]
"""

import argparse
import cProfile
import gc
import json
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import django

if TYPE_CHECKING:
    from exchange.trading.owner import BooksOwner


def main() -> None:
    """Judge everything that waits; print the seconds and how many batches it took."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--record", type=Path)
    parser.add_argument("--profile", type=Path)
    options = parser.parse_args()
    django.setup()
    from django.db import connection  # noqa: PLC0415 -- needs setup

    from exchange.trading.owner import BooksOwner  # noqa: PLC0415 -- needs setup

    owner = BooksOwner(range(1))
    if options.record:
        figures = record(owner, options.record)
    elif options.profile:
        with cProfile.Profile() as profile:
            figures = drain(owner)
        profile.dump_stats(options.profile)
    else:
        figures = drain(owner)
    owner.stop()
    connection.close()
    print(json.dumps(figures))


def drain(owner: "BooksOwner") -> dict[str, float]:
    """Judge everything that waits, as the worker does, publications included."""
    owner.keep_leases()  # reads the books back, before the clock starts
    batches = 0
    gc.collect()
    started, cpu = time.perf_counter(), time.process_time()
    while judged := len(list(owner.step())):
        batches += judged
    seconds = time.perf_counter() - started
    return {"seconds": seconds, "cpu": time.process_time() - cpu, "batches": batches}


def record(owner: "BooksOwner", path: Path) -> dict[str, float]:
    """Judge everything that waits, and write down what the database was told."""
    from benchmarks.worker.recording import Recorder  # noqa: PLC0415 -- needs setup
    from exchange.trading import beginning, bisecting  # noqa: PLC0415 -- as above

    open_store, run_batch = beginning.open_store, bisecting.run_batch
    with path.open("w") as file:
        recorder = Recorder(file)

        def recorded_batch(books: Any, *, limit: int) -> Any:
            done = run_batch(books, limit=limit)
            if done is not None:
                recorder.end_batch(done)
            return done

        beginning.open_store = lambda: recorder.record(open_store())
        bisecting.run_batch = recorded_batch
        return drain(owner)


if __name__ == "__main__":
    main()
