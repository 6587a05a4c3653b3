"""manage.py serve: the single-process site (web + book worker + tasks)."""

import os
import sys
import time
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandParser
from django.db import close_old_connections, connection
from django.db.migrations.executor import MigrationExecutor

from exchange.trading.lease import check_shards
from exchange.web.demo.history import make_history


class Command(BaseCommand):
    """Serve the whole site from one process until stopped."""

    help = "Serve the whole site from one process: pages, API, books and tasks."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--port", type=int, default=int(os.environ.get("PORT", "8000")))
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--no-demo", action="store_true", help="Leave out the demo data.")

    def handle(self, *args: Any, **options: Any) -> None:
        if "SITE_URL" not in os.environ:
            _begin_again(site_url=f"http://localhost:{options['port']}")
        self._migrate()
        check_shards()
        if not options["no_demo"]:
            self._make_history()
        connection.close()
        # Twisted's reactor is installed by this import: only a server may do that.
        from config.asgi import application  # noqa: PLC0415 -- see above
        from config.site import SiteServer  # noqa: PLC0415 -- see above

        def open_site() -> None:
            self._open(demo=not options["no_demo"])

        SiteServer(application, host=options["host"], port=options["port"], on_open=open_site).run()

    def _migrate(self) -> None:
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            self.stdout.write("Preparing the database...")
            call_command("migrate", verbosity=0)

    def _make_history(self) -> None:
        """Give a new site a past, before anybody else asks it for anything."""
        started = time.monotonic()
        if traded := make_history():
            took_s = time.monotonic() - started
            self.stdout.write(f"A month of demo trading: {traded} trades, made in {took_s:.0f} s.")

    def _open(self, *, demo: bool) -> None:
        try:
            if demo:
                call_command("demo", stdout=self.stdout, stderr=self.stderr)
        finally:
            close_old_connections()
        self.stdout.write(f"\nLikely is open at {settings.SITE_URL}")
        if settings.DEV_MAIL:
            self.stdout.write(f"Mail is shown at {settings.SITE_URL}/dev/mail/")
        self.stdout.write("Stop it with Ctrl-C.")
        self.stdout.flush()


def _begin_again(*, site_url: str) -> None:
    """Become this command again with SITE_URL set: links and origins follow the port."""
    os.environ["SITE_URL"] = site_url
    os.execv(sys.executable, [sys.executable, *sys.argv])  # noqa: S606 -- itself, as it was called
