"""The people on a team's page in the admin: at most so many as a page and a form can carry, and a search."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Case, Value, When
from django.forms import BaseInlineFormSet
from django.http import HttpRequest

from apps.teams.directory import LONGEST_SEARCH, matching
from apps.teams.models import Membership, Team
from apps.teams.roles import Role

# Each row is four fields of a form and a query; Django reads 1,000 fields at most.
MOST = 50


class PeopleFormSet(BaseInlineFormSet):
    """Shows the first `MOST` who match `text`, owners first; takes whatever rows of the team are sent."""

    text = ""

    def get_queryset(self) -> list[Membership]:
        if not hasattr(self, "_rows"):
            self._rows = self._sent() if self.is_bound else self._shown()
        return self._rows

    def _shown(self) -> list[Membership]:
        owners_first = Case(When(role=Role.OWNER, then=Value(0)), default=Value(1))
        found = matching(self.queryset.select_related("user", "team"), self.text)
        return list(found.order_by(owners_first, "created_at", "pk")[:MOST])

    def _sent(self) -> list[Membership]:
        """In the order of the form's rows, which the admin pairs with them."""
        rows = {str(row.pk): row for row in self.queryset.select_related("user", "team")}
        ids = (self.data.get(f"{self.add_prefix(n)}-id", "") for n in range(self.initial_form_count()))
        return [rows[found] for found in ids if found in rows]


def asked(request: HttpRequest) -> str:
    return request.GET.get("people", "").replace("\x00", "").strip()[:LONGEST_SEARCH]


class MembershipInline(admin.TabularInline):
    model = Membership
    formset = PeopleFormSet
    extra = 0
    autocomplete_fields = ["user"]
    readonly_fields = ["created_at"]

    def get_formset(self, request: HttpRequest, obj: Team | None = None, **kwargs: Any) -> Any:
        formset = super().get_formset(request, obj, **kwargs)
        formset.text = asked(request)
        return formset


class PeopleSearch:
    """Mixin for the team's ModelAdmin: a search above the form where a team has more people than it shows."""

    change_form_template = "admin/teams/team.html"

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> Any:
        team: Team | None = kwargs.get("obj")
        if team is not None:
            count = team.memberships.count()
            context = {**context, "people_count": count, "people_most": MOST, "people_text": asked(request)}
        return super().render_change_form(request, context, *args, **kwargs)  # type: ignore[misc]
