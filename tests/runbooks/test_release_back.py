"""A release is taken back: its migration, its plans, and what it could not work."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.core.management import call_command
from django.db.migrations.loader import MigrationLoader

from apps.subscriptions.tests.conftest import current
from tests.runbooks.walk import walking

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def last_two():
    """Names of the last migration and the one before; whatever happens, all are there again afterwards."""
    names = sorted(name for app, name in MigrationLoader(None).graph.nodes if app == "subscriptions")
    yield names[-2], names[-1]
    call_command("migrate", verbosity=0, interactive=False)


def test_the_page_leads_back(stripe, holder, buy, api, last_two, settings):
    former, last = last_two
    began = datetime.now(UTC) - timedelta(hours=1)
    subscription = buy(holder, "starter")
    api.subscriptions.update(subscription.stripe_id, {"cancel_at_period_end": True})
    stripe.pending_deliveries()  # the bad release refused them
    settings.DEBUG = True  # on a server nothing warns of a sandbox

    with walking("release-back") as page:
        page.run("Look", MIGRATION=last)
        page.run("Do", 1, FORMER=former, MIGRATION=last)
        page.run("Do", 2, FORMER=former, MIGRATION=last)
        call_command("migrate", verbosity=0, interactive=False)  # here the former code would run
        page.run("Do", 3)
        page.run("Do", 4)
        page.run("Do", 5, TIME=began.isoformat(), CUSTOMER=subscription.stripe_customer_id)
        page.run("Do", 6)
        assert current(holder).ends_at is not None
        page.run("Over when")
