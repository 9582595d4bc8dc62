from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from apps.core.errors import Refused
from apps.core.htmx import wants_fragment
from apps.core.redirects import next_url
from apps.teams.directory import Wanted
from apps.teams.errors import NotAllowed
from apps.teams.forms.inviting import InviteForm
from apps.teams.page import invitations, leaving, people
from apps.teams.page.counts import Counts
from apps.teams.seats import seats_of

SECTIONS = (people, invitations, leaving)


def team_page(request: HttpRequest, status: int = 200, invite_form: InviteForm | None = None) -> HttpResponse:
    """The page, or its `members` part for htmx; `invite_form`: one with errors in place of an empty one."""
    is_part = wants_fragment(request) and request.htmx.target == "members"
    template = "teams/members.html" + ("#members" if is_part else "")
    counts = Counts(request.membership, Wanted.from_query(request.GET))
    seats = seats_of(request.team, pending=counts.pending)
    context = {"team": request.team, "membership": request.membership, "seats": seats, "is_part": is_part}
    for section in SECTIONS:
        context |= section.context(request, counts)
    if invite_form is not None:
        context |= {"invite_form": invite_form, "invite_box": invite_form.box}
    return render(request, template, context, status=status)


def refused(request: HttpRequest, refusal: Refused) -> HttpResponse:
    """A rule's sentence on the page; what the role never allows stays 403."""
    if isinstance(refusal, NotAllowed):
        raise refusal
    messages.error(request, refusal.text)
    return back(request)


def back(request: HttpRequest) -> HttpResponse:
    """To the page of members as it was: same search, same page of it."""
    return redirect(next_url(request, reverse("team:members", args=[request.team.slug])))
