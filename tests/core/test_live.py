"""Pushes from a process that has a loop, and from one that has none."""

import asyncio

import pytest
from channels.layers import get_channel_layer
from django.db import transaction

from core import live, loop

TOPIC = "test.1"
MESSAGE = {"type": "topic", "topic": TOPIC, "payload": {"n": 1}}


@pytest.mark.django_db
def test_push_waits_for_the_commit(django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks() as callbacks, transaction.atomic():
        live.push(TOPIC, {"n": 1})
    assert len(callbacks) == 1


def test_push_of_a_process_without_a_loop_starts_one():
    before, _ = loop.get_loop(), loop.set_loop(None)
    try:
        live._send(TOPIC, {"n": 1})
        own = loop.get_loop()
        assert own is not None
        received = asyncio.run_coroutine_threadsafe(_receive(), own).result(5)
        assert received == MESSAGE
        own.call_soon_threadsafe(own.stop)
    finally:
        loop.set_loop(before)


async def _receive():
    layer = get_channel_layer()
    channel = await layer.new_channel()
    await layer.group_add(live.topic_group(TOPIC), channel)
    live._send(TOPIC, {"n": 1})
    return await asyncio.wait_for(layer.receive(channel), 5)
