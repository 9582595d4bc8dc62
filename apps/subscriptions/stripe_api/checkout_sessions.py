"""https://docs.stripe.com/api/checkout/sessions"""

from __future__ import annotations

from apps.subscriptions.gateway import Json, client, do_once, named_errors, plain


def create(params: Json, *, idempotency_key: str) -> Json:
    return do_once(lambda client: client.v1.checkout.sessions.create, params, idempotency_key)


def retrieve(session_id: str) -> Json:
    with named_errors():
        return plain(client().v1.checkout.sessions.retrieve(session_id), session_id)


def expire(session_id: str) -> Json:
    with named_errors():
        return plain(client().v1.checkout.sessions.expire(session_id), session_id)
