"""`request.subscription_holder` and `request.entitlements`, and a limit on waiting for Stripe.

`request.entitlements` are those at the beginning of the request: after a change, redirect, or ask
`entitlements_for`. Stripe's own requests, which come by the thousand, take a short road.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.exceptions import MiddlewareNotUsed
from django.http import HttpRequest, HttpResponse
from django.urls import NoReverseMatch, reverse
from django.utils import translation
from django.utils.functional import SimpleLazyObject
from django.views.defaults import permission_denied

from apps.core.billing import SubscriptionModelBase
from apps.core.encodings import EncodingMiddleware
from apps.core.uploads import UploadLimitMiddleware
from apps.subscriptions import api, needs
from apps.subscriptions.closed_gate import closed
from apps.subscriptions.entitlements import Entitlements, entitlements_read_with
from apps.subscriptions.errors import NotEntitled
from apps.subscriptions.gateway import time_budget
from apps.subscriptions.holders import holder_model
from apps.subscriptions.webhooks import stripe_webhook
from apps.users.models import CustomUser

REQUEST_SECONDS = 12


class WebhookMiddleware:
    """Answers Stripe without what only people need: session, language, team, messages, a compressed page.

    About a quarter of an answer went there. What protects the server stays: whose Host, how large, in
    which encoding. Whoever opens the address in a browser takes the long road.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response
        try:
            self.path = reverse("stripe_webhook")
        except NoReverseMatch as error:
            raise MiddlewareNotUsed from error
        self.answer = EncodingMiddleware(UploadLimitMiddleware(stripe_webhook))

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path_info != self.path or request.method != "POST":
            return self.get_response(request)
        request.get_host()  # raises for one that is not ours
        # This thread may have answered somebody in another language. Without a broker mails are worded here.
        with translation.override(settings.LANGUAGE_CODE), time_budget(REQUEST_SECONDS):
            return self.answer(request)


class SubscriptionMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.subscription_holder = SimpleLazyObject(lambda: holder_of(request))
        request.entitlements = SimpleLazyObject(lambda: _entitlements(request))
        with time_budget(REQUEST_SECONDS):
            return self.get_response(request)

    def process_view(self, request: HttpRequest, *_view: Any) -> None:
        """Nothing need wait until it is asked when its rows were read with the person or their team."""
        holder = request.subscription_holder = holder_of(request)
        if holder is None or holder.read_with_holder is not None:
            request.entitlements = _entitlements(request)

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
