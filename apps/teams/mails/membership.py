"""Mails to those whose place in a team somebody else has changed: their words, and sending them.

`telling.py` promises them.
"""

from __future__ import annotations

import logging
from typing import Any

from django.core.mail import EmailMultiAlternatives
from django.urls import reverse

from apps.core.addresses import absolute_url
from apps.core.emails import render_mail
from apps.teams.roles import Role
from apps.users.languages import speaking_to
from apps.users.models import CustomUser

logger = logging.getLogger(__name__)


def send(news: str, user_id: str, facts: dict[str, str]) -> None:
    """Nobody who was switched off or deleted meanwhile gets mail."""
    user = CustomUser.objects.filter(pk=user_id, is_active=True).first()
    if user is None:
        return
    try:
        mail_for(news, user, facts).send()
    except OSError:  # refused connections, time-outs and every error of smtplib
        logger.exception("Mail %s to %s did not leave", news, user_id)


def mail_for(news: str, user: CustomUser, facts: dict[str, str]) -> EmailMultiAlternatives:
    """`news` names the template; `facts` are team, by, and as it needs slug, role, heir."""
    context: dict[str, Any] = {**facts, "action_url": _action_url(facts)}
    with speaking_to(user):
        if "role" in facts:
            context["role"] = Role(facts["role"]).label
        return render_mail(f"emails/teams/{news}.txt", context, to=[user.email])


def _action_url(facts: dict[str, str]) -> str:
    """Where to look: the team's members, or the teams one still has."""
    slug = facts.get("slug")
    return absolute_url(reverse("team:members", args=[slug]) if slug else reverse("teams:list"))
