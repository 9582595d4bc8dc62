from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.contrib import admin, messages
from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from apps.core.admin import RefusalsAsMessages
from apps.core.audit import IN_THE_ADMIN, record
from apps.teams.admin.forms import TeamAdminForm
from apps.teams.admin.people import MembershipInline, PeopleSearch
from apps.teams.admin.recording import RecordsTeams
from apps.teams.models import Invitation, InvitationStatus, Membership, Team
from apps.teams.roles import Role
from apps.teams.services import take_logo_down
from apps.teams.services.deletion import delete_as_staff

CURES = [
    _("End it first: “Cancel now” on the team's page. Then delete the team."),
    _("A payment page that is open closes by itself within a day."),
]


# Beside the rows, not joined to them: what else the list joins would be counted, too.
PEOPLE = Coalesce(
    Subquery(
        Membership.all_teams.filter(team=OuterRef("pk"), user__is_active=True)
        .order_by()
        .values("team")
        .annotate(count=Count("pk"))
        .values("count")
    ),
    0,
)


@admin.register(Team)
class TeamAdmin(PeopleSearch, RefusalsAsMessages, RecordsTeams, admin.ModelAdmin):
    form = TeamAdminForm
    actions = ["take_logos_down"]
    list_display = ["name", "slug", "people", "billing_contact", "created_at"]
    list_filter = ["created_at"]
    list_select_related = ["billing_contact"]
    search_fields = ["name", "slug", "id", "stripe_customer_id", "billing_contact__email"]
    search_help_text = _("Name, address, id, Stripe's customer or who gets the invoices")
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

    def get_queryset(self, request: HttpRequest) -> QuerySet[Team]:
        return super().get_queryset(request).annotate(people_counted=PEOPLE)

    @admin.display(description=_("people"), ordering="people_counted")
    def people(self, team: Team) -> int:
        """Whose account is active: seats."""
        return int(team.people_counted)

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
        delete_as_staff(obj, by=request.user)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Team]) -> None:
        """One by one, by the road of one."""
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


class StandingFilter(admin.SimpleListFilter):
    title = _("standing")
    parameter_name = "standing"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(status.value, status.label) for status in InvitationStatus if status in STANDING]

    def queryset(self, request: HttpRequest, invitations: QuerySet[Invitation]) -> QuerySet[Invitation]:
        if self.value() not in STANDING:
            return invitations
        return invitations.filter(STANDING[InvitationStatus(self.value())](timezone.now()))


OPEN = Q(accepted_at=None, declined_at=None, revoked_at=None)
# Void ones count as pending: whether the inviter still may is no question to the database.
STANDING: dict[InvitationStatus, Callable[[datetime], Q]] = {
    InvitationStatus.PENDING: lambda now: OPEN & Q(expires_at__gt=now),
    InvitationStatus.EXPIRED: lambda now: OPEN & Q(expires_at__lte=now),
    InvitationStatus.ACCEPTED: lambda now: Q(accepted_at__isnull=False),
    InvitationStatus.DECLINED: lambda now: Q(declined_at__isnull=False),
    InvitationStatus.REVOKED: lambda now: Q(revoked_at__isnull=False),
}


@admin.register(Invitation)
class InvitationAdmin(RefusalsAsMessages, admin.ModelAdmin):
    """Reading and deleting; offers are made where the rules are, on the team's members page."""

    list_display = ["email", "team", "role", "status", "invited_by", "created_at", "mail_sent_at"]
    list_filter = [StandingFilter, "role"]
    date_hierarchy = "created_at"
    search_fields = ["email", "team__name", "team__slug", "invited_by__email"]
    search_help_text = _("Address, team or who invited")
    list_select_related = ["team", "invited_by"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Invitation]:
        """With what `status` asks, which would be a query a row."""
        return super().get_queryset(request).with_inviter_role()

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Invitation | None = None) -> bool:
        return False

    def delete_model(self, request: HttpRequest, obj: Invitation) -> None:
        record(
            "team.invitation_deleted",
            actor=request.user,
            target=obj,
            after=IN_THE_ADMIN,
            holder=obj.team,
        )
        super().delete_model(request, obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Invitation]) -> None:
        for invitation in queryset:
            self.delete_model(request, invitation)
