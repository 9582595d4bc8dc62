"""`python -m bench.http.signed_in EMAIL FILE`: the cookies of a browser in which somebody is signed in."""

from __future__ import annotations

import secrets
import string
import sys
from pathlib import Path

import django

django.setup()

from django.conf import settings  # noqa: E402 - Django comes first
from django.test import Client  # noqa: E402
from django.urls import reverse  # noqa: E402

from load.world import PASSWORD  # noqa: E402

CSRF_LETTERS = 32


def main(email: str, file: Path) -> None:
    # By https and through a proxy, as the site is set up; a session is noted by where it was opened from.
    client = Client(
        HTTP_X_FORWARDED_FOR="198.51.100.7", HTTP_X_FORWARDED_PROTO="https", HTTP_HOST="127.0.0.1"
    )
    client.post(reverse("account_login"), {"login": email, "password": PASSWORD})
    token = "".join(secrets.choice(string.ascii_letters) for _ in range(CSRF_LETTERS))
    pairs = {
        settings.SESSION_COOKIE_NAME: client.cookies[settings.SESSION_COOKIE_NAME].value,
        settings.CSRF_COOKIE_NAME: token,
    }
    file.write_text("; ".join(f"{name}={value}" for name, value in pairs.items()))


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
