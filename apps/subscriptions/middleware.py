"""Lazy `request.subscription_holder` and `request.entitlements`, and a limit on waiting for Stripe."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils.functional import SimpleLazyObject

from apps.core.billing import SubscriptionModelBase
from apps.subscriptions.entitlements import Entitlements, entitlements_for
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


def holder_of(request: HttpRequest) -> SubscriptionModelBase | None:
    """Whose subscription the page is about: the team in the path, or the person signed in."""
    if holder_model() is CustomUser:
        return request.user if request.user.is_authenticated else None
    return request.team or None


def _entitlements(request: HttpRequest) -> Entitlements | None:
    holder = holder_of(request)
    return entitlements_for(holder) if holder else None
