"""What the hosted Checkout page shows and does. Every function takes the world's lock itself."""

from __future__ import annotations

from typing import Any

from stripe_sandbox.world import World


class CardDeclined(Exception):
    """The card was refused; nothing was created and the session stays open."""

    def __init__(self, message: str, decline_code: str) -> None:
        super().__init__(message)
        self.message = message
        self.decline_code = decline_code


class AuthenticationRequired(Exception):
    """The card asks for 3-D Secure: show the authentication page, then call again with `authenticated=True`."""


class SessionUnavailable(Exception):
    """The session is unknown, expired or complete; `reason` is one of those words."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def view(world: World, cs_id: str) -> dict[str, Any]:
    """Everything the page prints, amounts in the currency's minor unit.

    Keys: session, lines [{description, product, price, quantity, unit_text, amount, tiers}], currency,
    interval, subtotal, total_due_today, then_amount, trial_days, trial_end, customer (dict or None),
    email, expired, complete, collects_card. Raises SessionUnavailable("unknown").
    """
    raise NotImplementedError


def complete(
    world: World,
    cs_id: str,
    card: str | None = "4242424242424242",
    exp_month: int = 12,
    exp_year: int = 2034,
    cvc: str = "123",
    name: str = "",
    email: str | None = None,
    authenticated: bool = False,
) -> dict[str, Any]:
    """Pay, make the subscription and answer the completed session.

    Raises CardDeclined, AuthenticationRequired or SessionUnavailable.
    """
    raise NotImplementedError


def success_address(session: dict[str, Any]) -> str:
    """The session's success_url with its placeholder filled in."""
    return str(session["success_url"]).replace("{CHECKOUT_SESSION_ID}", session["id"])
