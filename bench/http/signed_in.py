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

from apps.users.models import CustomUser  # noqa: E402

CSRF_LETTERS = 32


def main(email: str, file: Path) -> None:
    client = Client()
    client.force_login(CustomUser.objects.get(email=email))
    token = "".join(secrets.choice(string.ascii_letters) for _ in range(CSRF_LETTERS))
    pairs = {
        settings.SESSION_COOKIE_NAME: client.cookies[settings.SESSION_COOKIE_NAME].value,
        settings.CSRF_COOKIE_NAME: token,
    }
    file.write_text("; ".join(f"{name}={value}" for name, value in pairs.items()))


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
