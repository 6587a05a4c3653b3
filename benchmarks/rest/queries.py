"""How many queries each read takes: python -m benchmarks.rest.queries SLUG, prints JSON."""

import json
import os
import sys
from typing import Any

import django


def main() -> None:
    """Count on the database of the environment; each read is sent once before."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    from django.db import connection  # noqa: PLC0415 -- needs setup
    from django.test import Client  # noqa: PLC0415 -- as above

    from accounts.models import User  # noqa: PLC0415 -- as above
    from benchmarks.rest.asked import READS  # noqa: PLC0415 -- as above

    browser = Client(headers={"host": "localhost"})
    browser.force_login(User.objects.get(handle="alice"))
    counts = {}
    for name, template in READS.items():
        path = f"/api/v1/{template.format(slug=sys.argv[1])}"
        browser.get(path)
        asked: list[str] = []
        with connection.execute_wrapper(_keep_in(asked)):
            browser.get(path)
        counts[name] = len(asked)
    print(json.dumps(counts))


def _keep_in(asked: list[str]) -> Any:
    """Return a wrapper of what a connection executes; a connection that is lent keeps it."""

    def wrapper(execute: Any, sql: str, *rest: Any) -> Any:
        asked.append(sql)
        return execute(sql, *rest)

    return wrapper


if __name__ == "__main__":
    main()
