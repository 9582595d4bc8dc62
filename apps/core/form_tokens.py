"""The token of a form is put into a finished page: its parts are then the same for everybody.

A template writes a mark where `csrf_token` stands; here the mark becomes the token, one of its own for each
answer, as Django makes it.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.utils.safestring import SafeString

# Nobody can write it into a page: no process tells its own.
MARK = SafeString(f"token-{secrets.token_hex(16)}")

FINISHED_HERE = "_form_token_is_put_in"


def marked(request: HttpRequest) -> dict[str, str]:
    """A context processor. Django's own token stays where the page is not finished below: an early error."""
    return {"csrf_token": MARK} if hasattr(request, FINISHED_HERE) else {}


class FormTokenMiddleware:
    """Inside CsrfViewMiddleware, which sends the cookie of a token that was used."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.mark = MARK.encode()

    def __call__(self, request: HttpRequest) -> HttpResponse:
        setattr(request, FINISHED_HERE, True)
        response = self.get_response(request)
        if not response.streaming and self.mark in response.content:
            response.content = response.content.replace(self.mark, get_token(request).encode())
        return response
