"""A short fuzz of the socket's frames in both formats; `make fuzz-frames` is the long one."""

import asyncio

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from exchange.realtime.sessions import Visitor
from tests.realtime.fuzzing.grammar import json_frame, proto_frame
from tests.realtime.fuzzing.target import BrokenError, Target

FORMATS = {"json": json_frame, "proto": proto_frame}
FRAMES = st.lists(st.binary(max_size=64), min_size=200, max_size=200)


@pytest.fixture
async def targets(connect, contract, working, member, monkeypatch):
    monkeypatch.setattr("exchange.realtime.throttle.MESSAGES_PER_S", 1e12)
    monkeypatch.setattr("exchange.realtime.throttle.MESSAGES_BURST", 1e12)
    made = {name: Target(f"likely.v1.{name}", Visitor(user_id=member.pk)) for name in FORMATS}
    yield made
    for target in made.values():
        await target.close()


@pytest.mark.parametrize("name", FORMATS)
async def test_no_frame_breaks_or_closes_a_socket(targets, name):
    loop, target, batches = asyncio.get_running_loop(), targets[name], []

    # hypothesis calls plain functions: what is to be sent is drawn first.
    @settings(max_examples=5, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(FRAMES)
    def draw(frames):
        batches.append(frames)

    await loop.run_in_executor(None, draw)
    for data in (one for frames in batches for one in frames):
        await target.take(FORMATS[name](data))
    assert target.frames >= 1_000
    assert sum(target.codes.values()) > 100
    assert "internal_error" not in target.codes


async def test_broken_socket_is_noticed(targets, monkeypatch):
    """The fuzz itself can fail."""

    async def broken(*_):
        raise RuntimeError("a bug")

    target = targets["json"]
    await target.take('{"op":"ping"}')
    monkeypatch.setattr("exchange.realtime.consumer.FeedConsumer._subscribe", broken)
    with pytest.raises(BrokenError, match="a bug"):
        await target.take('{"op":"subscribe","channel":"feed"}')
