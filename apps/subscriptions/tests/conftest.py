"""A holder who buys through the real pages, from a Stripe that remembers, told by signed webhooks."""

from __future__ import annotations

import re
import smtplib
from collections.abc import Callable, Iterable
from typing import Any

import pytest
import stripe as stripe_python
from django.core.mail.backends.locmem import EmailBackend
from django.core.management import call_command
from django.http import HttpResponse
from django.test import Client, TestCase, override_settings

from apps.core.billing import SubscriptionModelBase
from apps.subscriptions import gateway
from apps.subscriptions.holders import billing_url
from apps.subscriptions.models import CheckoutAttempt, Subscription
from apps.subscriptions.services import setup
from apps.subscriptions.tests.factories import make_holder
from apps.users.models import CustomUser
from apps.users.tests.factories import UserFactory
from stripe_sandbox.delivery import Signed
from stripe_sandbox.world import World

Deliver = Callable[..., list[HttpResponse]]


@pytest.fixture
def stripe(stripe_world: World, db: None, settings: Any) -> World:
    """An account set up by the public commands: catalogue pushed and pulled, endpoint and Portal made."""
    call_command("bootstrap_subscriptions", push=True, verbosity=0, stdout=_Nowhere())
    endpoint = setup.connect_webhooks("http://testserver/stripe/webhook/")
    settings.DJSTRIPE_WEBHOOK_SECRET = endpoint["secret"]
    setup.configure_portal()
    stripe_world.pending_deliveries()  # the catalogue's own events are of no interest
    return stripe_world


@pytest.fixture
def api(stripe: World) -> Any:
    """What happens at Stripe itself: its dashboard, its Portal, another program. Nobody tells us."""
    return stripe_api_client()


def stripe_api_client() -> Any:
    client = stripe_python.StripeClient(gateway.secret_key(), base_addresses={"api": stripe_python.api_base})
    return client.v1


@pytest.fixture
def secret(stripe: World, settings: Any) -> str:
    """What Stripe signs with."""
    return settings.DJSTRIPE_WEBHOOK_SECRET


class _Nowhere:
    def write(self, text: str) -> None:
        """Commands print; tests read what they did."""


@pytest.fixture
def owner(db: None) -> CustomUser:
    return UserFactory(email="owner@example.com")


@pytest.fixture
def over_a_socket(monkeypatch: pytest.MonkeyPatch) -> None:
    """The client of production, with a connection for each thread, in place of the tests' without one."""
    monkeypatch.setattr(stripe_python, "default_http_client", gateway.BudgetedClient())


@pytest.fixture
def holder(owner: CustomUser) -> SubscriptionModelBase:
    return make_holder(owner)


@pytest.fixture
def owner_client(owner: CustomUser) -> Client:
    return signed_in(owner)


class CommittingClient(Client):
    """A test's own transaction never commits; what a request leaves for after it runs all the same."""

    def request(self, **request: Any) -> HttpResponse:
        with committed():
            return super().request(**request)


def committed() -> Any:
    """Run what the block leaves for after its commit."""
    return TestCase.captureOnCommitCallbacks(execute=True)


def signed_in(user: CustomUser) -> Client:
    client = CommittingClient()
    client.force_login(user)
    return client


@pytest.fixture
def deliver_webhooks(stripe: World) -> Deliver:
    """Post what Stripe has to tell to the real address, signed.

    All of it is there when the worker begins, as with one that was busy for a moment. `order` may reverse or
    shuffle it: then each is worked before the next one comes.
    """

    def deliver(order: Callable[[list[Signed]], Iterable[Signed]] | None = None) -> list[HttpResponse]:
        news = stripe.pending_deliveries()
        if order:
            return [post_signed(signed) for signed in order(news)]
        with committed():
            return [_post(Client(), signed) for signed in news]

    return deliver


def post_signed(signed: Signed) -> HttpResponse:
    """It is worked when this returns."""
    return _post(CommittingClient(), signed)


def _post(client: Client, signed: Signed) -> HttpResponse:
    headers = {name: value for name, value in signed.headers.items() if name != "Content-Type"}
    return client.post("/stripe/webhook/", signed.body, content_type="application/json", headers=headers)


@pytest.fixture
def buy(stripe: World, owner_client: Client, deliver_webhooks: Deliver) -> Callable[..., Subscription]:
    """Choose a plan on the tab, pay at Checkout, let the webhooks come."""

    def buy(
        holder: Any, plan: str = "pro", interval: str = "month", card: str = "4242424242424242"
    ) -> Subscription:
        choose(owner_client, holder, plan, interval)
        stripe.complete_checkout(open_session(holder), card)
        deliver_webhooks()
        return current(holder)

    return buy


