"""Flows that nobody waits for: webhooks, the hourly run, and commands of the operator."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

from djstripe.models import Price, Product

from apps.subscriptions import tasks
from apps.subscriptions.inbox import HANDLED_EVENTS
from apps.subscriptions.metadata import ACTIVE_PRODUCTS, PushPrice
from tests.faults.buying import bought, choose, chosen_and_paid
from tests.faults.changing import after, card_added, declined, paused
from tests.faults.flows import Flow, Step, nothing
from tests.faults.stage import Stage

URL = "https://app.example.com/stripe/webhook/"
DISPUTED = "4000000000000259"


def news(stage: Stage) -> None:
    """All that Stripe has to tell, and the tasks that follow."""
    stage.deliver()
    stage.run_all_tasks()


def event(type: str) -> Step:
    """One of its kind, alone."""

    def arrive(stage: Stage) -> None:
        stage.stripe.pending_deliveries()
        with stage.stripe:
            stage.stripe.emit(type, subject_of(stage, type))
        news(stage)

    return arrive


def subject_of(stage: Stage, type: str) -> dict[str, Any]:
    """What Stripe's event of this type is about."""
    kind = type.rpartition(".")[0]
    kind = {"charge.dispute": "dispute", "customer.subscription": "subscription"}.get(kind, kind)
    kind = {"checkout.session.async_payment": "checkout.session"}.get(kind, kind)
    return stage.stripe.all(kind)[-1]


def passed(days: int) -> Step:
    """And two hours: an invoice waits for one before it is charged."""

    def arrange(stage: Stage) -> None:
        stage.let_pass(timedelta(days=days))
        stage.let_pass(timedelta(hours=2))

    return arrange


def renewed_unheard(stage: Stage) -> None:
    passed(31)(stage)
    stage.stripe.pending_deliveries()


def hour(stage: Stage) -> None:
    stage.work(tasks.sync_subscriptions)
    stage.run_all_tasks()


def bought_elsewhere(stage: Stage) -> None:
    """While a payment page is open, whose subscription would be the second one."""
    choose("starter")(stage)
    made_at_stripe(stage)
    stage.deliver()
    stage.queue = [entry for entry in stage.queue if entry[0] is tasks.process_events]
    while stage.queue and stage.queue[0][0] is tasks.process_events:
        stage.work(stage.queue[0][0], *stage.queue.pop(0)[1])
    stage.queue.clear()  # the task that closes the page got lost


def made_at_stripe(stage: Stage) -> None:
    customer = stage.holder.stripe_customer_id
    card = stage.api.payment_methods.attach("pm_card_visa", {"customer": customer})
    price = stage.api.prices.list({"lookup_keys": ["pro-month"]}).data[0].id
    stage.api.subscriptions.create(
        {"customer": customer, "items": [{"price": price}], "default_payment_method": card.id}
    )


def card_without_plan(stage: Stage) -> None:
    customer = stage.holder.stripe_customer_id
    card = stage.api.payment_methods.attach("pm_card_visa", {"customer": customer})
    stage.api.customers.update(customer, {"invoice_settings": {"default_payment_method": card.id}})


def heard(stage: Stage) -> None:
    """The tasks got lost."""
    stage.deliver()
    stage.queue.clear()


def unmirrored(stage: Stage) -> None:
    """Prices and products whose news we never got."""
    Price.objects.all().delete()
    Product.objects.all().delete()


def command(name: str, *args: str, **options: Any) -> Step:
    return lambda stage: stage.run_command(name, *args, **options)


def empty_account(stage: Stage) -> None:
    unmirrored(stage)
    stage.stripe.reset("empty")
    stage.stripe.hold_deliveries()


def dearer_by_a_dollar(price: PushPrice) -> PushPrice:
    options = {
        code: replace(option, unit_amount=Decimal(str(option.unit_amount)) + 1)
        for code, option in price.currency_options.items()
    }
    amount = Decimal(str(price.unit_amount)) + 1
    return replace(price, unit_amount=amount, currency_options=options)


def dearer(stage: Stage) -> None:
    """Another price in metadata.py, and a plan that is not sold any more."""
    for number, plan in enumerate(ACTIVE_PRODUCTS):
        if plan.slug == "starter":
            prices = {interval: dearer_by_a_dollar(price) for interval, price in plan.prices.items()}
            ACTIVE_PRODUCTS[number] = replace(plan, prices=prices)
        elif plan.slug == "pro":
            ACTIVE_PRODUCTS[number] = replace(plan, hidden=True)


