from __future__ import annotations

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse

from apps.core.addresses import absolute_url
from apps.teams.models import Invitation


def invitation_mail(invitation: Invitation) -> EmailMultiAlternatives:
    context = {
        "invitation": invitation,
        "team": invitation.team,
        "inviter": invitation.invited_by,
        "role": invitation.get_role_display(),
        "url": absolute_url(reverse("teams:invitation", args=[invitation.token])),
        "expires_at": invitation.expires_at,
        "PROJECT_NAME": settings.PROJECT_NAME,
        "site_url": absolute_url("/"),
    }
    subject = " ".join(render_to_string("emails/teams/invitation.subject.txt", context).split())
    text = render_to_string("emails/teams/invitation.txt", context)
    mail = EmailMultiAlternatives(subject, text, to=[invitation.email])
    mail.attach_alternative(render_to_string("emails/teams/invitation.html", context), "text/html")
    return mail
