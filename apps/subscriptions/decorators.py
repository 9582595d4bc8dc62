"""Gates. Read from the outside in: signed in, in the team, allowed by role, allowed by plan.

All of them work on plain and on async views, and may stand above one another.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from functools import wraps
from typing import Any

from asgiref.sync import iscoroutinefunction, sync_to_async
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse

from apps.core.billing import SubscriptionModelBase
from apps.subscriptions import api
from apps.subscriptions.closed_gate import closed, page_behind
from apps.subscriptions.entitlements import Entitlements
from apps.subscriptions.errors import NotEntitled
from apps.subscriptions.holders import holder_model
from apps.subscriptions.metadata import Feature, Limit
from apps.subscriptions.needs import Need, need_of
from apps.teams.decorators import team_member_required
from apps.teams.roles import Permission
from apps.users.models import CustomUser

View = Callable[..., Any]
Decorator = Callable[[View], View]
Guard = Callable[[HttpRequest], HttpResponse | None]
"""Answers in the place of the view, or lets the request pass (None)."""
Count = Callable[[SubscriptionModelBase], int]


def holder_required(view: View) -> View:
    """Only people who belong to the holder in the path: signed in, and in the team if there is one."""
    return _behind(_outsider, view)


def may_manage_billing(request: HttpRequest) -> bool:
    """Owners, admins and billing people of a team; for a user holder, the person themselves."""
    if holder_model() is CustomUser:
        return request.user.is_authenticated
    return bool(request.membership) and request.membership.allows(Permission.MANAGE_BILLING)


def billing_permission_required(view: View) -> View:
    """403 for members who may look but not buy."""

    def guard(request: HttpRequest) -> HttpResponse | None:
        answer = _outsider(request)
        if answer is None and not may_manage_billing(request):
            raise PermissionDenied
        return answer

    return _behind(guard, view)


def active_subscription_required(
    view: View | None = None, *, limit_to_plans: Collection[str] | None = None
) -> Any:
    """Open while the holder has a subscription that grants access, to one of `limit_to_plans` if given.

    The view gets `subscription_holder`. A typo in a slug raises UnknownPlan where the view is defined.
    """
    decorate = _gate(need_of(limit_to_plans))
    return decorate if view is None else decorate(view)


def feature_required(feature: Feature) -> Decorator:
    """Open while the holder's plan allows the feature. The view gets `subscription_holder`."""
    return _gate(Feature(feature))


def limit_required(limit: Limit, *, count: Count) -> Decorator:
    """Open while the holder's plan takes one more than `count(holder)`. The view gets `subscription_holder`.

    Two requests may pass together: where the row is made, ask `entitlements.require(limit, count=...)` once
    more, under the holder's lock.
    """
    return _gate(Limit(limit), count)


def api_subscription_required(
    view: View | None = None, *, limit_to_plans: Collection[str] | None = None
) -> Any:
    """`active_subscription_required` for programs: 401, 404 or 403 as JSON, instead of a way to a page."""
    decorate = _api_gate(need_of(limit_to_plans))
    return decorate if view is None else decorate(view)


def api_feature_required(feature: Feature) -> Decorator:
    """`feature_required` for programs."""
    return _api_gate(Feature(feature))


def api_limit_required(limit: Limit, *, count: Count) -> Decorator:
    """`limit_required` for programs."""
    return _api_gate(Limit(limit), count)


def _gate(need: Need, count: Count | None = None) -> Decorator:
    def guard(request: HttpRequest) -> HttpResponse | None:
        answer = _outsider(request)
        if answer is None and not _ask(Entitlements.meets, request, need, count):
            return closed(request, need)
        return answer

    return lambda view: _behind(guard, view, gives_holder=True)


def _api_gate(need: Need, count: Count | None = None) -> Decorator:
    def guard(request: HttpRequest) -> HttpResponse | None:
        if not request.user.is_authenticated:
            return api.not_signed_in()
        if not request.subscription_holder:
            return api.not_found()
        try:
            return _ask(Entitlements.require, request, need, count)
        except NotEntitled as refusal:
            return api.not_entitled(refusal)

    def decorate(view: View) -> View:
        wrapper: Any = _behind(guard, view, gives_holder=True)
        wrapper.answers_json = True  # for a NotEntitled out of the view itself: see the middleware
        return wrapper

    return decorate


def _outsider(request: HttpRequest) -> HttpResponse | None:
    """Sign in first; a team one is not in answers 404."""
    if holder_model() is not CustomUser:
        return team_member_required(_passed)(request)
    return None if request.user.is_authenticated else redirect_to_login(page_behind(request))


def _passed(request: HttpRequest) -> None:
    return None


def _ask(question: Callable[..., Any], request: HttpRequest, need: Need, count: Count | None) -> Any:
    """`count` is called only where the number matters: it may cost a query."""
    entitlements = request.entitlements
    matters = count and isinstance(need, Limit) and entitlements.limit(need)
    return question(
        entitlements, need, count=count(request.subscription_holder) if count and matters else None
    )


def _behind(guard: Guard, view: View, *, gives_holder: bool = False) -> View:
    def arguments(request: HttpRequest, kwargs: dict[str, Any]) -> dict[str, Any]:
        return {**kwargs, "subscription_holder": request.subscription_holder} if gives_holder else kwargs

    @wraps(view)
    def wrapper(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        answer = guard(request)
        return view(request, *args, **arguments(request, kwargs)) if answer is None else answer

    @wraps(view)
    async def async_wrapper(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        answer = await sync_to_async(guard)(request)
        return await view(request, *args, **arguments(request, kwargs)) if answer is None else answer

    chosen: Any = async_wrapper if iscoroutinefunction(view) else wrapper
    # Read by core/tests/test_architecture.py. With users as holders nobody looked at the team in the path.
    chosen.checks_team = holder_model() is not CustomUser or getattr(view, "checks_team", False)
    return chosen
