"""The product's addresses, and what is measured beside them."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import include, path

from apps.subscriptions.decorators import active_subscription_required, feature_required, holder_required
from apps.subscriptions.metadata import Feature
from apps.subscriptions.urls import HOLDER_PREFIX
from apps.subscriptions.views.tab import tab
from config.urls import urlpatterns as product

WEBHOOK_ID = "11111111-1111-4111-8111-111111111111"


def empty(request: HttpRequest, **kwargs: Any) -> HttpResponse:
    return HttpResponse("x")


def whole(request: HttpRequest, team_slug: str | None = None, **given: Any) -> Any:
    return tab(request, team_slug)


pages = {
    "open": holder_required(empty),
    "subscribers": active_subscription_required(empty),
    "pro": active_subscription_required(empty, limit_to_plans=["pro"]),
    "feature": feature_required(Feature.AUDIT_LOG)(empty),
    "whole": holder_required(whole),
    "whole_feature": feature_required(Feature.AUDIT_LOG)(whole),
}
urlpatterns = [
    path("bench/", empty),
    *(path(f"{HOLDER_PREFIX}bench/{name}/", view, name=f"bench_{name}") for name, view in pages.items()),
    path("bench/djstripe/", include("djstripe.urls")),
    *product,
]
