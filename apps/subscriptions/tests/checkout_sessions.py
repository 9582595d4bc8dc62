"""What Stripe was asked for on the way to Checkout, and which payment pages are open."""

from __future__ import annotations

from apps.subscriptions.tests.conftest import calls

SESSIONS = "/v1/checkout/sessions"


def asked(stripe) -> dict:
    """What the last session was made of."""
    return calls(stripe, "POST", SESSIONS)[-1]["params"]


def open_sessions(stripe) -> list[dict]:
    return [session for session in stripe.all("checkout.session") if session["status"] == "open"]
