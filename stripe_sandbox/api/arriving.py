"""What a call must be before anybody looks at its route: a key, a version, a form that can be read."""

from __future__ import annotations

import base64
import re
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, unquote_to_bytes

from stripe_sandbox.api import params
from stripe_sandbox.errors import InvalidRequest, StripeError, unauthorized

if TYPE_CHECKING:
    from werkzeug.wrappers import Request

    from stripe_sandbox.world import World

VERSION = "2026-08-26.dahlia"
VERSION_FORM = re.compile(r"(\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01]))(?:\.[a-z]+)?")
LONGEST_BODY = 4 * 1024 * 1024
LONGEST_IDEMPOTENCY_KEY = 255
FORM = "application/x-www-form-urlencoded"

Pairs = list[tuple[str, str]]


def read_pairs(request: Request) -> Pairs:
    """The query and the form, as pairs in their order. Raises InvalidRequest for what is no form."""
    found = pairs_of(request.query_string)
    if request.method not in ("POST", "DELETE"):
        return found
    if (request.content_length or 0) > LONGEST_BODY:
        raise InvalidRequest("The request is larger than four megabytes.", status=413)
    body = request.get_data()
    if body and request.mimetype not in ("", FORM):
        raise InvalidRequest(f"Invalid request: the API reads {FORM}, not {request.mimetype}.")
    return found + pairs_of(body)


def pairs_of(text: bytes) -> Pairs:
    try:
        unquote_to_bytes(text.replace(b"+", b" ")).decode()
        return parse_qsl(text.decode("ascii", "surrogateescape"), keep_blank_values=True, errors="strict")
    except (UnicodeError, ValueError):
        raise InvalidRequest("Invalid request: its parameters are no UTF-8.") from None


def shown(pairs: Pairs) -> dict[str, Any]:
    """The parameters for the log: secrets hidden, and whatever cannot be read as it came."""
    hidden = [(name, "***" if name.endswith(("[number]", "[cvc]")) else value) for name, value in pairs]
    try:
        return params.with_lists(params.decode(hidden))
    except StripeError:
        return dict(hidden)


def check_key(key: str) -> None:
    if not key:
        raise unauthorized(
            "You did not provide an API key: send it as a Bearer token or as the Basic user name."
        )
    if key.startswith(("sk_live_", "rk_live_")):
        raise unauthorized(
            "A live key was sent to the sandbox. It takes test keys only; check STRIPE_API_HOST."
        )
    if key.startswith("pk_"):
        # Known, but not allowed: Stripe answers 403 here, which its libraries raise as PermissionError
        raise InvalidRequest(
            "This is a publishable key. The API wants the secret one, which begins with sk_test_.",
            status=403,
            code="secret_key_required",
        )
    if not key.startswith(("sk_test_", "rk_test_")):
        raise unauthorized(
            "Invalid API Key provided: the sandbox takes keys that begin with sk_test_ or rk_test_."
        )


def key_of(request: Request) -> str:
    scheme, _, value = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return value.strip()
    if scheme.lower() == "basic":
        try:
            return base64.b64decode(value).decode().partition(":")[0]
        except ValueError:
            return ""
    return ""


def check_version(version: str | None) -> None:
    """An older version is let in, although the answer is in the newest version's shape."""
    form = VERSION_FORM.fullmatch((version or VERSION).partition(";")[0].strip())
    if form is None or form[1] > VERSION[:10]:
        raise InvalidRequest(f"Invalid Stripe API version: {version}. The sandbox knows up to {VERSION}.")


def check_account(world: World, named: str | None) -> None:
    """`Stripe-Account` names another account under Connect, which the sandbox is without."""
    if named and not any(account["id"] == named for account in world.all("account")):
        raise InvalidRequest(
            f"The provided key does not have access to account '{named}' (or it does not exist).",
            status=403,
            code="account_invalid",
        )


def check_idempotency_key(key: str | None) -> None:
    if key and len(key) > LONGEST_IDEMPOTENCY_KEY:
        raise InvalidRequest(
            f"The idempotency key is {len(key)} characters long; {LONGEST_IDEMPOTENCY_KEY} are allowed."
        )
