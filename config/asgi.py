"""The ASGI application: HTTP to Django, /ws/v1/ to the live feed."""

import os
from typing import Any, cast

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

from django.core.asgi import get_asgi_application

django_application = get_asgi_application()

from channels.routing import ProtocolTypeRouter  # noqa: E402 -- after Django is set up

from core.asgi import Application, BodyLimit  # noqa: E402 -- after Django is set up
from exchange.realtime.hub import get_hub  # noqa: E402 -- after Django is set up
from exchange.realtime.routing import websocket_application  # noqa: E402 -- after Django is set up

_router = ProtocolTypeRouter(
    {"http": BodyLimit(cast(Application, django_application)), "websocket": websocket_application}
)


async def application(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """Serve a connection; the first one starts the hub (daphne has no lifespan)."""
    get_hub()
    await _router(scope, receive, send)
