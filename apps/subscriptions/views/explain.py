"""For staff: everything a holder's gates would answer now, and why. Looks only."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import admin
from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from apps.subscriptions.entitlements import Entitlements, Explanation, entitlements_for
from apps.subscriptions.explanations import situation_of
from apps.subscriptions.holders import holder_label, holder_model
from apps.subscriptions.metadata import ACTIVE_PRODUCTS, Feature, Limit
from apps.subscriptions.models import Comp


@require_safe
@permission_required("subscriptions.view_subscription", raise_exception=True)
def explain(request: HttpRequest, holder_id: UUID) -> HttpResponse:
    holder = get_object_or_404(holder_model(), pk=holder_id)
    entitlements = entitlements_for(holder)
    unended = Comp.objects.filter(holder=holder, ended_at__isnull=True).select_related("by").first()
    context = {
        **admin.site.each_context(request),
        "title": _("What %(holder)s may do, and why") % {"holder": holder_label(holder)},
        "holder": holder,
        "opts": holder_model()._meta,
        "entitlements": entitlements,
        "row": entitlements.subscription,
        "situation": situation_of(entitlements),
        "comp": unended,
        "seats": holder.get_quantity(),
        "answers": list(_answers(entitlements)),
    }
    return render(request, "admin/subscriptions/explain.html", context)


def _answers(entitlements: Entitlements) -> list[tuple[str, Explanation]]:
    """(what a gate asks for, its answer) for the bare gate and for every feature, limit and plan."""
    asked: list[tuple[str, Any]] = [(_("Any subscription"), None)]
    asked += [(f"{feature.label} ({feature.value})", feature) for feature in Feature]
    asked += [(f"{limit.label} ({limit.value})", limit) for limit in Limit]
    asked += [(_("Only %(plan)s") % {"plan": plan.name}, plan.slug) for plan in ACTIVE_PRODUCTS]
    return [(words, entitlements.explain(need)) for words, need in asked]
