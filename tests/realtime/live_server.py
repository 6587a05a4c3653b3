"""The real web process for tests: config.server with the real application, told what to send.

Each line on stdin is {"group": ..., "message": ...}, sent to that group of the channel layer
from inside the process, as an embedded book worker would (the in-memory layer reaches no other
process). Runs until stdin closes or SIGTERM. LIVE_SLOW_S is for how long a client may read nothing.
"""

import asyncio
import json
import os
import sys
import threading
from functools import partial

import django


def send_what_is_told() -> None:
    from channels.layers import get_channel_layer

    from core import loop

    for line in sys.stdin:
        order = json.loads(line)
        for message in order["messages"]:
            loop.post(partial(get_channel_layer().group_send, order["group"], message))


def say_ready() -> None:
    sys.stdout.write("ready\n")
    sys.stdout.flush()


async def with_slow_page(scope, receive, send):
    """The site, with one page that takes a second."""
    if scope["type"] == "http" and scope["path"] == "/slow":
        await asyncio.sleep(1)
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"done"})
        return
    from config.asgi import application

    await application(scope, receive, send)


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    from config import bodies, server
    from exchange.realtime import hub

    hub.SLOW_S = float(os.environ.get("LIVE_SLOW_S", hub.SLOW_S))
    bodies._LINGER_S = 1.0
    threading.Thread(target=send_what_is_told, daemon=True).start()
    port = int(sys.argv[1])
    server.run(with_slow_page, "127.0.0.1", port, on_ready=say_ready)


if __name__ == "__main__":
    main()
