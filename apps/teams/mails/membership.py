"""Mails to those whose place in a team somebody else has changed: their words, and posting them.

`telling.py` promises them.
"""

from __future__ import annotations

from typing import Any

from django.core.mail import EmailMultiAlternatives
from django.urls import reverse

from apps.core.addresses import absolute_url
from apps.core.emails import render_mail
from apps.core.outbox.posting import post
from apps.teams.roles import Role
from apps.users.languages import speaking_to
from apps.users.models import CustomUser


def send(news: str, user_id: str, facts: dict[str, str]) -> None:
    """Nobody who was switched off or deleted meanwhile gets mail."""
    user = CustomUser.objects.filter(pk=user_id, is_active=True).first()
    if user is not None:
        post(mail_for(news, user, facts), kind=f"teams/{news}")


def mail_for(news: str, user: CustomUser, facts: dict[str, str]) -> EmailMultiAlternatives:
    """`news` names the template; `facts` are occasion, team, by, and as it needs slug, role, heir."""
    promise = f"{news}:{facts['occasion']}:{user.pk}" if "occasion" in facts else ""
    context: dict[str, Any] = {**facts, "action_url": _action_url(facts)}
    with speaking_to(user):
        if "role" in facts:
            context["role"] = Role(facts["role"]).label
        return render_mail(f"emails/teams/{news}.txt", context, to=[user.email], promise=promise)


def _action_url(facts: dict[str, str]) -> str:
    """Where to look: the team's members, or the teams one still has."""
    slug = facts.get("slug")
    return absolute_url(reverse("team:members", args=[slug]) if slug else reverse("teams:list"))
