"""Structured logs: one event a line, with the request's id, JSON in production."""

from typing import Any

import structlog


def logging_settings(level: str, *, as_json: bool) -> dict[str, Any]:
    """Return LOGGING and set structlog up so that both kinds of logger print alike."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    renderer = (
        structlog.processors.JSONRenderer()
        if as_json
        else structlog.dev.ConsoleRenderer(
            # Plain: a traceback with local variables is slow to draw and may show secrets.
            colors=False,
            exception_formatter=structlog.dev.plain_traceback,
        )
    )
    formatter = {
        "()": structlog.stdlib.ProcessorFormatter,
        "foreign_pre_chain": shared,
        "processors": [
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            *([structlog.processors.format_exc_info] if as_json else []),
            renderer,
        ],
    }
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": formatter},
        "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
        "root": {"handlers": ["console"], "level": level},
        "loggers": {
            "daphne": {"level": "WARNING"},
            "django.request": {"level": "ERROR"},
            # Anybody can ask for a wrong host: it is answered with 400, not worth a traceback.
            "django.security.DisallowedHost": {"level": "CRITICAL"},
            "celery": {"level": "WARNING"},
            # memory:// has no host, and kombu warns of it at every connection.
            "kombu.connection": {"level": "ERROR"},
        },
    }
