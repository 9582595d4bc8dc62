"""A receiver of the buyer's fails for days; it is mended, and what was given up is worked again."""

from __future__ import annotations

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone
from djstripe.event_handlers import djstripe_receiver
from djstripe.models import Event
from djstripe.signals import WEBHOOK_SIGNALS

from apps.subscriptions.models import WebhookEvent
from apps.subscriptions.tests.conftest import committed, current
from tests.runbooks.walk import walking

pytestmark = pytest.mark.django_db

EVENTS = "/admin/subscriptions/webhookevent/"
TYPE = "customer.subscription.updated"


class Receiver:
    """The buyer's own code."""

    def breaks(self):
        djstripe_receiver(TYPE)(self.receive)

    def is_mended(self):
        WEBHOOK_SIGNALS[TYPE].disconnect(self.receive, sender=Event)

    def receive(self, sender, event, **kwargs):
        raise RuntimeError("the buyer's own code")


@pytest.fixture
def receiver():
    receiver = Receiver()
    yield receiver
    receiver.is_mended()


def test_the_page_leads_to_an_inbox_where_nothing_waits(
    stripe, holder, buy, api, store_webhooks, receiver, staff, shown, told
):
    subscription = buy(holder, "starter")
    receiver.breaks()
    api.subscriptions.update(subscription.stripe_id, {"cancel_at_period_end": True})
    store_webhooks()
    WebhookEvent.objects.filter(processed_at=None).update(received_at=timezone.now() - timedelta(days=4))
    with committed(), pytest.raises(CommandError):
        call_command("process_webhooks", stdout=StringIO(), stderr=StringIO())
    assert current(holder).ends_at is not None  # what the customer did is in force all the same

    with walking("events") as page:
        page.names(*[subject.replace(TYPE, "customer.updated") for subject in told("ops@example.com")[:1]])
        page.run("Look")
        listed = shown(EVENTS)
        for label in (
            "Waiting",
            "Failed, tried again soon",
            "Given up",
            "Work again (what is done is read back)",
        ):
            page.names(f"**{label}**")
            assert label in listed
        row = WebhookEvent.objects.get(processed_at=None)
        detail = shown(f"{EVENTS}{row.pk}/change/")
        assert "Last error" in detail
        assert "RuntimeError" in detail

        receiver.is_mended()
        api.subscriptions.update(subscription.stripe_id, {"cancel_at_period_end": False})
        store_webhooks()
        page.run("Do", CUSTOMER=subscription.stripe_customer_id)
        assert WebhookEvent.objects.filter(pk=row.pk, processed_at=None).exists()

        with committed():
            staff.post(EVENTS, {"action": "work_again", "_selected_action": [row.pk]}, follow=True)
        page.run("Over when")
    assert not WebhookEvent.objects.filter(processed_at=None).exists()
