"""The audit log for staff: read, narrowed and taken home, never changed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest, StreamingHttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.core.audit import record
from apps.core.models import AuditEntry, label_text
from apps.core.spreadsheets import AT_A_TIME, as_csv, csv_answer

COLUMNS = (
    "at",
    "actor",
    "impersonator",
    "action",
    "target_type",
    "target_id",
    "target",
    "holder_id",
    "before",
    "after",
    "network",
)
IMPERSONATED = Q(impersonator__isnull=False) | ~Q(impersonator_label="")


class _Filter(admin.SimpleListFilter):
    """A word that is none of its own shows everything."""

    def conditions(self) -> dict[str, tuple[str | Promise, Q]]:
        raise NotImplementedError

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(word, label) for word, (label, _condition) in self.conditions().items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[AuditEntry]) -> QuerySet[AuditEntry]:
        known = self.conditions().get(self.value() or "")
        return queryset.filter(known[1]) if known else queryset


class KindFilter(_Filter):
    title = gettext_lazy("what it is about")
    parameter_name = "kind"

    def conditions(self) -> dict[str, tuple[str | Promise, Q]]:
        money = Q(action__startswith="subscription.") | Q(action__startswith="comp.")
        accounts, teams = Q(action__startswith="user."), Q(action__startswith="team.")
        rights = Q(action="user.rights_changed") | Q(action__startswith="group.")
        return {
            "accounts": (gettext_lazy("Accounts"), accounts),
            "teams": (gettext_lazy("Teams"), teams),
            "billing": (gettext_lazy("Billing"), money),
            "rights": (gettext_lazy("Rights of staff"), rights),
            "failed": (gettext_lazy("Sign-ins that failed"), Q(action="user.sign_in_failed")),
            "other": (gettext_lazy("All else"), ~(accounts | teams | money)),
        }


class WhoFilter(_Filter):
    title = gettext_lazy("who did it")
    parameter_name = "by"

    def conditions(self) -> dict[str, tuple[str | Promise, Q]]:
        return {
            "impersonated": (gettext_lazy("Somebody of the staff, in a person's account"), IMPERSONATED),
            "staff": (gettext_lazy("Staff of today"), Q(actor__is_staff=True)),
            "people": (gettext_lazy("People"), ~Q(actor_label="") & ~IMPERSONATED),
            "product": (gettext_lazy("The product by itself"), Q(actor_label="")),
        }


@admin.register(AuditEntry)
class AuditEntryAdmin(admin.ModelAdmin):
    """For reading only: a log that can be edited proves nothing."""

    list_display = ["at", "who", "action", "what", "differs", "ip_prefix"]
    list_filter = [KindFilter, WhoFilter]
    search_fields = ["actor_label", "impersonator_label", "target_label", "=target_id", "action"]
    search_help_text = gettext_lazy("An address, a name, an action such as team.renamed, or an id.")
    date_hierarchy = "at"
    list_select_related = ["actor"]
    list_per_page = 50
    show_full_result_count = False
    actions = ["download"]
    fields = ["at", "who", "action", "what", "of_holder", "changes", "ip_prefix"]
    readonly_fields = fields

    @admin.display(description=gettext_lazy("who"), ordering="actor_label")
    def who(self, entry: AuditEntry) -> SafeString:
        """Their entries are a click away; who stood behind them stands in front."""
        if not entry.actor_label:
            return format_html("{}", _("The product"))
        name = label_text(entry.actor_label)
        shown = (
            format_html("{}", name) if entry.actor_id is None else self._all_of("actor", entry.actor_id, name)
        )
        if not entry.was_impersonated:
            return shown
        behind = label_text(entry.impersonator_label) or _("somebody of the staff")
        return format_html(_("{staff} in the account of {person}"), staff=behind, person=shown)

    @admin.display(description=gettext_lazy("to what"), ordering="target_label")
    def what(self, entry: AuditEntry) -> SafeString:
        name = label_text(entry.target_label) or entry.target_type
        return (
            self._all_of("target_id", entry.target_id, name) if entry.target_id else format_html("{}", name)
        )

    @admin.display(description=gettext_lazy("in the log of"))
    def of_holder(self, entry: AuditEntry) -> SafeString:
        return self._all_of("holder_id", entry.holder_id, entry.holder_id or "")

    @admin.display(description=gettext_lazy("change"))
    def differs(self, entry: AuditEntry) -> str:
        """Of what was something else before; the rest stands on the entry's page."""
        if entry.before is None:
            return ""
        told = "; ".join(f"{name}: {before} → {after}" for name, before, after in _differences(entry))
        return told if len(told) <= 80 else f"{told[:79]}…"

    @admin.display(description=gettext_lazy("before and after"))
    def changes(self, entry: AuditEntry) -> SafeString | str:
        rows = format_html_join(
            "", '<tr><th scope="row">{}</th><td>{}</td><td>{}</td></tr>', _differences(entry)
        )
        if not rows:
            return ""
        head = format_html(
            '<thead><tr><th scope="col">{}</th><th scope="col">{}</th><th scope="col">{}</th></tr></thead>',
            _("What"),
            _("Before"),
            _("After"),
        )
        return format_html('<table class="billing-table">{}<tbody>{}</tbody></table>', head, rows)

    @admin.action(description=gettext_lazy("Download as CSV"), permissions=["view"])
    def download(self, request: HttpRequest, queryset: QuerySet[AuditEntry]) -> StreamingHttpResponse:
        """That somebody took them home is an entry of its own."""
        chosen = queryset.select_related(None).order_by("-at", "-pk")
        count = {"entries": chosen.count()}
        noted = record("audit.exported", actor=request.user, after=count)  # type: ignore[arg-type]
        entries = chosen.filter(pk__lt=noted.pk)
        name = f"audit-{timezone.localdate().isoformat()}"
        return csv_answer(name, as_csv(COLUMNS, map(_row, entries.iterator(AT_A_TIME))))

    def _all_of(self, field: str, value: Any, words: Any) -> SafeString:
        """A link to all entries of the same; just words where the row is gone."""
        if not value:
            return format_html("{}", words)
        url = reverse("admin:core_auditentry_changelist")
        return format_html('<a href="{}?{}={}">{}</a>', url, field, value, words)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: AuditEntry | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: AuditEntry | None = None) -> bool:
        return False


def _differences(entry: AuditEntry) -> Iterator[tuple[str, str, str]]:
    """(field, before, after) of what moved, as it is stored; what has no fields is one."""
    before, after = _fields(entry.before), _fields(entry.after)
    for name in dict.fromkeys((*before, *after)):
        was, is_now = _said(before.get(name)), _said(after.get(name))
        if was != is_now:
            yield name, was, is_now


def _fields(stored: Any) -> dict[str, Any]:
    if isinstance(stored, dict):
        return stored
    return {} if stored is None else {"": stored}


def _said(value: Any) -> str:
    if value is None or value == "":
        return "–"
    return label_text(value) if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _row(entry: AuditEntry) -> tuple[Any, ...]:
    return (
        entry.at,
        label_text(entry.actor_label),
        label_text(entry.impersonator_label),
        entry.action,
        entry.target_type,
        entry.target_id,
        label_text(entry.target_label),
        entry.holder_id or "",
        "" if entry.before is None else json.dumps(entry.before, ensure_ascii=False),
        "" if entry.after is None else json.dumps(entry.after, ensure_ascii=False),
        entry.ip_prefix,
    )
