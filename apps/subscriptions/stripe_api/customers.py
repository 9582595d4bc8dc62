"""https://docs.stripe.com/api/customers"""

from __future__ import annotations

from apps.subscriptions import errors
from apps.subscriptions.gateway import Json, client, create_once, named_errors, plain


def retrieve(customer_id: str) -> Json | None:
    """None when it does not exist or was deleted."""
    try:
        with named_errors():
            customer = client().v1.customers.retrieve(customer_id)
    except errors.NotFoundAtStripe as error:
        if "similar object exists" in str(error):  # the key of the other mode, not a deleted customer
            raise
        return None
    found = plain(customer, customer_id)
    return None if found.get("deleted") else found


def create(metadata: dict[str, str], *, idempotency_key: str) -> Json:
    """The body holds nothing that may change, because Stripe refuses a retried key with another body."""
    return create_once(lambda client: client.v1.customers.create, {"metadata": metadata}, idempotency_key)


def update(customer_id: str, *, email: str, name: str) -> Json:
    with named_errors():
        return plain(client().v1.customers.update(customer_id, {"email": email, "name": name}), customer_id)
