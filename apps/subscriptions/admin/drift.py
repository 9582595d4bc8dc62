"""Where Stripe and this database differ: both sides next to each other, what cures it, and mending it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.db.models import F, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.timesince import timesince
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from apps.core.tasks import enqueue
from apps.subscriptions import gateway
from apps.subscriptions.admin.holder_columns import HOLDER_SEARCH, HolderColumn
from apps.subscriptions.admin.links import dashboard_link
from apps.subscriptions.admin.readonly import VISIBLE, ReadOnlyAdmin, preformatted
from apps.subscriptions.admin.runs import may_compare
from apps.subscriptions.models import Drift
from apps.subscriptions.services.reconcile import KINDS, can_mend, in_a_line, mend, sentence
from apps.subscriptions.tasks import mend_differences

FEW = 10
SECONDS = 12.0
HISTORY = 20
STATES: dict[str, tuple[Any, Q]] = {
    "open": (_("Open"), Q(gone_at__isnull=True)),
    "failed": (_("Open, mending failed"), Q(gone_at__isnull=True) & ~Q(error="")),
    "mended": (_("Mended"), Q(gone_at__isnull=False) & ~Q(mended_by="")),
    "gone": (_("Gone by itself"), Q(gone_at__isnull=False, mended_by="")),
}


class StateFilter(admin.SimpleListFilter):
    title = _("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(word, label) for word, (label, _condition) in STATES.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Drift]) -> QuerySet[Drift]:
        known = STATES.get(self.value() or "")
        return queryset.filter(known[1]) if known else queryset


class KindFilter(admin.SimpleListFilter):
    title = _("kind")
    parameter_name = "kind"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(kind, kind) for kind in KINDS]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Drift]) -> QuerySet[Drift]:
        return queryset.filter(kind=self.value()) if self.value() in KINDS else queryset


@admin.register(Drift)
class DriftAdmin(HolderColumn, ReadOnlyAdmin):
    note = _(
        "Where Stripe and this database differ, open ones first. Each night everything is compared; what only"
        " has to be read back is mended at once, the rest waits here for you."
    )
    change_list_template = "admin/subscriptions/drifts.html"
    change_form_template = "admin/subscriptions/drift.html"
    list_display = ["kind", "what", "of_holder", "state", "since"]
    list_filter = [StateFilter, KindFilter, "first_seen_at"]
    list_select_related = ["holder"]
    search_fields = ["subject", "customer_id", "kind", *HOLDER_SEARCH]
    ordering = [F("gone_at").desc(nulls_first=True), "-pk"]
    actions = ["mend"]
    fieldsets = [
        (None, {"fields": ["kind", "subject_at_stripe", "customer", "of_holder", "state"]}),
        (_("Times"), {"fields": ["first_seen_at", "last_seen_at", "gone_at", "mended_by"]}),
        (_("Why mending failed"), {"fields": ["failure"]}),
    ]
    readonly_fields = ["subject_at_stripe", "customer", "of_holder", "state", "failure"]

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return super().changelist_view(
            request, {"may_compare": may_compare(request), **(extra_context or {})}
        )

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        return super().render_change_form(request, {**context, **page(kwargs["obj"])}, *args, **kwargs)

    def actions_for(self, row: Drift) -> list[str]:
        return ["mend"] if row.gone_at is None and row.kind in KINDS and can_mend(row) else []

    def has_mend_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("subscriptions.change_drift")

    @admin.action(description=_("Mend, and look again"), permissions=["mend"])
    def mend(self, request: HttpRequest, queryset: QuerySet[Drift]) -> None:
        """A few here and now; many by the workers. What a person has to decide says so and stays."""
        still = queryset.filter(gone_at__isnull=True).order_by("pk")
        rows = list(still.select_related("holder")[: FEW + 1])
        if len(rows) > FEW:
            numbers = list(still.values_list("pk", flat=True))
            enqueue(mend_differences, numbers, str(request.user.pk))
            text = _("%(count)d differences are handed to the workers. The list shows what became of each.")
            messages.success(request, text % {"count": len(numbers)})
        else:
            _mend_now(request, rows)

    @admin.display(description=_("what differs"))
    def what(self, row: Drift) -> str:
        return told(row, sentence)

    @admin.display(description=_("at Stripe"))
    def subject_at_stripe(self, row: Drift) -> str:
        return dashboard_link(row.subject)

    @admin.display(description=_("customer"))
    def customer(self, row: Drift) -> str:
        return dashboard_link(row.customer_id)

    @admin.display(description=_("state"))
    def state(self, row: Drift) -> Any:
        if row.gone_at is None:
            return _("Open, mending failed") if row.error else _("Open")
        return _("Mended by %(who)s") % {"who": row.mended_by} if row.mended_by else _("Gone by itself")

    @admin.display(description=_("since"), ordering="first_seen_at")
    def since(self, row: Drift) -> str:
        return timesince(row.first_seen_at, depth=1)

    @admin.display(description=_("error"))
    def failure(self, row: Drift) -> str:
        return preformatted(row.error) if row.error else "-"


def _mend_now(request: HttpRequest, rows: list[Drift]) -> None:
    with gateway.time_budget(SECONDS):
        left = [row for row in rows if not mend(row, by=request.user)]
    for row in left:
        messages.error(request, f"{row.subject}: {row.error}".translate(VISIBLE))
    if mended := len(rows) - len(left):
        text = ngettext("%(count)d difference is gone.", "%(count)d differences are gone.", mended)
        messages.success(request, text % {"count": mended})
    if not rows:
        messages.warning(request, _("Nothing to mend: what you chose is gone already."))


def told(row: Drift, words: Callable[[Drift], str]) -> str:
    """The row in a sentence; a kind of former days, or a row of another shape, is told by its name."""
    try:
        return in_a_line(words(row))
    except (KeyError, AttributeError, TypeError):
        return in_a_line(str(row))


def page(row: Drift) -> dict[str, Any]:
    """sentence, cure, sides [(name, ours, at Stripe)], history (the same subject at other times)."""
    others = Drift.objects.filter(subject=row.subject).exclude(pk=row.pk).order_by("-pk")[:HISTORY]
    kind = KINDS.get(row.kind)
    return {
        "sentence": told(row, sentence),
        "cure": kind.cure if kind else "",
        "sides": [
            (name, _value(row.ours, name), _value(row.at_stripe, name))
            for name in sorted({*row.ours, *row.at_stripe})
        ],
        "history": [(other, told(other, sentence), DriftAdmin.state(None, other)) for other in others],  # type: ignore[arg-type]
    }


def _value(side: dict[str, Any], name: str) -> str:
    value = side.get(name)
    return "-" if value in (None, "", [], {}) else str(value).translate(VISIBLE)
