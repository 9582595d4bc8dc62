"""What staff may do at a customer's place, by the name of the address. The one place that decides it.

Looking is open, but for what is closed. What is not named here and changes something is refused: a new page
is added to one of these, and a test asks for it.
"""

from __future__ import annotations

from enum import Enum, auto

from django.conf import settings

SAFE_METHODS = ("GET", "HEAD", "OPTIONS", "TRACE")


class Refusal(Enum):
    MONEY = auto()
    ACCOUNT = auto()
    UNKNOWN = auto()


# Theirs to help with: nothing here costs anything, and nothing lets anybody in.
OPEN = {
    "hijack:release",
    "account_logout",  # ends it
    "admin:logout",
    "set_language",
    "users:profile",
    "team:settings",
    "team:address",
    "team:logo",
    "web:first_steps",
    "web:team_log",
    "web:team_log_export",
    "subscriptions:seats_preview",  # asks Stripe what it would cost
    "stripe_webhook",  # Stripe signs what it sends, and sends no session
}
# Plan, card and seats: with IMPERSONATION_MAY_ACT_ON_MONEY they are open, too.
MONEY = {
    "subscriptions:checkout",
    "subscriptions:portal",
    "subscriptions:change",
    "subscriptions:cancel",
    "subscriptions:resume",
    "team:invite",
    "team:invite_bulk",
    "team:invitation_resend",
    "team:invitation_revoke",
    "team:member_role",
    "team:member_remove",
    "team:leave",
    "teams:create",
    "teams:invitation",
}
# The account and the team as such: nobody does that in somebody else's name, nor looks at the secrets.
CLOSED = {"team:transfer", "team:delete", "web:delete_account", "admin:login"}
# Signing in and everything about it; a person's own pages. Providers' addresses are `google_login` and so on.
CLOSED_BEGINNINGS = ("account_", "mfa_", "socialaccount_", "users:")
CLOSED_ENDINGS = ("_login", "_callback", "_login_by_token")


def refusal(name: str, method: str) -> Refusal | None:
    """Why the request is refused; None: it is not."""
    if name in OPEN:
        return None
    if name in CLOSED or name.startswith(CLOSED_BEGINNINGS) or name.endswith(CLOSED_ENDINGS):
        return Refusal.ACCOUNT
    if method in SAFE_METHODS:
        return None
    if name in MONEY:
        return None if settings.IMPERSONATION_MAY_ACT_ON_MONEY else Refusal.MONEY
    return Refusal.UNKNOWN
