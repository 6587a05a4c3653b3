"""Wiring: settings, URLs, ASGI, Celery. Imports anything, imported by nothing."""

from config.celery import app as celery_app

__all__ = ["celery_app"]
