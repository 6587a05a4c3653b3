"""Orders over a test's socket: what is sent, and the replies by their ids."""


def placing(contract, request_id="q", /, **changes):
    body = {"contract": str(contract.pk), "side": "buy", "price": "0.45", "quantity": 10} | changes
    return {"id": request_id, "op": "order.place"} | body


async def send(client, *requests):
    for request in requests:
        await client.socket.send_json_to(request)


async def replies(client, count):
    """Return so many replies by id."""
    found = {}
    while len(found) < count:
        message = await client.socket.receive_json_from(timeout=10)
        if "ok" in message:
            found[message["id"]] = message
    return found
