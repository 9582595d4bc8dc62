"""https://docs.stripe.com/api/charges"""

from __future__ import annotations

from apps.subscriptions.gateway import Json, client, named_errors, plain


def retrieve(charge_id: str) -> Json:
    with named_errors():
        return plain(client().v1.charges.retrieve(charge_id), charge_id)
