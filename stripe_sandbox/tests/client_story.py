"""One customer's year in the words of whichever stripe-python is installed: `... URL` prints what happened.

Run in a process of its own, so that its `stripe` need not be the product's.
"""

from __future__ import annotations

import json
import sys
import time
from typing import Any

import stripe

from stripe_sandbox.tests.listener import Listener

VERSION = "2026-08-26.dahlia"


def tell(url: str) -> dict[str, Any]:
    client = stripe.StripeClient(
        "sk_test_" + "0" * 24, base_addresses={"api": url}, stripe_version=VERSION, max_network_retries=0
    )
    listener = Listener()
    endpoint = client.v1.webhook_endpoints.create({"url": listener.url, "enabled_events": ["*"]})
    try:
        facts = {"client": stripe.VERSION, **buys(client.v1), **finds(client.v1), **is_refused(client.v1)}
        return {**facts, **hears(client, listener, endpoint.secret)}
    finally:
        listener.stop()


def buys(api: Any) -> dict[str, Any]:
    customer = api.customers.create({"email": "ada@example.com", "metadata": {"team": "7"}})
    card = api.payment_methods.attach("pm_card_visa", {"customer": customer.id})
    api.customers.update(customer.id, {"invoice_settings": {"default_payment_method": card.id}})
    price = api.prices.list({"lookup_keys": ["pro-month"]}).data[0]
    bought = api.subscriptions.create(
        {"customer": customer.id, "items": [{"price": price.id, "quantity": 3}], "expand": ["latest_invoice"]}
    )
    item = bought["items"].data[0].id
    changed = api.subscriptions.update(bought.id, {"items": [{"id": item, "quantity": 5}]})
    ended = api.subscriptions.cancel(bought.id)
    return {
        "card": card.card.last4,
        "bought": [bought.status, bought.latest_invoice.status, bought.latest_invoice.amount_paid],
        "changed": changed["items"].data[0].quantity,
        "ended": ended.status,
    }


def finds(api: Any) -> dict[str, Any]:
    for number in range(3):
        api.customers.create({"email": f"person-{number}@example.com"})
    listed = api.customers.list({"limit": 2})
    found = api.customers.search({"query": "email:'ada@example.com' AND metadata['team']:'7'"})
    return {
        "listed": [one.email for one in listed.auto_paging_iter()],
        "found": [one.email for one in found.data],
        "canceled": len(api.subscriptions.list({"status": "canceled"}).data),
    }


def is_refused(api: Any) -> dict[str, Any]:
    try:
        api.customers.retrieve("cus_nobody")
    except stripe.InvalidRequestError as error:
        return {"refused": [error.http_status, error.code, error.param]}
    return {"refused": None}


def hears(client: Any, listener: Listener, secret: str) -> dict[str, Any]:
    """The signature holds for the endpoint's secret, and for no other."""
    wait(listener, "customer.subscription.deleted")
    headers, body = listener.got[0]
    event = client.construct_event(body, headers["Stripe-Signature"], secret)
    try:
        client.construct_event(body, headers["Stripe-Signature"], "whsec_of_somebody_else")
    except stripe.SignatureVerificationError:
        return {"heard": [event.type, event.api_version], "forged": "refused"}
    return {"heard": [event.type, event.api_version], "forged": "taken"}


def wait(listener: Listener, type: str) -> None:
    until = time.monotonic() + 20
    while time.monotonic() < until and not any(type in body.decode() for _, body in listener.got):
        time.sleep(0.02)


if __name__ == "__main__":
    json.dump(tell(sys.argv[1]), sys.stdout)
