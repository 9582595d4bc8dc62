from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from apps.core.errors import Refused
from apps.core.htmx import wants_fragment
from apps.teams.errors import NotAllowed
from apps.teams.page import invitations, people, settings
from apps.teams.seats import seats_of

SECTIONS = (people, invitations, settings)


def team_page(request: HttpRequest, status: int = 200, **forms: Any) -> HttpResponse:
    """The page, or its `members` part for htmx; `forms` replaces fresh forms by those with errors."""
    template = "teams/members.html"
    if wants_fragment(request) and request.htmx.target == "members":
        template += "#members"
    context = {"team": request.team, "membership": request.membership, "seats": seats_of(request.team)}
    for section in SECTIONS:
        context |= section.context(request)
    return render(request, template, {**context, **forms}, status=status)


def refused(request: HttpRequest, refusal: Refused) -> HttpResponse:
    """A rule's sentence on the page; what the role never allows stays 403."""
    if isinstance(refusal, NotAllowed):
        raise refusal
    messages.error(request, refusal.text)
    return redirect("team:members", request.team.slug)
