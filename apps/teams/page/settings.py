"""What the team is called, where it lives and what it looks like; and how one gets out of it."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from apps.teams.forms import TeamForm
from apps.teams.models import Membership
from apps.teams.roles import Permission
from apps.teams.settings_forms import AddressForm, LogoForm


def context(request: HttpRequest) -> dict[str, Any]:
    team, mine = request.team, request.membership
    return {
        "rename_form": TeamForm(initial={"name": team.name}),
        "address_form": AddressForm(initial={"slug": team.slug}, team=team),
        "logo_form": LogoForm(),
        "can_rename": mine.allows(Permission.MANAGE_SETTINGS),
        "can_leave": not _is_only_owner(mine),
    }


def _is_only_owner(mine: Membership) -> bool:
    """Whether the team would be without an active owner if this one went."""
    owners = mine.team.memberships.owners().values_list("pk", flat=True)
    return list(owners[:2]) == [mine.pk]
