"""Jobs that may take their time hold up no mail, whatever their number."""

import os
import subprocess
import sys
import time

import pytest
from celery import shared_task
from django.conf import settings

from config.celery import app
from config.embedded import start_tasks
from config.queues import broker_options, task_queues, task_routes
from tests.notifications.conftest import wait_until

BACKLOG = 2_000
done = {"history": 0, "mail": 0}


@shared_task(name="tests.dig")
def dig():
    time.sleep(0.005)
    done["history"] += 1


@shared_task(name="tests.hurry")
def hurry():
    done["mail"] += 1


def queue_of(task):
    """The queue of a task, without the prefix that keeps sites apart."""
    name = app.amqp.router.route({}, task)["queue"].name
    return name.rpartition(".")[2]


@pytest.mark.parametrize(
    ("task", "queue"),
    [
        ("exchange.marketdata.tasks.follow_journal", "trading"),
        ("social.tasks.follow_journal", "trading"),
        ("notifications.tasks.follow_journal", "mail"),
        ("notifications.tasks.send_due_mail", "mail"),
        ("notifications.tasks.clear_old", "history"),
        ("search.tasks.follow_journal", "mail"),
        ("social.tasks.follow_journal_for_challenges", "mail"),
        ("social.tasks.build_leaderboards", "history"),
        ("exchange.trading.tasks.reconcile_today", "history"),
        ("some.other.task", "history"),
    ],
)
def test_task_has_the_queue_of_its_urgency(task, queue):
    assert queue_of(task) == queue


def test_queues_are_named_after_the_site_and_ordered_by_urgency():
    assert [queue.name for queue in task_queues("site")] == [
        "site.trading",
        "site.mail",
        "site.history",
    ]
    assert {route["queue"] for route in task_routes("site").values()} == {
        "site.trading",
        "site.mail",
        "site.history",
    }


@pytest.mark.parametrize(
    ("url", "options"),
    [
        ("memory://", {"polling_interval": 0.1}),
        ("redis://localhost/0", {"queue_order_strategy": "priority"}),
        ("amqp://localhost//", {}),
    ],
)
def test_broker_options(url, options):
    assert broker_options(url) == options


@pytest.mark.django_db(transaction=True)
def test_backlog_of_history_holds_up_no_mail():
    done.update(history=0, mail=0)
    stop = start_tasks()
    try:
        for _ in range(BACKLOG):
            dig.apply_async(queue="celery.history")
        wait_until(lambda: done["history"])
        started = time.monotonic()
        hurry.apply_async(queue="celery.mail")
        wait_until(lambda: done["mail"])
        took_s = time.monotonic() - started
        left = BACKLOG - done["history"]
    finally:
        stop()
        with app.connection_for_write() as connection:
            connection.default_channel.queue_purge("celery.history")
    assert took_s < 2
    assert left > BACKLOG // 4


def test_tasks_are_imported_before_workers_start():
    # In a process of its own: here the tests have imported them already.
    program = (
        "import sys, os, django; django.setup()\n"
        "from config.embedded import start_tasks\n"
        "start_tasks(); print('social.tasks' in sys.modules, flush=True); os._exit(0)"
    )
    variables = os.environ | {"DJANGO_SETTINGS_MODULE": "config.settings", "REDIS_URL": ""}
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=settings.BASE_DIR, env=variables, check=True, capture_output=True, text=True,
    )  # fmt: skip
    assert done.stdout == "True\n"
