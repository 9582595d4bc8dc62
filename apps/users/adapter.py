from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from allauth.account import app_settings
from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context as allauth_context
from django.conf import settings
from django.core.mail import EmailMessage
from django.forms import BaseForm
from django.http import HttpRequest
from django.template import TemplateDoesNotExist
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from apps.core.addresses import absolute_url
from apps.core.emails import render_mail
from apps.core.outbox.posting import LASTS, post
from apps.core.redirects import is_safe_next
from apps.users.languages import answering
from apps.users.models import CustomUser

# How allauth calls the address a mail is about. A mail without one tells of a change, and leads to a remedy.
LINKS = ("activate_url", "password_reset_url", "signup_url", "login_url")
# Mails with a code to type, and the one to an address that was taken off: it gets no new password any more.
WITHOUT_LINK = {f"account/email/{name}" for name in ("login_code", "password_reset_code", "email_changed")}

# Mails with a code, and how long it is good for: none leaves after that.
CODES_LAST = {
    "account/email/login_code": "LOGIN_BY_CODE_TIMEOUT",
    "account/email/password_reset_code": "PASSWORD_RESET_BY_CODE_TIMEOUT",
}

READING = ("GET", "HEAD")
SIGNED_OUT = "account/messages/logged_out.txt"


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

    def save_user(
        self, request: HttpRequest, user: CustomUser, form: BaseForm, commit: bool = True
    ) -> CustomUser:
        user.time_zone = form.cleaned_data.get("time_zone") or user.time_zone
        return super().save_user(request, user, form, commit)

    def is_safe_url(self, url: str) -> bool:
        """Only the host the person is on: allauth alone would accept every allowed host."""
        return is_safe_next(self.request, url)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Into the outbox: no page waits for a mail server, or tells by its time whether there was a mail."""
        site = {"domain": settings.SITE_DOMAIN, "name": settings.PROJECT_NAME}
        about = {"request": allauth_context.request, "email": email, "current_site": site, **context}
        post(
            self.render_mail(template_prefix, email, about),
            kind=template_prefix,
            lasts=_lasts(about, template_prefix),
        )

    def logout(self, request: HttpRequest) -> None:
        """Only a form signs somebody out. allauth would, of whoever opens a link meant for another."""
        if request.method not in READING:
            super().logout(request)

    def add_message(
        self,
        request: HttpRequest,
        level: int,
        message_template: str | None = None,
        message_context: dict[str, Any] | None = None,
        extra_tags: str = "",
        message: str | None = None,
    ) -> None:
        """What `logout` does not do is not told.

        Of a code that was mistyped too often allauth says to wait: the next may come at once.
        """
        if message_template == SIGNED_OUT and request.method in READING:
            return
        if message == self.error_messages["too_many_login_attempts"]:
            message = _("Too many wrong codes: this one does not count any more. Ask for a new one.")
        super().add_message(request, level, message_template, message_context, extra_tags, message)

    def send_confirmation_mail(self, request: HttpRequest, emailconfirmation: Any, signup: bool) -> None:
        """Where another account has the address a link would confirm nothing: its owner is told so."""
        address = emailconfirmation.email_address
        if address.can_set_verified():
            super().send_confirmation_mail(request, emailconfirmation, signup)
        else:
            sign_in = absolute_url(reverse("account_login"))
            context = {"user": None, "login_url": sign_in}  # whoever has the address reads it, not who asked
            self.send_mail("account/email/address_taken", address.email, context)

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
        links = {name: _on_our_site(context[name]) for name in LINKS if context.get(name)}
        context = {**context, **links}
        url = next(iter(links.values()), "") or self._remedy(template_prefix)
        with answering(context.get("user")):
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


def _lasts(context: dict[str, Any], template_prefix: str) -> timedelta:
    """How long the mail is worth sending. Whether an address is confirmed by code is allauth's setting."""
    if not context.get("code"):
        return LASTS
    name = CODES_LAST.get(template_prefix, "EMAIL_VERIFICATION_BY_CODE_TIMEOUT")
    return timedelta(seconds=getattr(app_settings, name))


def _on_our_site(url: str) -> str:
    """allauth makes links of the Host that was asked: a visitor would choose where a token goes."""
    return absolute_url(urlsplit(url)._replace(scheme="", netloc="").geturl())
