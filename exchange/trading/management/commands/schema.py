"""manage.py schema: every command and event of the engine."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from exchange.trading.message_text import message_text
from exchange.trading.messages import message_schema


class Command(BaseCommand):
    """Print what can be asked of the engine and what it answers."""

    help = "Print every command and every event of the engine, and the words they use."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--json", action="store_true", help="As JSON Schema (draft 2020-12) instead of text."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        schema = message_schema()
        as_json = json.dumps(schema, indent=2, ensure_ascii=False)
        self.stdout.write(as_json if options["json"] else message_text(schema))
