"""Any price, any team, any moment: the preview is what Stripe then bills."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apps.subscriptions.services.seats.preview import SeatPreview, preview_seats
from apps.subscriptions.sync import sync_customer
from apps.subscriptions.tests.catalogue import make_price, product_of
from apps.subscriptions.tests.conftest import committed, current
from apps.subscriptions.tests.factories import make_holder
from apps.teams.tests.factories import MembershipFactory
from stripe_sandbox.tests import money_shapes

pytestmark = [pytest.mark.django_db, pytest.mark.team_holder]
HOUR = 3600


class Story:
    """A team on a clock of its own, which moves only when told: preview and change fall into one second."""

    def __init__(self, stripe: Any, api: Any, price: dict[str, Any], interval: str, members: int) -> None:
        self.stripe, self.api = stripe, api
        self.team = make_holder(members=members - 1)
        self.price = make_price(product_of(stripe, "pro"), interval, **price)
        self.clock = api.test_helpers.test_clocks.create({"frozen_time": stripe.wall_clock()}).id
        self._subscribe(members)

    def _subscribe(self, members: int) -> None:
        card = {
            "payment_method": "pm_card_visa",
            "invoice_settings": {"default_payment_method": "pm_card_visa"},
        }
        customer = self.api.customers.create({"test_clock": self.clock, **card}).id
        self.team.stripe_customer_id = customer
        self.team.save(update_fields=["stripe_customer_id"])
        items = [{"price": self.price["id"], "quantity": members}]
        self.api.subscriptions.create({"customer": customer, "items": items})
        self.read_back()

    def read_back(self) -> None:
        sync_customer(self.team.stripe_customer_id)
        self.team.refresh_from_db()

    def wait(self, share: float) -> None:
        """Until a part of the period is over."""
        row = current(self.team)
        begins, ends = row.current_period_start.timestamp(), row.current_period_end.timestamp()
        self._move(int(begins + (ends - begins) * share))

    def renew(self) -> dict[str, Any]:
        self._move(int(current(self.team).current_period_end.timestamp() + 1.5 * HOUR))
        self.read_back()
        return self.invoices()[-1]

    def _move(self, moment: int) -> None:
        if moment > self.stripe.get(self.clock)["frozen_time"]:
            self.api.test_helpers.test_clocks.advance(self.clock, {"frozen_time": moment})

    def invoices(self) -> list[dict[str, Any]]:
        return self.stripe.where("invoice", customer=self.team.stripe_customer_id)

    def next_total(self) -> int:
        return self.api.invoices.create_preview({"subscription": current(self.team).stripe_id}).total

    def join(self, count: int) -> list[dict[str, Any]]:
        """They accept; answers the invoices this makes at once."""
        before = len(self.invoices())
        with committed():
            MembershipFactory.create_batch(count, team=self.team)
        return self.invoices()[before:]


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    price=st.sampled_from(money_shapes.CURRENCIES).flatmap(money_shapes.prices),
    interval=st.sampled_from(["month", "year"]),
    members=st.integers(1, 14),
    added=st.integers(1, 9),
    share=st.floats(0, 0.999),
)
def test_what_is_shown_is_what_is_billed(stripe, api, price, interval, members, added, share):
    story = Story(stripe, api, price, interval, members)
    story.wait(share)
    without = story.next_total()

    shown = preview_seats(story.team, added)
    made = story.join(added)

    assert sum(invoice["amount_due"] for invoice in made) == shown.billed_today
    if shown.begins_anew:
        assert story.renew()["total"] == shown.more_per_period
        return
    assert sum(invoice["total"] for invoice in made) == (shown.prorated if shown.invoiced_now else 0)
    assert story.renew()["total"] == without + _on_the_next(shown) + shown.more_per_period


def _on_the_next(shown: SeatPreview) -> int:
    return 0 if shown.invoiced_now else shown.prorated
