from __future__ import annotations

import re
import unicodedata
from datetime import UTC

from django.core.mail import EmailMultiAlternatives
from django.urls import reverse
from django.utils import timezone

from apps.core.addresses import absolute_url
from apps.core.emails import render_mail
from apps.core.names import JOINERS
from apps.teams.models import Invitation
from apps.users.models import CustomUser

LONGEST_NAME = 80


def invitation_mail(invitation: Invitation) -> EmailMultiAlternatives:
    """Its times are UTC: whoever reads it has told us no zone. Answers reach the one who invites."""
    inviter = invitation.invited_by
    context = {
        "invitation": invitation,
        "team": harmless(invitation.team.name),
        "inviter": _introduced(inviter),
        "role": invitation.get_role_display(),
        "action_url": absolute_url(reverse("teams:invitation", args=[invitation.token])),
        "expires_at": invitation.expires_at,
        "logo_url": absolute_url(invitation.team.logo.url) if invitation.team.logo else "",
    }
    with timezone.override(UTC):
        mail = render_mail("emails/teams/invitation.txt", context, to=[invitation.email])
    mail.reply_to = [inviter.email] if inviter else []
    return mail


def _introduced(person: CustomUser | None) -> str:
    """Ada Lovelace (ada@example.com): anybody can take any name, the address is proven."""
    if person is None:
        return ""
    return f"{harmless(person.name)} ({person.email})" if person.name else person.email


def called(person: CustomUser) -> str:
    """By name in a mail, else by address."""
    return harmless(person.name) or person.email


def harmless(name: str) -> str:
    """A name that a stranger chose, fit for a mail: one line, nothing hidden, nothing a reader could click.

    Mail programs make links of whatever looks like one, so `evil.example` becomes `evil. example`; a name
    with initials reads as before.
    """
    seen = "".join(
        char for char in name if char in JOINERS or unicodedata.category(char)[0] != "C" or char.isspace()
    )
    unlinked = re.sub(r"(?<=\S)([.。．｡])(?=[^\W\d_])", r"\1 ", seen)
    unlinked = re.sub(r":(?=//)|(?<=\S)@(?=\S)", r"\g<0> ", unlinked)
    line = " ".join(unlinked.split())
    return line if len(line) <= LONGEST_NAME else f"{line[: LONGEST_NAME - 1]}…"