def choose(
    client: Client, holder: Any, plan: str = "pro", interval: str = "month", **extra: Any
) -> HttpResponse:
    return client.post(billing_url("checkout", holder), {"plan": plan, "interval": interval, **extra})


def open_session(holder: Any) -> str:
    return CheckoutAttempt.objects.get(holder=holder, closed_at__isnull=True).session_id


def current(holder: Any) -> Subscription:
    return Subscription.objects.get(holder=holder, is_current=True)


def seats_at_stripe(world: World, holder: Any) -> int:
    return world.get(current(holder).stripe_id)["items"]["data"][0]["quantity"]


GATED_URLS = "apps.subscriptions.tests.gated_urls"


def gate_is_open(client: Client, holder: Any) -> bool:
    with override_settings(ROOT_URLCONF=GATED_URLS):
        return client.get(gated_page(holder)).status_code == 200


def gated_page(holder: Any) -> str:
    """A page for subscribers alone. Whoever visits it marks the test: `pytest.mark.urls(GATED_URLS)`."""
    slug = getattr(holder, "slug", None)
    return f"/a/{slug}/gated/page/" if slug else "/gated/page/"


def value_of(response: HttpResponse, testid: str) -> str | None:
    """The `data-value` of an element; "" if it has none, None if it is not on the page."""
    tag = re.search(rf'<[^>]*data-testid="{re.escape(testid)}"[^>]*>', response.content.decode())
    found = re.search(r'data-value="([^"]*)"', tag[0]) if tag else None
    return found[1] if found else ("" if tag else None)


def calls(world: World, method: str, path: str) -> list[dict[str, Any]]:
    """The requests the product made to Stripe."""
    return [call for call in world.requests.since(0) if call["method"] == method and call["path"] == path]


@pytest.fixture
def fail_renewal(stripe: World, deliver_webhooks: Deliver) -> Callable[..., list[HttpResponse]]:
    """A month passes, and the card is declined `times` times."""

    def fail_renewal(subscription: Subscription, times: int = 1) -> list[HttpResponse]:
        stripe.decline_next_renewal(subscription.stripe_customer_id, times)
        stripe.advance(31 * 86400 + 7200)
        return deliver_webhooks()

    return fail_renewal


@pytest.fixture
def told(mailoutbox: list[Any], settings: Any) -> Callable[[str], list[str]]:
    """The subjects of what somebody got; ops@example.com stands in ADMINS."""
    settings.ADMINS = [("Ops", "ops@example.com")]

    def told(address: str) -> list[str]:
        return [mail.subject for mail in mailoutbox if mail.to == [address]]

    return told


class MailServer(EmailBackend):
    away = False

    def send_messages(self, messages: Any) -> int:
        if MailServer.away:
            raise smtplib.SMTPServerDisconnected("away")
        return super().send_messages(messages)


@pytest.fixture
def mail_server(settings: Any) -> Iterable[type[MailServer]]:
    settings.EMAIL_BACKEND = f"{__name__}.MailServer"
    yield MailServer
    MailServer.away = False


@pytest.fixture
def missed_cancellation(
    stripe: World, api: Any, holder: SubscriptionModelBase, buy: Callable[..., Subscription]
) -> Subscription:
    """The row of a subscription that was cancelled at Stripe, and nobody heard of it."""
    row = buy(holder)
    api.subscriptions.update(row.stripe_id, {"cancel_at_period_end": True})
    stripe.pending_deliveries()
    return row


def invoices_of(stripe: Any, row: Any) -> list[dict[str, Any]]:
    """Oldest first."""
    return stripe.where("invoice", customer=row.stripe_customer_id)


@pytest.fixture
def starter(stripe, holder, buy, deliver_webhooks):
    """Ten days into a month of Starter."""
    buy(holder, "starter")
    stripe.advance(10 * 86400)
    deliver_webhooks()
    return holder


@pytest.fixture
def pro(stripe, holder, buy, deliver_webhooks):
    """Some days into the first paid month of Pro."""
    buy(holder, "pro")
    stripe.advance(20 * 86400)
    deliver_webhooks()
    return holder


@pytest.fixture
def colleague():
    """Somebody of the house, who may do everything in the admin."""
    return UserFactory(email="staff@example.com", is_staff=True, is_superuser=True)


@pytest.fixture
def staff(colleague):
    return signed_in(colleague)
