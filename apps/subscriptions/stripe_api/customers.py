"""https://docs.stripe.com/api/customers"""

from __future__ import annotations

from collections.abc import Iterator

from apps.subscriptions import errors
from apps.subscriptions.gateway import Json, client, do_once, named_errors, plain


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


def list_pages() -> Iterator[list[Json]]:
    """All customers of the account but deleted ones, newest first, 100 a call."""
    with named_errors():
        page = client().v1.customers.list({"limit": 100})
    while page.data:
        yield [plain(customer) for customer in page.data]
        with named_errors():
            page = page.next_page()


def create(metadata: dict[str, str], *, idempotency_key: str) -> Json:
    """The body holds nothing that may change, because Stripe refuses a retried key with another body."""
    return do_once(lambda client: client.v1.customers.create, {"metadata": metadata}, idempotency_key)


def update(customer_id: str, *, email: str, name: str) -> Json:
    """Stripe takes no address away: without one here, where nobody gets the invoices, it keeps the last."""
    told = {"name": name} | ({"email": email} if email else {})
    with named_errors():
        return plain(client().v1.customers.update(customer_id, told), customer_id)


def set_metadata(customer_id: str, metadata: dict[str, str]) -> Json:
    """An empty text takes the name away; names that are not given stay."""
    with named_errors():
        return plain(client().v1.customers.update(customer_id, {"metadata": metadata}), customer_id)