def sold_again(stage: Stage) -> None:
    """A plan that was taken from sale for a while."""
    sold = list(ACTIVE_PRODUCTS)
    ACTIVE_PRODUCTS[:] = [plan for plan in sold if plan.slug != "pro"]
    stage.run_command("bootstrap_subscriptions", push=True)
    ACTIVE_PRODUCTS[:] = sold


def tiers_in_two_currencies(stage: Stage) -> None:
    tiers, euros = ([{"up_to": "inf", "unit_amount": amount}] for amount in (500, 450))
    stage.api.prices.create(
        {
            "product": stage.stripe.all("product")[-1]["id"],
            "currency": "usd",
            "recurring": {"interval": "month"},
            "billing_scheme": "tiered",
            "tiers_mode": "graduated",
            "tiers": tiers,
            "currency_options": {"eur": {"tiers": euros}},
        }
    )


def endpoint_made(stage: Stage) -> None:
    stage.run_command("bootstrap_webhooks", URL)


EVENTS = [
    Flow(f"webhook {type}", bought("starter", card=DISPUTED), event(type), retry=nothing)
    for type in HANDLED_EVENTS
]
FLOWS = [
    *EVENTS,
    Flow("news of a purchase", after(choose("pro"), lambda s: s.pay()), news, retry=nothing),
    Flow(
        "news of a renewal",
        after(bought("pro"), passed(15)),
        news,
        retry=nothing,
    ),
    Flow(
        "news of a failed renewal",
        after(bought("starter"), declined, passed(32)),
        news,
        retry=nothing,
    ),
    Flow("news of a card without a plan", after(choose("pro"), card_without_plan), news, retry=nothing),
    Flow("process_webhooks", after(chosen_and_paid, heard), command("process_webhooks")),
    Flow("news of a card after a pause", after(paused, card_added), news, retry=nothing),
    Flow(
        "the hour finds a silent renewal", after(bought("pro", days=20), renewed_unheard), hour, retry=nothing
    ),
    Flow("the hour closes a payment page", bought_elsewhere, hour, retry=nothing),
    Flow(
        "a customer of unknown prices",
        after(choose("pro"), lambda s: s.pay(), unmirrored),
        news,
        retry=nothing,
    ),
    Flow("bootstrap_subscriptions", bought("starter"), command("bootstrap_subscriptions")),
    Flow("bootstrap_subscriptions --push", empty_account, command("bootstrap_subscriptions", push=True)),
    Flow(
        "bootstrap_subscriptions --push, other prices", dearer, command("bootstrap_subscriptions", push=True)
    ),
    Flow(
        "bootstrap_subscriptions --push, a plan comes back",
        sold_again,
        command("bootstrap_subscriptions", push=True),
    ),
    Flow(
        "bootstrap_subscriptions, tiers in two currencies",
        tiers_in_two_currencies,
        command("bootstrap_subscriptions"),
    ),
    Flow("bootstrap_webhooks", nothing, command("bootstrap_webhooks", URL)),
    Flow("bootstrap_webhooks again", endpoint_made, command("bootstrap_webhooks", URL)),
    Flow("bootstrap_webhooks --rotate", endpoint_made, command("bootstrap_webhooks", URL, rotate=True)),
    Flow("bootstrap_webhooks --portal", nothing, command("bootstrap_webhooks", URL, portal=True)),
    Flow("sync_subscriptions", after(bought("pro", days=20), renewed_unheard), command("sync_subscriptions")),
    Flow(
        "bootstrap_webhooks --portal, first time",
        after(empty_account, command("bootstrap_subscriptions", push=True)),
        command("bootstrap_webhooks", URL, portal=True),
    ),
    Flow(
        "reconcile_subscriptions",
        after(bought("pro", days=20), renewed_unheard),
        command("reconcile_subscriptions"),
    ),
    Flow(
        "reconcile_subscriptions --fix",
        after(bought("pro", days=20), renewed_unheard),
        command("reconcile_subscriptions", fix=True),
    ),
    Flow("stripe_doctor", bought("starter"), command("stripe_doctor")),
]
