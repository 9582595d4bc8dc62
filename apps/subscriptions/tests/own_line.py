"""Stories that are told a thousand times call Stripe over a line of their own, without the pauses."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

import stripe as stripe_python

from apps.subscriptions.gateway import BudgetedClient
from stripe_sandbox.pytest_plugin import RUNNING
from stripe_sandbox.transport import InProcess, in_process_session


class HurriedClient(BudgetedClient):
    """Tries as often as the product's, without the pause: a thousand stories would wait for an hour."""

    def _sleep_time_seconds(self, num_retries: int) -> float:
        return 0.0


@contextmanager
def calls_go_over(line: InProcess) -> Iterator[None]:
    """Until the block ends, and nobody writes a log meanwhile: of a thousand stories nobody reads it."""
    session = in_process_session(RUNNING.app, RUNNING.url)
    session.mount(RUNNING.url, line)
    ordinary, stripe_python.default_http_client = (
        stripe_python.default_http_client,
        HurriedClient(session=session),
    )
    logging.disable(logging.CRITICAL)
    try:
        yield
    finally:
        logging.disable(logging.NOTSET)
        stripe_python.default_http_client = ordinary
