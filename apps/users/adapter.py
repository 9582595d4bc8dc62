from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.core.mail import EmailMessage
from django.http import HttpRequest
from django.template import TemplateDoesNotExist
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from apps.core.addresses import absolute_url
from apps.core.emails import render_mail
from apps.core.redirects import is_safe_next

# How allauth calls the address a mail is about. A mail without one tells of a change, and leads to a remedy.
LINKS = ("activate_url", "password_reset_url", "signup_url")
# Mails with a code to type, and the one to an address that was taken off: it gets no new password any more.
WITHOUT_LINK = {f"account/email/{name}" for name in ("login_code", "password_reset_code", "email_changed")}


class AccountAdapter(DefaultAccountAdapter):
    """Our answers to allauth's questions."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "cannot_remove_primary_email": _("Make another address your main one first, then remove this one."),
        "duplicate_email": _("This address is on your account already."),
        "email_password_mismatch": _("Email and password do not belong together. Check both, or reset it."),
        "enter_current_password": _("Enter the password you have now."),
        "incorrect_code": _("This code is not right, or no longer. Check it, or ask for a new one."),
        "incorrect_password": _("This is not your password. Check it, or reset it."),
        "too_many_login_attempts": _("Too many tries. Wait a few minutes, then try again."),
        "rate_limited": _("That was quick. Wait a minute, and try again."),
    }

    def is_safe_url(self, url: str) -> bool:
        """Only the host the person is on: allauth alone would accept every allowed host."""
        return is_safe_next(self.request, url)

    def logout(self, request: HttpRequest) -> None:
        """Only a form signs somebody out. allauth would, of whoever opens a link meant for another."""
        if request.method not in ("GET", "HEAD"):
            super().logout(request)

    def render_mail(
        self,
        template_prefix: str,
        email: str | list[str],
        context: dict[str, Any],
        headers: dict[str, str] | None = None,
    ) -> EmailMessage:
        """From one file of words, like all our mails. What we have no words for comes in those of allauth."""
        words = "emails/" + template_prefix.replace("/email/", "/") + ".txt"
        to = [email] if isinstance(email, str) else email
        links = (context[name] for name in LINKS if context.get(name))
        url = next(links, "") or self._remedy(template_prefix)
        try:
            mail: EmailMessage = render_mail(words, {**context, "action_url": url}, to=to)
        except TemplateDoesNotExist as missing:
            if str(missing) != words:  # ours are there, what they are made of is not
                raise
            return super().render_mail(template_prefix, email, context, headers)
        mail.extra_headers.update(headers or {})
        return mail

    def _remedy(self, template_prefix: str) -> str:
        return "" if template_prefix in WITHOUT_LINK else absolute_url(reverse("account_reset_password"))
