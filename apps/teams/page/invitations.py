"""Whom the team has asked, and the form to ask more."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from apps.teams.forms import InviteForm
from apps.teams.roles import Role
from apps.teams.selectors import open_invitations_of


def context(request: HttpRequest) -> dict[str, Any]:
    return {
        "invitations": open_invitations_of(request.team),
        "invite_form": InviteForm(roles=Role(request.membership.role).grantable),
    }
