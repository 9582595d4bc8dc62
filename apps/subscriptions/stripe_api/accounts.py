"""https://docs.stripe.com/api/accounts"""

from __future__ import annotations

from apps.subscriptions.gateway import Json, client, named_errors, plain


def retrieve_current() -> Json:
    with named_errors():
        return plain(client().v1.accounts.retrieve_current())
