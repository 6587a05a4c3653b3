"""The desk: who sends over a socket is told of what was inserted, whoever inserted it."""

import asyncio
import threading

import pytest
from django.conf import settings

from core.ids import new_id
from exchange.realtime.background import Background
from exchange.realtime.desk import Desk
from exchange.trading.answers import Answer
from exchange.trading.inserting import inserter
from exchange.trading.sending import make_sending
from exchange.trading.waiting import waiters

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
async def desk():
    background = Background()
    made = Desk(background)
    yield made
    made.stop()
    await background.stop()


def sending():
    command_id = new_id()
    command = {"type": "PlaceOrder", "order": command_id}
    return make_sending(command, command_id=command_id, shard=0)


async def test_answers_come_as_the_book_tells_them(desk):
    sent = [sending(), sending()]
    flight = desk.send(sent, is_order=True)
    asking = asyncio.create_task(flight.answers())
    assert await flight.command_id(1) == sent[1].command_id
    told = [Answer(one.command_id, market_seq=7) for one in sent]
    waiters.resolve(told)  # on the loop
    assert await asking == told


async def test_answers_come_from_another_thread_too(desk):
    sent = sending()
    flight = desk.send([sent], is_order=True)
    asking = asyncio.create_task(flight.answers())
    assert await flight.command_id(0) == sent.command_id
    told = [Answer(sent.command_id, market_seq=7)]
    await asyncio.to_thread(waiters.resolve, told)
    assert await asking == told


async def test_no_answer_in_time_is_pending(desk):
    settings.REPLY_TIMEOUT_S, usual_s = 0.05, settings.REPLY_TIMEOUT_S
    try:
        sent = sending()
        assert await desk.send([sent]).answers() == [Answer(sent.command_id, pending=True)]
    finally:
        settings.REPLY_TIMEOUT_S = usual_s


async def test_what_another_thread_inserts_is_told(desk):
    sent = [sending() for _ in range(20)]
    with inserter._turn:  # the desk's own thread and the other one both wait for it
        flights = [desk.send([one]) for one in sent]
        other = threading.Thread(target=inserter.flush)
        other.start()
        await asyncio.sleep(0.05)
    found = await asyncio.wait_for(asyncio.gather(*[one.command_id(0) for one in flights]), 10)
    other.join()
    assert found == [one.command_id for one in sent]


async def test_one_who_waits_no_more_ends_it_for_nobody_else(desk):
    sent = sending()
    with inserter._turn:
        flight = desk.send([sent])
        impatient = asyncio.create_task(flight.command_id(0))
        patient = asyncio.create_task(flight.command_id(0))
        await asyncio.sleep(0)
        impatient.cancel()
        await asyncio.sleep(0)
    assert await patient == sent.command_id
