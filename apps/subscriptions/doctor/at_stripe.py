"""What Stripe has, each list read once for all checks."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import TypeVar

from apps.subscriptions import stripe_api
from apps.subscriptions.errors import StripeRefused, StripeUnavailable
from apps.subscriptions.gateway import Json
from apps.subscriptions.services.portal import our_configuration

T = TypeVar("T")


class StripeAway(Exception):
    """Stripe did not answer, or does not take the key: asking for more would only take time."""


class AtStripe:
    def __init__(self) -> None:
        self.away = ""

    @cached_property
    def account(self) -> Json:
        try:
            return self._ask(stripe_api.accounts.retrieve_current)
        except StripeRefused as error:
            self.away = f"Stripe does not take the key ({error.in_a_line})"
            raise StripeAway(self.away) from error

    @cached_property
    def products(self) -> list[Json]:
        """Archived ones too."""
        return self._ask(lambda: list(stripe_api.products.list_all()))

    @cached_property
    def prices(self) -> list[Json]:
        """Recurring ones, archived too."""
        return self._ask(lambda: list(stripe_api.prices.list_all()))

    @cached_property
    def endpoints(self) -> list[Json]:
        return self._ask(stripe_api.webhook_endpoints.list_all)

    @cached_property
    def portal_configuration(self) -> Json | None:
        return self._ask(our_configuration)

    def _ask(self, question: Callable[[], T]) -> T:
        if self.away:
            raise StripeAway(self.away)
        try:
            return question()
        except StripeUnavailable as error:
            self.away = f"Stripe does not answer ({error.in_a_line})"
            raise StripeAway(self.away) from error
