"""Lazy `request.subscription_holder` and `request.entitlements`, and a limit on waiting for Stripe.

`request.entitlements` are those at the beginning of the request: after a change, redirect, or ask
`entitlements_for`.
"""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils.functional import SimpleLazyObject
from django.views.defaults import permission_denied

from apps.core.billing import SubscriptionModelBase
from apps.subscriptions import api, needs
from apps.subscriptions.closed_gate import closed
from apps.subscriptions.entitlements import Entitlements, entitlements_read_with
from apps.subscriptions.errors import NotEntitled
from apps.subscriptions.gateway import time_budget
from apps.subscriptions.holders import holder_model
from apps.users.models import CustomUser

REQUEST_SECONDS = 12


class SubscriptionMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.subscription_holder = SimpleLazyObject(lambda: holder_of(request))
        request.entitlements = SimpleLazyObject(lambda: _entitlements(request))
        with time_budget(REQUEST_SECONDS):
            return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """A view whose service asked `entitlements.require` answers as its gate would have."""
        if not isinstance(error, NotEntitled):
            return None
        if getattr(request.resolver_match.func, "answers_json", False):
            return api.not_entitled(error)
        if not request.subscription_holder:
            return permission_denied(request, error)
        return closed(request, needs.from_text(error.data.get("needs", "")))


def holder_of(request: HttpRequest) -> SubscriptionModelBase | None:
    """Whose subscription the page is about: the team in the path, or the person signed in."""
    if holder_model() is CustomUser:
        return request.user if request.user.is_authenticated else None
    return request.team or None


def _entitlements(request: HttpRequest) -> Entitlements | None:
    holder = holder_of(request)
    return entitlements_read_with(holder) if holder else None
