"""What the team is called, where it lives and what it looks like."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from apps.teams.forms.team import AddressForm, LogoForm, TeamForm
from apps.teams.roles import Permission


def context(request: HttpRequest) -> dict[str, Any]:
    team, mine = request.team, request.membership
    return {
        "rename_form": TeamForm(initial={"name": team.name}),
        "address_form": AddressForm(initial={"slug": team.slug}, team=team),
        "logo_form": LogoForm(),
        "can_rename": mine.allows(Permission.MANAGE_SETTINGS),
    }
