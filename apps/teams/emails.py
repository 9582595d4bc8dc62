from __future__ import annotations

from django.core.mail import EmailMultiAlternatives
from django.urls import reverse

from apps.core.addresses import absolute_url
from apps.core.emails import render_mail
from apps.teams.models import Invitation


def invitation_mail(invitation: Invitation) -> EmailMultiAlternatives:
    context = {
        "invitation": invitation,
        "team": invitation.team,
        "inviter": invitation.invited_by,
        "role": invitation.get_role_display(),
        "action_url": absolute_url(reverse("teams:invitation", args=[invitation.token])),
        "expires_at": invitation.expires_at,
    }
    return render_mail("emails/teams/invitation.txt", context, to=[invitation.email])
