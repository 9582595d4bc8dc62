"""A team of one's own to begin with, where PERSONAL_TEAM_ON_SIGNUP asks for it."""

from __future__ import annotations

from typing import Any

from allauth.account.models import EmailAddress
from allauth.account.signals import email_confirmed, user_signed_up
from django.conf import settings
from django.db import transaction
from django.dispatch import receiver
from django.utils.translation import gettext as _

from apps.core.models import AuditEntry
from apps.teams.errors import BadName
from apps.teams.models import Team
from apps.teams.names import MAX_NAME, tidy_name
from apps.teams.selectors import invitations_for
from apps.teams.services.teams import create_team
from apps.users.models import CustomUser
from apps.users.selectors import verified_emails

# Whoever once was in a team is no newcomer, even if they are in none today.
WAS_IN_A_TEAM = ("team.created", "team.member_joined")


@receiver(email_confirmed)
def begin_after_confirming(email_address: EmailAddress, **kwargs: Any) -> None:
    make_personal_team(email_address.user)


@receiver(user_signed_up)
def begin_at_once(user: CustomUser, **kwargs: Any) -> None:
    """Only who signs up by a provider that vouches for the address; all others confirm theirs first."""
    make_personal_team(user)


@transaction.atomic
def make_personal_team(user: CustomUser) -> Team | None:
    """Once for each person with a proven address, and not for who is asked into a team that exists.

    The link in the mail may be opened twice in the same instant: the person's row is locked.
    """
    if not settings.PERSONAL_TEAM_ON_SIGNUP:
        return None
    user = CustomUser.objects.select_for_update(no_key=True).get(pk=user.pk)
    if not verified_emails(user) or _has_a_place(user):
        return None
    return create_team(personal_name(user), by=user)


def _has_a_place(user: CustomUser) -> bool:
    return (
        user.memberships.exists()
        or bool(invitations_for(user))
        or AuditEntry.objects.filter(actor=user, action__in=WAS_IN_A_TEAM).exists()
    )


def personal_name(user: CustomUser) -> str:
    """Ada Lovelace's team; of a name that cannot be shown, just "My team"."""
    who = user.name or user.email.split("@")[0].split("+")[0]
    longest = MAX_NAME - len(_("%(who)s's team") % {"who": ""})
    try:
        return tidy_name(_("%(who)s's team") % {"who": tidy_name(who[:longest])})
    except BadName:
        return _("My team")
