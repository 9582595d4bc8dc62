"""How gates answer programs: `{"error": {"code", "message", "data"}}`."""

from __future__ import annotations

from typing import Any

from django.http import JsonResponse
from django.utils.translation import gettext as _

from apps.subscriptions.errors import NotEntitled


def not_signed_in() -> JsonResponse:
    return _error(401, "not_signed_in", _("Sign in first."))


def not_found() -> JsonResponse:
    """Also for a team one is not in: whether it exists is none of a stranger's business."""
    return _error(404, "not_found", _("There is no such address."))


def not_entitled(refusal: NotEntitled) -> JsonResponse:
    """`data` as `Entitlements.explain` gives it."""
    return _error(403, _code(refusal.data), refusal.text, refusal.data)


def _code(data: dict[str, Any]) -> str:
    """Which kind of gate is closed, in a word that never changes."""
    for key, code in {
        "feature": "feature_required",
        "limit": "limit_reached",
        "plans": "plan_required",
    }.items():
        if key in data:
            return code
    return "subscription_required"


def _error(status: int, code: str, message: str, data: dict[str, Any] | None = None) -> JsonResponse:
    return JsonResponse({"error": {"code": code, "message": message, "data": data or {}}}, status=status)
