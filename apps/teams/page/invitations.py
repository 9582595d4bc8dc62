"""Whom the team has asked, and the form to ask more."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.core.paginator import Page
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _

from apps.teams.forms.inviting import empty_box
from apps.teams.models import Invitation, InvitationStatus
from apps.teams.page.counts import CountedPaginator, Counts
from apps.teams.roles import Role
from apps.teams.selectors import shown_invitations_of

PAGE_SIZE = 25


def context(request: HttpRequest, counts: Counts) -> dict[str, Any]:
    shown = counts.shown_invitations
    return {
        "invitations": SimpleLazyObject(lambda: _page(request, shown)) if shown else (),
        "invite_box": empty_box(*Role(request.membership.role).grantable),
    }


def _page(request: HttpRequest, count: int) -> Page:
    shown = shown_invitations_of(request.team) if count else []
    rows = CountedPaginator(shown, PAGE_SIZE, count=count)
    page = rows.get_page(request.GET.get("invitations"))
    page.object_list = _marked(page.object_list, Role(request.membership.role).grantable)
    return page


def _marked(rows: Iterable[Invitation], grantable: tuple[Role, ...]) -> list[Invitation]:
    """Each row with `can_change` (whether the viewer may send or withdraw it) and `why_void`."""
    marked = list(rows)
    for row in marked:
        row.can_change = row.role in grantable and row.status != InvitationStatus.DECLINED
        row.why_void = _why_void(row) if row.status == InvitationStatus.VOID else ""
        row.mail_waits = row.status == InvitationStatus.PENDING and row.mail_sent_at is None
    return marked


def _why_void(offer: Invitation) -> str:
    """What the viewer cannot see: they themselves may well invite."""
    if offer.invited_by is None:
        return _("The account of the person who sent it is gone.")
    who = {"who": offer.invited_by}
    if offer.inviter_role is None:
        return _("%(who)s, who sent it, is no longer in the team.") % who
    return _("%(who)s, who sent it, may no longer invite as %(role)s.") % {
        **who,
        "role": offer.get_role_display(),
    }
