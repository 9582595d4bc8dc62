"""allauth's forms about passkeys, in our words; closed to what another page asked, or no key answered."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

from allauth.core import context
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn import forms as webauthn
from django import forms
from django.utils.translation import gettext_lazy as _

from apps.core.names import NameIsReadable

logger = logging.getLogger(__name__)

# Codes of errors whose words are about a code, or about JSON: to a person it is the passkey.
SAID_OF_CODES = ("incorrect_code", "invalid", "required")
NAME_LENGTH = 100  # what allauth stores a key's name in


class AnswerField(forms.JSONField):
    """What the browser says the key answered to us.

    A key answers every page below its host's name. fido2 takes them all; we take our own page's alone, so
    that a subdomain somebody else has, or another port, cannot ask in our place.
    """

    widget = forms.HiddenInput

    def clean(self, value: Any) -> Any:
        from fido2.utils import websafe_decode  # noqa: PLC0415 - large (config/first_use.py)

        with _told_as_wrong_passkey():
            answer = super().clean(value)
            client = json.loads(websafe_decode(answer["response"]["clientDataJSON"]))
            if urlsplit(client["origin"]).netloc != context.request.get_host():
                raise ValueError("given to another page")
        return answer


class AddPasskeyForm(NameIsReadable, webauthn.AddWebAuthnForm):
    credential = AnswerField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"] = _name_field(_("So that you can tell it from others: the device it is on."))
        self.fields["passwordless"].label = _("Sign in with it alone")
        self.fields["passwordless"].help_text = _("Without a tick it is asked for after your password.")
        self.fields["passwordless"].initial = True
        self.order_fields(["name", "passwordless", "credential"])

    def clean(self) -> dict[str, Any]:
        with _told_as_wrong_passkey():
            return super().clean()


class EditPasskeyForm(NameIsReadable, webauthn.EditWebAuthnForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"] = _name_field()


class SecondStepForm(webauthn.AuthenticateWebAuthnForm):
    """After the password."""

    credential = AnswerField()

    def clean_credential(self) -> Authenticator:
        with _told_as_wrong_passkey():
            return super().clean_credential()


class SignInForm(SecondStepForm, webauthn.LoginWebAuthnForm):
    """Alone."""


class ConfirmForm(SecondStepForm, webauthn.ReauthenticateWebAuthnForm):
    """Before something that weighs much."""

    reauthenticated = True


@contextmanager
def _told_as_wrong_passkey() -> Iterator[None]:
    """Anybody can post anything; allauth speaks of a code, and stumbles over some of it."""
    try:
        yield
    except forms.ValidationError as error:
        if error.code not in SAID_OF_CODES:
            raise
        logger.info("A passkey's answer was refused: not of this page, or not of this site")
        raise get_adapter().validation_error("incorrect_passkey") from error
    except (LookupError, AttributeError, TypeError, ValueError, RecursionError) as error:
        logger.info("A passkey's answer was refused: it does not read (%s)", type(error).__name__)
        raise get_adapter().validation_error("incorrect_passkey") from error


def _name_field(help_text: Any = "") -> forms.CharField:
    widget = forms.TextInput(attrs={"autocomplete": "off"})
    return forms.CharField(label=_("Name"), max_length=NAME_LENGTH, help_text=help_text, widget=widget)
