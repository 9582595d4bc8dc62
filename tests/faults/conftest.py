from __future__ import annotations

import pytest
from django.utils import timezone

from apps.subscriptions import metadata
from apps.subscriptions.tests.own_line import calls_go_over
from apps.users.tests.factories import UserFactory
from stripe_sandbox.pytest_plugin import RUNNING
from tests.faults.line import FaultyLine
from tests.faults.stage import Stage


@pytest.fixture
def stage(stripe, holder, owner, settings, time_machine):
    """A holder who has bought nothing yet. Nobody waits between tries, nor for a turn."""
    settings.STRIPE_CALLS_PER_SECOND = 0
    settings.ADMINS = [("Ops", "ops@example.com")]
    time_machine.move_to(timezone.now())
    line = FaultyLine(RUNNING.app, stripe)
    staff = UserFactory(email="staff@example.com", is_staff=True, is_superuser=True)
    products = list(metadata.ACTIVE_PRODUCTS)
    with calls_go_over(line):
        yield Stage(stripe, holder, owner, staff, line, time_machine, settings)
    metadata.ACTIVE_PRODUCTS[:] = products
