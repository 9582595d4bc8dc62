from __future__ import annotations

from datetime import UTC

from django.core.mail import EmailMultiAlternatives
from django.urls import reverse
from django.utils import timezone

from apps.core.addresses import absolute_url
from apps.core.emails import render_mail
from apps.teams.mails.names import harmless
from apps.teams.models import Invitation
from apps.users.languages import speaking_to
from apps.users.models import CustomUser


def invitation_mail(invitation: Invitation) -> EmailMultiAlternatives:
    """Its times are UTC: whoever reads it has told us no zone. Answers reach the one who invites.

    It speaks as its reader has chosen, if they have an account; else as the one who invites them does.
    """
    reader = CustomUser.objects.filter(email=invitation.email).first()
    with speaking_to(reader, invitation.invited_by), timezone.override(UTC):
        return _mail(invitation)


def _mail(invitation: Invitation) -> EmailMultiAlternatives:
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
    promise = f"invitation:{invitation.pk}:{invitation.promised_at.isoformat()}"  # asked again: another mail
    mail = render_mail("emails/teams/invitation.txt", context, to=[invitation.email], promise=promise)
    if inviter:
        mail.reply_to = [inviter.email]
    return mail


def _introduced(person: CustomUser | None) -> str:
    """Ada Lovelace (ada@example.com): anybody can take any name, the address is proven."""
    if person is None:
        return ""
    return f"{harmless(person.name)} ({person.email})" if person.name else person.email
