"""Mails to those whose place in a team somebody else has changed: their words, and posting them.

`telling.py` says who hears what.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.core.mail import EmailMultiAlternatives
from django.urls import reverse

from apps.core.addresses import absolute_url
from apps.core.emails import render_mail
from apps.core.outbox.posting import post
from apps.teams.roles import Role
from apps.users.languages import language_of, speaking_to
from apps.users.models import CustomUser


def tell(news: str, user_ids: Iterable[UUID], **facts: str) -> None:
    """Each in their language, worded once for all who read it. Accounts that are switched off get no mail."""
    readers = defaultdict(list)
    for user in CustomUser.objects.filter(pk__in=list(user_ids), is_active=True).order_by("pk"):
        readers[language_of(user)].append(user)
    for people in readers.values():
        post(mail_for(news, people, facts), kind=f"teams/{news}")


def mail_for(news: str, people: list[CustomUser], facts: dict[str, str]) -> EmailMultiAlternatives:
    """To people of one language. `facts` are team, by, and as the template needs slug, role, heir."""
    context: dict[str, Any] = {**facts, "action_url": _action_url(facts)}
    with speaking_to(*people):
        if "role" in facts:
            context["role"] = Role(facts["role"]).label
        return render_mail(f"emails/teams/{news}.txt", context, to=[user.email for user in people])


def _action_url(facts: dict[str, str]) -> str:
    """Where to look: the team's members, or the teams one still has."""
    slug = facts.get("slug")
    return absolute_url(reverse("team:members", args=[slug]) if slug else reverse("teams:list"))
