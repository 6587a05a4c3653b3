"""The production web process: HTTP and the live feed."""

from argparse import ArgumentParser
from typing import Any

from channels.routing import get_default_application
from django.core.management.base import BaseCommand
from django.utils.module_loading import import_string


class Command(BaseCommand):
    """Serve the site; start as many as there are cores, behind nginx."""

    help = "Serve HTTP and WebSockets (book workers run separately: runbooks)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=8000)

    def handle(self, *_: Any, **options: Any) -> None:
        # By name, as Django finds the application: imports point down, and config is on top.
        run = import_string("config.server.run")
        run(get_default_application(), options["host"], options["port"], self._say_ready)

    def _say_ready(self) -> None:
        self.stdout.write("ready")
        self.stdout.flush()
