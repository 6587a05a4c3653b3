import asyncio
import json

import pytest

from core.asgi import BodyLimit, BodyTooLargeError


@pytest.fixture(autouse=True)
def small_limit(settings):
    settings.REQUEST_BODY_BYTES_MAX = 10


async def echo(scope, receive, send):
    """An application that reads its request's body and gives it back."""
    body, more = b"", True
    while more:
        message = await receive()
        body, more = body + message.get("body", b""), message.get("more_body", False)
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": body})


def run(app, *chunks, headers=(), kind="http"):
    """What the middleware around an application sends for a request in chunks."""
    messages = [
        {"type": "http.request", "body": chunk, "more_body": number < len(chunks) - 1}
        for number, chunk in enumerate(chunks)
    ]
    sent = []

    async def receive():
        return messages.pop(0)

    async def send(message):
        sent.append(message)

    scope = {"type": kind, "path": "/api/v1/orders/", "headers": list(headers)}
    asyncio.run(BodyLimit(app)(scope, receive, send))
    return sent, messages


@pytest.mark.parametrize("chunks", [(b"",), (b"0123456789",), (b"01234", b"56789")])
def test_body_within_the_limit_goes_through(chunks):
    sent, _ = run(echo, *chunks, headers=[(b"content-length", b"10")])

    assert [message.get("body") for message in sent] == [None, b"".join(chunks)]


def test_body_announced_above_the_limit_is_413_before_it_is_read():
    sent, unread = run(echo, b"x" * 11, headers=[(b"Content-Length", b"11")])

    start, end = sent
    assert (start["status"], len(unread)) == (413, 1)
    headers = dict(start["headers"])
    assert headers[b"content-type"] == b"application/problem+json"
    assert int(headers[b"content-length"]) == len(end["body"])
    told = json.loads(end["body"])
    assert told["code"] == "body_too_large"
    assert (told["status"], told["limit"], told["instance"]) == (413, 10, "/api/v1/orders/")


@pytest.mark.parametrize("length", [b"5", b"", b"x", b"-1", "５".encode()])
def test_body_above_the_limit_is_413_whatever_was_announced(length):
    sent, unread = run(echo, b"x" * 6, b"x" * 6, b"x", headers=[(b"content-length", length)])

    assert (sent[0]["status"], len(sent), len(unread)) == (413, 2, 1)


def test_body_that_grows_too_large_after_the_answer_began_is_cut_off():
    async def eager(scope, receive, send):
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await receive()

    with pytest.raises(BodyTooLargeError):
        run(eager, b"x" * 11)


def test_sockets_are_left_alone():
    async def app(scope, receive, send):
        await send(await receive())

    sent, _ = run(app, b"x" * 99, kind="websocket")

    assert len(sent) == 1


def test_body_limit_in_front_of_django_answers_413(settings):
    from config.asgi import application

    sent, _ = run(application, b"x" * 11)

    assert sent[0]["status"] == 413
