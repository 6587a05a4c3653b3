"""The Celery application: jobs that may wait (mail, aggregation), never matching."""

import logging.config
import os
from typing import Any

from celery import Celery
from celery.app.task import Task
from celery.signals import setup_logging, task_postrun, task_prerun
from django.conf import settings
from django.db import close_old_connections

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")


def make_app(*, is_current: bool = False) -> Celery:
    """Return an application with the site's settings and tasks."""
    made = Celery("likely", set_as_current=is_current)
    made.config_from_object("django.conf:settings", namespace="CELERY")
    made.autodiscover_tasks()
    return made


@task_prerun.connect  # type: ignore[untyped-decorator]  # the library's
@task_postrun.connect  # type: ignore[untyped-decorator]  # the library's
def give_connection_back(*, sender: Task[Any, Any], **_: Any) -> None:
    """Give the database connection back to its pool around a task, a broken one to nobody.

    In the place of what Celery does (CELERY_DB_REUSE_MAX): it closes the pool, too, and a task
    that begins with a new pool and a new connection pays more for them than for its work.
    """
    if not sender.request.is_eager:
        close_old_connections()


@setup_logging.connect  # type: ignore[untyped-decorator]  # the library's
def log_as_the_site_does(**_: Any) -> None:
    """Have a worker's own lines look like all others; Celery would bring handlers of its own."""
    logging.config.dictConfig(settings.LOGGING)


app = make_app(is_current=True)
