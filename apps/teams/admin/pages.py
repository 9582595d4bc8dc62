from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from apps.core.admin import RefusalsAsMessages
from apps.core.audit import record
from apps.teams.admin.forms import TeamAdminForm
from apps.teams.admin.people import MembershipInline, PeopleSearch
from apps.teams.models import Invitation, Team
from apps.teams.roles import Role
from apps.teams.services import take_logo_down

CURES = [
    _("End it first: “Cancel now” on the team's page. Then delete the team."),
    _("A payment page that is open closes by itself within a day."),
]


@admin.register(Team)
class TeamAdmin(PeopleSearch, RefusalsAsMessages, admin.ModelAdmin):
    form = TeamAdminForm
    actions = ["take_logos_down"]
    list_display = ["name", "slug", "created_at"]
    search_fields = ["name", "slug", "id", "stripe_customer_id"]
    autocomplete_fields = ["billing_contact"]
    readonly_fields = [
        "created_at",
        "stripe_customer_id",
        "last_synced_with_stripe",
        "billing_details_last_changed",
    ]
    fieldsets = [
        (None, {"fields": ["name", "slug", "created_at"]}),
        (
            _("Invoices"),
            {
                "fields": [
                    "billing_contact",
                    "billing_email",
                    "stripe_customer_id",
                    "last_synced_with_stripe",
                    "billing_details_last_changed",
                ]
            },
        ),
    ]
    inlines = [MembershipInline]

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        for row in formset.forms:
            row.instance.changed_by = request.user
        for row in _promoted(formset):
            row.instance.save()  # first, so that an owner may go in the same form, whichever row is above
        super().save_formset(request, form, formset, change)

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """What forbids deleting, with the cure beside it.

        What belongs to a team goes with it: logs that nobody may delete by hand are no lack of rights.
        """
        shown, counts, _missing_rights, protected = super().get_deleted_objects(objs, request)
        if protected:
            protected = [*protected, *CURES]
        return shown, counts, set(), protected

    @admin.action(description=_("Take the logo down"), permissions=["change"])
    def take_logos_down(self, request: HttpRequest, teams: QuerySet[Team]) -> None:
        count = sum(take_logo_down(team, by=request.user) for team in teams)
        text = ngettext("%(count)d logo was taken down.", "%(count)d logos were taken down.", count)
        messages.success(request, text % {"count": count})

    def delete_model(self, request: HttpRequest, obj: Team) -> None:
        before = {"name": obj.name, "slug": obj.slug, "members": obj.active_members.count()}
        record("team.deleted", actor=request.user, target=obj, before=before, holder=obj)
        super().delete_model(request, obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Team]) -> None:
        for team in queryset:
            self.delete_model(request, team)


def _promoted(formset: Any) -> list[Any]:
    """The rows of people who are in the team already and become owners now."""
    return [
        row
        for row in formset.initial_forms
        if row not in formset.deleted_forms
        and "role" in row.changed_data
        and row.cleaned_data["role"] == Role.OWNER
    ]


@admin.register(Invitation)
class InvitationAdmin(RefusalsAsMessages, admin.ModelAdmin):
    """Reading and deleting; offers are made where the rules are, on the team's members page."""

    list_display = ["email", "team", "role", "status", "created_at", "mail_sent_at"]
    search_fields = ["email", "team__name", "team__slug"]
    list_select_related = ["team"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Invitation]:
        """With what `status` asks, which would be a query a row."""
        return super().get_queryset(request).with_inviter_role()

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Invitation | None = None) -> bool:
        return False
