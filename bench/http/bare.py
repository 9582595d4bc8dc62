"""As little Django as answers: one page from a template, or one with a session, a person and a query.

BARE_SIZES: bytes of the pages there are. BARE_SIGNED_IN=1 adds what a signed-in page cannot do without.
BARE_DATABASE_URL: a database of its own on the server of the product's.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import django
import environ
from django.conf import settings
from django.core.management import call_command
from django.core.wsgi import get_wsgi_application

SIGNED_IN = bool(os.environ.get("BARE_SIGNED_IN"))
MIDDLEWARE = [
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
]
LINE = "<p>As many of these as make a page.</p>\n"
PAGE = """<!doctype html>
<html lang="en"><head><title>{{ title }}</title></head><body>
%s{%% for row in rows %%}<li>{{ row.name }}</li>{%% endfor %%}
</body></html>
"""
ROWS = 10


def _templates() -> dict[str, str]:
    return {f"{size}.html": PAGE % (LINE * (int(size) // len(LINE))) for size in _sizes()}


def _sizes() -> list[str]:
    return os.environ["BARE_SIZES"].split(",")


settings.configure(
    SECRET_KEY="x" * 50,
    ALLOWED_HOSTS=["*"],
    ROOT_URLCONF="bench.http.bare_urls",
    INSTALLED_APPS=[
        "django.contrib.auth",
        "django.contrib.contenttypes",
        "django.contrib.sessions",
    ],
    MIDDLEWARE=MIDDLEWARE if SIGNED_IN else [],
    # As the product's: a connection is kept.
    DATABASES={"default": {**environ.Env.db_url_config(os.environ["BARE_DATABASE_URL"]), "CONN_MAX_AGE": 60}},
    TEMPLATES=[
        {
            "BACKEND": "django.template.backends.django.DjangoTemplates",
            "OPTIONS": {
                "loaders": [
                    (
                        "django.template.loaders.cached.Loader",
                        [("django.template.loaders.locmem.Loader", _templates())],
                    )
                ]
            },
        }
    ],
)
django.setup()

from django.contrib.auth.models import Group, User  # noqa: E402 - Django comes first
from django.test import Client  # noqa: E402

application = get_wsgi_application()


def prepare(cookie: Path) -> None:
    """Tables, somebody who is signed in, and rows to read; the cookie of their session goes into the file."""
    call_command("migrate", verbosity=0)
    Group.objects.bulk_create([Group(name=f"Group {number}") for number in range(ROWS)])
    client = Client()
    somebody: Any = User.objects.create_user("somebody")  # mypy knows the product's people only
    client.force_login(somebody)
    cookie.write_text(f"sessionid={client.cookies['sessionid'].value}")


if __name__ == "__main__":
    prepare(Path(sys.argv[1]))
