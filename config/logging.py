"""LOGGING: every line of every logger, ours, Django's, Celery's, goes through the same steps to the terminal.

what is said -> whose it is (request, person, team, task) -> without secrets -> one line
"""

from __future__ import annotations

from typing import Any

import structlog
from django.core.exceptions import ImproperlyConfigured

from apps.core import log_context, log_lines

RENDERERS = {"json": log_lines.as_json, "text": log_lines.as_words}
# What a line may carry by `extra=`, the facts it is found by.
EXTRA = ["method", "path", "status", "ms", "times", "stripe_request_id"]

# For what speaks structlog by itself (django-structlog's lines on tasks) and for `logging` alike.
STEPS: list[Any] = [
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    log_context.add_facts,
]
LAST_STEPS: list[Any] = [
    log_lines.add_time,
    structlog.processors.format_exc_info,
    structlog.stdlib.ProcessorFormatter.remove_processors_meta,
    log_lines.hide_secrets,
]


def configured(log_format: str) -> dict[str, Any]:
    """For Django's LOGGING; `log_format` is json (a server) or text (a terminal)."""
    if log_format not in RENDERERS:
        raise ImproperlyConfigured(f"LOG_FORMAT is {log_format!r}: use {' or '.join(RENDERERS)}")
    structlog.configure(
        processors=[*STEPS, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": _formatter(log_format)},
        "filters": {
            "in_production": {"()": "django.utils.log.RequireDebugFalse"},
            "in_request_or_task": {"()": "apps.core.log_context.InRequestOrTask"},
            "broke": {"()": "apps.core.log_mail.Broke"},
        },
        "handlers": {
            "console": {"class": "logging.StreamHandler", "formatter": "line"},
            "mail_admins": {
                "class": "apps.core.log_mail.AdminMailHandler",
                "level": "ERROR",
                "filters": ["in_production", "broke"],
            },
        },
        "root": {"handlers": ["console"], "level": "INFO"},
        "loggers": _loggers(),
    }


def _formatter(log_format: str) -> dict[str, Any]:
    return {
        "()": structlog.stdlib.ProcessorFormatter,
        "processors": [*LAST_STEPS, RENDERERS[log_format]],
        "foreign_pre_chain": [*STEPS, structlog.stdlib.ExtraAdder(EXTRA)],
    }


def _loggers() -> dict[str, Any]:
    return {
        "django": {"handlers": ["mail_admins"], "level": "INFO"},
        # Our own line says what was asked and answered; what broke still has its traceback here.
        "django.request": {"level": "ERROR"},
        "django.server": {"handlers": [], "level": "CRITICAL", "propagate": True},
        # django-structlog's lines on tasks have the ids as fields.
        "celery.worker.strategy": {"level": "WARNING"},
        "celery.app.trace": {"level": "CRITICAL"},
        "stripe": {"level": "WARNING"},
        # Whoever runs a command reads what the command says.
        "django_structlog.celery.receivers": {"filters": ["in_request_or_task"]},
        "apps.subscriptions.call_log": {"filters": ["in_request_or_task"]},
    }
