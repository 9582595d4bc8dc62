"""Stripe's error envelope: `type`, `code`, `param` and status are Stripe's, the messages our own words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


class StripeError(Exception):
    """What the API answers instead of an object.

    `keeps_changes`: what was done before stays done (a declined payment is an answer *and* an attempt).
    `remembered`: an idempotency key replays this answer (false for what was refused before any work).
    """

    keeps_changes = False
    remembered = True
    headers: Mapping[str, str] = {}

    def __init__(
        self,
        message: str,
        *,
        status: int = 400,
        type: str = "invalid_request_error",
        code: str | None = None,
        param: str | None = None,
        **extra: Any,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.status = status
        self.type = type
        self.code = code
        self.param = param
        self.extra = extra

    def envelope(self) -> dict[str, Any]:
        known = {
            "code": self.code,
            "message": self.message,
            "param": self.param,
            "type": self.type,
            **self.extra,
        }
        return {"error": {key: value for key, value in known.items() if value is not None}}


class InvalidRequest(StripeError):
    """The parameters were refused before any work."""

    remembered = False


class MissingObject(StripeError):
    """404 for an object named in the path, 400 for one named by a parameter."""

    def __init__(self, label: str, object_id: str, param: str = "id", status: int = 404) -> None:
        message = f"No such {label}: '{object_id}'"
        super().__init__(message, status=status, code="resource_missing", param=param)


class CardError(StripeError):
    """402: the card was declined or asks for authentication."""

    def __init__(self, message: str, code: str, decline_code: str | None = None, **extra: Any) -> None:
        super().__init__(
            message, status=402, type="card_error", code=code, decline_code=decline_code, **extra
        )


class FailedPayment(CardError):
    """402 after an attempt that left its marks (attempt count, events)."""

    keeps_changes = True


def unknown_route(method: str, path: str) -> StripeError:
    return InvalidRequest(
        f"Unrecognized request URL ({method}: {path}). The sandbox has no such route.", status=404
    )


LONGEST_NAME = 200


def unknown_parameter(name: str) -> StripeError:
    name = name[:LONGEST_NAME]  # a whole body without a "=" is one name
    return InvalidRequest(f"Received unknown parameter: {name}", code="parameter_unknown", param=name)


def missing_parameter(name: str) -> StripeError:
    return InvalidRequest(f"Missing required param: {name}.", code="parameter_missing", param=name)


def empty_parameter(name: str) -> StripeError:
    message = f"'{name}' was sent empty, which means unset, and it cannot be unset."
    return InvalidRequest(message, code="parameter_invalid_empty", param=name)


def wrong_state(message: str, code: str | None = None, param: str | None = None) -> StripeError:
    return StripeError(message, code=code, param=param)


class Unauthorized(InvalidRequest):
    headers = {"WWW-Authenticate": 'Basic realm="Stripe"'}


def unauthorized(message: str) -> StripeError:
    return Unauthorized(message, status=401)


def reset_meanwhile() -> StripeError:
    message = "The sandbox was reset while this call was under way; nothing was done."
    return InvalidRequest(message, status=500, type="api_error")
