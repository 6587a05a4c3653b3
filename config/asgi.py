"""The ASGI application: HTTP to Django, /ws/v1/ to the live feed."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

from django.core.asgi import get_asgi_application  # noqa: E402 -- after the settings are named

application = get_asgi_application()
