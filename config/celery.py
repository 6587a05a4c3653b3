"""The Celery application: jobs that may wait (mail, aggregation), never matching."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("likely")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
