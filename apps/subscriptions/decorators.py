"""Gates. Read from the outside in: signed in, in the team, allowed by role, allowed by plan."""

from __future__ import annotations

from collections.abc import Callable, Collection
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import urlencode
from django_htmx.http import HttpResponseClientRedirect

from apps.core.htmx import visible_path
from apps.subscriptions.holders import billing_url, holder_model
from apps.subscriptions.metadata import Feature, plan_for_slug
from apps.teams.decorators import team_member_required
from apps.teams.roles import Permission
from apps.users.models import CustomUser

View = Callable[..., HttpResponse]
Check = Callable[[HttpRequest], bool]


def holder_required(view: View) -> View:
    """Only people who belong to the holder in the path: signed in, and in the team if there is one."""
    return login_required(view) if holder_model() is CustomUser else team_member_required(view)


def may_manage_billing(request: HttpRequest) -> bool:
    """Owners, admins and billing people of a team; for a user holder, the person themselves."""
    if holder_model() is CustomUser:
        return request.user.is_authenticated
    return bool(request.membership) and request.membership.allows(Permission.MANAGE_BILLING)


def billing_permission_required(view: View) -> View:
    """403 for members who may look but not buy."""

    @wraps(view)
    def wrapper(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not may_manage_billing(request):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return holder_required(wrapper)


def active_subscription_required(
    view: View | None = None, *, limit_to_plans: Collection[str] | None = None
) -> Any:
    """Open while the holder has a subscription that grants access, to one of `limit_to_plans` if given.

    The view gets `subscription_holder`. A typo in a slug raises UnknownPlan where the view is defined.
    """
    for slug in limit_to_plans or ():
        plan_for_slug(slug)

    def is_open(request: HttpRequest) -> bool:
        if limit_to_plans is None:
            return request.entitlements.has_subscription
        return request.entitlements.on_plan(limit_to_plans)

    return _gate(is_open) if view is None else _gate(is_open)(view)


def feature_required(feature: Feature) -> Callable[[View], View]:
    """Open while the holder's plan allows the feature. The view gets `subscription_holder`."""
    return _gate(lambda request: request.entitlements.allows(feature))


def _gate(is_open: Check) -> Callable[[View], View]:
    def decorate(view: View) -> View:
        @wraps(view)
        def wrapper(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not is_open(request):
                return closed(request)
            return view(request, *args, subscription_holder=request.subscription_holder, **kwargs)

        return holder_required(wrapper)

    return decorate


def closed(request: HttpRequest) -> HttpResponse:
    """To the Subscription tab, which says what is missing and who can buy it, and leads back afterwards."""
    tab = billing_url("tab", request.subscription_holder)
    path = f"{tab}?{urlencode({'next': visible_path(request)})}"
    return HttpResponseClientRedirect(path) if request.htmx else redirect(path)
