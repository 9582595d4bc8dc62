from __future__ import annotations

import logging

import pytest
import stripe as stripe_python
from django.utils import timezone

from apps.subscriptions import metadata
from apps.subscriptions.tests.test_seat_machine import HurriedClient
from apps.users.tests.factories import UserFactory
from stripe_sandbox.pytest_plugin import RUNNING
from stripe_sandbox.transport import in_process_session
from tests.faults.line import FaultyLine
from tests.faults.stage import Stage


@pytest.fixture
def stage(stripe, holder, owner, settings, time_machine):
    """A holder who has bought nothing yet. Nobody waits between tries, nor for a turn."""
    settings.STRIPE_CALLS_PER_SECOND = 0
    settings.ADMINS = [("Ops", "ops@example.com")]
    time_machine.move_to(timezone.now())
    line = FaultyLine(RUNNING.app, stripe)
    session = in_process_session(RUNNING.app, RUNNING.url)
    session.mount(RUNNING.url, line)
    ordinary, stripe_python.default_http_client = (
        stripe_python.default_http_client,
        HurriedClient(session=session),
    )
    staff = UserFactory(email="staff@example.com", is_staff=True, is_superuser=True)
    logging.disable(logging.CRITICAL)  # of a thousand bad days nobody reads the log
    products = list(metadata.ACTIVE_PRODUCTS)
    yield Stage(stripe, holder, owner, staff, line, time_machine, settings)
    metadata.ACTIVE_PRODUCTS[:] = products
    logging.disable(logging.NOTSET)
    stripe_python.default_http_client = ordinary
