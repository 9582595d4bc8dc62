"""The token of a form is put into a finished page: its parts are then the same for everybody.

A template writes a mark where `csrf_token` stands; here the mark becomes the token, one of its own for each
answer, as Django makes it.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import CSRF_ALLOWED_CHARS, CSRF_SECRET_LENGTH, get_token
from django.utils.safestring import SafeString

# Nobody can write it into a page: no process tells its own.
MARK = SafeString(f"token-{secrets.token_hex(16)}")

LETTERS = CSRF_ALLOWED_CHARS.encode()
PLACES = {letter: place for place, letter in enumerate(LETTERS)}
LETTER_OF = bytes(LETTERS[number % len(LETTERS)] for number in range(256))
UNEVEN = bytes(range(256 // len(LETTERS) * len(LETTERS), 256))

FINISHED_HERE = "_form_token_is_put_in"


def marked(request: HttpRequest) -> dict[str, str]:
    """A context processor. Django's own token stays where the page is not finished below: an early error."""
    return {"csrf_token": MARK} if hasattr(request, FINISHED_HERE) else {}


def _token(request: HttpRequest) -> bytes:
    """Django's `get_token`, whose masking takes as long as a query: the same letters, by tables."""
    secret = request.META.get("CSRF_COOKIE", "")
    if len(secret) != CSRF_SECRET_LENGTH:  # none yet
        return get_token(request).encode()
    request.META["CSRF_COOKIE_NEEDS_UPDATE"] = True
    mask = _random_letters(CSRF_SECRET_LENGTH)
    moved = [
        LETTERS[(PLACES[one] + PLACES[other]) % len(LETTERS)]
        for one, other in zip(secret.encode(), mask, strict=True)
    ]
    return mask + bytes(moved)


def _random_letters(number: int) -> bytes:
    """Each as likely as any other: bytes that would favour the first letters are left out."""
    letters = b""
    while len(letters) < number:
        letters += secrets.token_bytes(2 * number).translate(LETTER_OF, UNEVEN)
    return letters[:number]


class FormTokenMiddleware:
    """Inside CsrfViewMiddleware, which sends the cookie of a token that was used."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.mark = MARK.encode()

    def __call__(self, request: HttpRequest) -> HttpResponse:
        setattr(request, FINISHED_HERE, True)
        response = self.get_response(request)
        if not response.streaming and self.mark in response.content:
            response.content = response.content.replace(self.mark, _token(request))
        return response
