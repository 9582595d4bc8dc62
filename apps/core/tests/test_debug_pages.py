"""Django's pages about an error are for a developer, who may show them to others: they hold no secret."""

from __future__ import annotations

from typing import Any

from django.test import RequestFactory
from django.views.debug import ExceptionReporter

SECRETS = {
    "REDIS_URL": "redis://:hunter2redis@db/0",
    "CELERY_BROKER_URL": "redis://:hunter2broker@db/0",
    "SENTRY_DSN": "https://hunter2sentry@sentry.example/1",
    "SECRET_KEY": "hunter2key",
    "DJSTRIPE_WEBHOOK_SECRET": "whsec_hunter2",
}


def test_no_secret_stands_on_a_page_about_an_error(settings: Any) -> None:
    settings.DEBUG = True
    for name, value in SECRETS.items():
        setattr(settings, name, value)
    settings.CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.dummy.DummyCache",
            "LOCATION": "redis://:hunter2cache@db",
        }
    }
    request = RequestFactory().get(
        "/",
        DATABASE_URL="postgres://me:hunter2@db/x",
        HTTP_AUTHORIZATION="Bearer hunter2",
        headers={"Cookie": "sessionid=hunter2a; __Host-sessionid=hunter2b; csrftoken=hunter2c"},
    )

    page = ExceptionReporter(request, ValueError, ValueError("broken"), None).get_traceback_html()

    assert "broken" in page
    assert "DATABASE_URL" in page
    assert "hunter2" not in page
