"""One line in the log for each call to Stripe, with the id by which Stripe's own log knows it.

https://docs.stripe.com/api/request_ids
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

logger = logging.getLogger(__name__)

TOO_MANY = 429


class Call:
    status: int | None = None  # None: no answer came
    request_id = ""

    def answered(self, *, status: int, headers: Any) -> None:
        self.status = status
        self.request_id = (headers or {}).get("Request-Id", "")

    @property
    def level(self) -> int:
        """A declined card is an answer like another; silence is not, nor what Stripe says on a bad day."""
        away = self.status is None or self.status >= 500 or self.status == TOO_MANY
        return logging.WARNING if away else logging.INFO


@contextmanager
def logged(method: str, url: str) -> Iterator[Call]:
    """Neither parameters nor bodies: they hold addresses, and what a customer pays with."""
    call, began = Call(), time.perf_counter()
    try:
        yield call
    finally:
        ms = round((time.perf_counter() - began) * 1000)
        _log(call, method.upper(), urlsplit(url).path, ms)


def _log(call: Call, method: str, path: str, ms: int) -> None:
    facts = {
        "method": method,
        "path": path,
        "status": call.status,
        "ms": ms,
        "stripe_request_id": call.request_id or None,
    }
    outcome = call.status or "no answer"
    logger.log(call.level, "Stripe: %s %s %s %s ms", method, path, outcome, ms, extra=facts)
