"""Fuzz the frames of the live feed, guided by what code they reach (atheris).

    python -m tests.realtime.fuzzing --frames 1000000 --format json
    python -m tests.realtime.fuzzing --frames 1000000 --format proto

A member's socket of the real consumer, with a hub, a book worker and a database of its own. Ends
with the first frame that is not answered, closes the socket or raises; libFuzzer keeps it.
"""

import argparse
import asyncio
import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import atheris

SEEDS = (b"\x02", b"\x02\x06\x01", b"\x01\x00", b"\x00{}", bytes(range(64)))
# Budgets are policies of their own, and tested elsewhere.
BUDGETS = ("THROTTLE_ORDERS", "THROTTLE_CANCELS", "THROTTLE_BATCHES")
_SAID_EVERY = 10_000


def make_site() -> bytes:
    """Make a site; return how a member who may trade there says so."""
    import django

    django.setup()
    from django.conf import settings
    from django.core.management import call_command

    # Nothing need be kept, and opening SQLite for each read costs more than the reads.
    database = settings.DATABASES["default"]
    database["CONN_MAX_AGE"] = None
    database["OPTIONS"]["init_command"] += "PRAGMA synchronous=OFF;"

    call_command("migrate", verbosity=0)
    from accounts.keys.services import create_key
    from tests.conftest import InlineBooks
    from tests.factories import make_market, make_member

    books = InlineBooks(1)
    books.pump()
    books.open(make_market(title="Rain", status="draft"))
    books.give_up()
    key = create_key(user=make_member("alice"), name="fuzz", scopes=["read", "trade"])
    return f"Token {key.secret}".encode()


def run(form: str, frames: int, corpus: Path, *, is_anonymous: bool) -> None:
    """Fuzz until so many frames were taken. Does not return: libFuzzer ends the process."""
    header = make_site()
    with atheris.instrument_imports(include=["exchange.realtime"]):
        from exchange.realtime import consumer  # noqa: F401 -- instrumented
    from exchange.realtime.sessions import ANONYMOUS, read_key_visitor
    from exchange.trading.worker import BookWorker
    from tests.realtime.fuzzing.grammar import json_frame, proto_frame
    from tests.realtime.fuzzing.target import Target

    make: Callable[[bytes], str | bytes] = json_frame if form == "json" else proto_frame
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    visitor = ANONYMOUS if is_anonymous else read_key_visitor(header, "127.0.0.1")
    assert visitor is not None, "the key is there"
    target = Target(f"likely.v1.{form}", visitor)
    worker = BookWorker()
    serving = loop.create_task(worker.run())
    started = time.monotonic()

    def one_input(data: bytes) -> None:
        loop.run_until_complete(target.take(make(data)))
        if serving.done():
            serving.result()
        if target.frames % _SAID_EVERY == 0 or target.frames == frames:
            say(target, time.monotonic() - started)

    kept = f"-artifact_prefix={corpus.parent}/"
    arguments = [
        sys.argv[0],
        f"-runs={frames}",
        "-max_len=512",
        "-print_final_stats=0",
        "-verbosity=0",
        kept,
    ]
    atheris.Setup([*arguments, str(corpus)], one_input)
    atheris.Fuzz()


def say(target: Any, seconds: float) -> None:
    """Print how far it is, and what was answered."""
    answers = ", ".join(f"{code} {count}" for code, count in target.codes.most_common())
    times = f"{seconds:.0f} s, {time.process_time():.0f} s of them busy"
    sys.stdout.write(f"{target.frames} frames in {times}: {answers}\n")
    sys.stdout.flush()


def main() -> None:
    """Read the arguments, set a database of its own up, and fuzz."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--frames", type=int, default=1_000_000)
    parser.add_argument("--format", choices=("json", "proto"), default="json")
    parser.add_argument("--anonymous", action="store_true", help="nobody's socket: no orders")
    options = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="likely-frames-"))
    os.environ |= {
        "DATABASE_URL": f"sqlite:///{folder}/db.sqlite3", "VAR_DIR": str(folder), "REDIS_URL": "",
        "DJANGO_SETTINGS_MODULE": "config.settings", "BOOK_SHARDS": "1", "LOG_LEVEL": "CRITICAL",
        **dict.fromkeys(BUDGETS, "1000000/s"),
    }  # fmt: skip
    corpus = folder / "corpus"
    corpus.mkdir()
    for number, seed in enumerate(SEEDS):
        (corpus / str(number)).write_bytes(seed)
    run(options.format, options.frames, corpus, is_anonymous=options.anonymous)


if __name__ == "__main__":
    main()
