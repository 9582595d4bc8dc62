"""Stories that need the sandbox's own pages, or its hands on the network."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from stripe_sandbox.scenarios.backstage import Declined
from stripe_sandbox.scenarios.receiver import Receiver
from stripe_sandbox.scenarios.scenario import Chapter
from stripe_sandbox.scenarios.stage import Stage

chapter = Chapter("Hosted pages and webhooks")
PAYS, DECLINED, ASKS = "4242424242424242", "4000000000000002", "4000002500003155"


def open_checkout(stage: Stage, **params: Any) -> Any:
    return stage.api.checkout.sessions.create(
        {
            "mode": "subscription",
            "customer": stage.customer,
            "line_items": [stage.line("pro-month")],
            "success_url": "https://shop.example/done",
            **params,
        }
    )


def pay_at(stage: Stage, session: Any, card: str, **details: Any) -> None:
    stage.local.control("POST", f"checkout/{session.id}/complete", card=card, **details)


@chapter.scenario(
    "A Checkout is left, and expires",
    "After 24 hours the session is expired; nothing was sold.",
    ends="",
    events="checkout.session.expired@1",
    card="",
    local=True,
)
def checkout_expires(stage: Stage) -> None:
    open_checkout(stage)
    stage.wait(days=1.1)


@chapter.scenario(
    "A Checkout with a trial, paid later",
    "The card is taken today, the first month is charged when the trial ends.",
    ends="active",
    invoices="paid 0, paid 6000",
    events="checkout.session.completed@0 customer.subscription.trial_will_end@11 invoice.paid@14",
    card="",
    local=True,
)
def checkout_trial(stage: Stage) -> None:
    session = open_checkout(stage, subscription_data={"trial_period_days": 14})
    pay_at(stage, session, PAYS)
    stage.wait(days=15)


@chapter.scenario(
    "A Checkout declines one card and takes the next",
    "The session stays open; one subscription comes of it.",
    ends="active",
    invoices="paid 6000",
    events="customer.subscription.created invoice.paid checkout.session.completed",
    card="",
    local=True,
)
def checkout_declined(stage: Stage) -> None:
    session = open_checkout(stage)
    with suppress(Declined):
        pay_at(stage, session, DECLINED)
    pay_at(stage, session, PAYS)


@chapter.scenario(
    "A Checkout is paid with 3-D Secure",
    "The bank asks once; renewals are charged without the customer.",
    ends="active",
    invoices="paid 6000, paid 6000",
    events="checkout.session.completed@0 invoice.paid@31",
    card="",
    local=True,
)
def checkout_authenticated(stage: Stage) -> None:
    session = open_checkout(stage)
    with suppress(Declined):
        pay_at(stage, session, ASKS)
    pay_at(stage, session, ASKS, authenticated=True)
    stage.wait(days=32)


@chapter.scenario(
    "The bank is answered, and the plan begins",
    "The first payment asks for authentication; given at the bank's page, it is paid.",
    ends="active",
    invoices="paid 6000",
    events="invoice.payment_action_required payment_intent.succeeded invoice.paid "
    "customer.subscription.updated",
    card="pm_card_authenticationRequired",
    local=True,
)
def first_payment_authenticated(stage: Stage) -> None:
    stage.subscribe()
    intent = stage.first("payment_intents", customer=stage.customer)
    stage.local.post_form(f"/authenticate/{intent.id}", authentication="complete")


@chapter.scenario(
    "Canceled in the Portal",
    "The customer presses the button; the plan ends with its period.",
    ends="canceled",
    invoices="paid 6000",
    events="billing_portal.session.created@0 customer.subscription.updated@0 "
    "customer.subscription.deleted@31",
    local=True,
)
def portal_cancel(stage: Stage) -> None:
    subscription = stage.subscribe()
    portal = stage.api.billing_portal.sessions.create({"customer": stage.customer})
    stage.local.post_form(f"{portal.url}/subscriptions/{subscription.id}/cancel")
    stage.wait(days=32)


def portal_with_plans(stage: Stage) -> Any:
    """A Portal in which a longer interval begins at once, and a shorter one when the period ends."""
    prices = [stage.price("pro-month"), stage.price("pro-year")]
    product = stage.api.prices.retrieve(prices[0]).product
    update = {
        "enabled": True,
        "default_allowed_updates": ["price"],
        "products": [{"product": product, "prices": prices}],
        "schedule_at_period_end": {"conditions": [{"type": "shortening_interval"}]},
    }
    made = stage.api.billing_portal.configurations.create({"features": {"subscription_update": update}})
    return stage.api.billing_portal.sessions.create({"customer": stage.customer, "configuration": made.id})


@chapter.scenario(
    "From year to month, chosen in the Portal",
    "By `schedule_at_period_end` the change waits until the year that is paid for is over.",
    ends="active",
    invoices="paid 60000, paid 6000",
    events="billing_portal.session.created@0 subscription_schedule.created@0 "
    "customer.subscription.updated@365 invoice.paid@365",
    local=True,
)
def portal_year_to_month(stage: Stage) -> None:
    subscription = stage.subscribe("pro-year")
    portal = portal_with_plans(stage)
    chosen = stage.price("pro-month")
    stage.local.post_form(f"{portal.url}/subscriptions/{subscription.id}/update", price=chosen)
    stage.wait(days=366)


@chapter.scenario(
    "A webhook comes three times",
    "Same event, same id: who counts ids acts once.",
    ends="active",
    invoices="paid 6000",
    events="customer.subscription.created invoice.paid",
    local=True,
)
def webhook_repeated(stage: Stage) -> None:
    with Receiver() as shop:
        endpoint = stage.api.webhook_endpoints.create({"url": shop.url, "enabled_events": ["invoice.paid"]})
        stage.subscribe()
        event = stage.until(lambda: shop.got)[0]
        for _ in range(2):
            stage.local.control("POST", f"events/{event['id']}/resend")
        stage.until(lambda: len(shop.got) == 3)
        stage.api.webhook_endpoints.delete(endpoint.id)
    assert len({event["id"] for event in shop.got}) == 1
