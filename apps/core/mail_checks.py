"""System checks about mail. They read settings only."""

from __future__ import annotations

from email.utils import parseaddr
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Info, Warning, register

SMTP = "django.core.mail.backends.smtp.EmailBackend"
STAYS_HERE = {
    "apps.core.mail.MaildirBackend",
    *(
        f"django.core.mail.backends.{name}.EmailBackend"
        for name in ("console", "dummy", "filebased", "locmem")
    ),
}
HERE = {"localhost", "127.0.0.1", "::1", ""}
CURE = "Set EMAIL_URL to your mail server or provider (docs/mail.md)."


@register(deploy=True)
def mail_leaves_the_machine(**_kwargs: Any) -> list[CheckMessage]:
    found: list[CheckMessage] = []
    if settings.EMAIL_BACKEND in STAYS_HERE:
        text = "Mail stays on this machine: nobody can confirm an address or accept an invitation."
        found.append(Warning(text, hint=CURE, id="core.W058"))
    elif settings.EMAIL_BACKEND == SMTP and (settings.EMAIL_HOST or "") in HERE:
        text = f"Mail goes to a mail server on this machine (port {settings.EMAIL_PORT})."
        found.append(Info(text, hint=f"Fine if one runs here. Else: {CURE}", id="core.I059"))
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2]
    if domain in HERE:
        text = (
            "DEFAULT_FROM_EMAIL is an address of this machine: mail servers elsewhere refuse such a sender."
        )
        found.append(Info(text, hint="Set DEFAULT_FROM_EMAIL to an address of yours.", id="core.I060"))
    return found
