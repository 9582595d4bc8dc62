"""Our answers to allauth's questions about two-step sign-in and passkeys."""

from __future__ import annotations

import logging

from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.utils.translation import gettext_lazy as _

from apps.core.seals import CannotOpen
from apps.users.devices import device
from apps.users.sealed import seal, unseal

logger = logging.getLogger(__name__)


class MFAAdapter(DefaultMFAAdapter):
    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": _("This code is not right, or no longer. Use the one your app shows now."),
        "incorrect_passkey": _("The passkey did not fit, or its answer came too late. Try again."),
        "sealed": _("Codes cannot be checked at the moment. Use a passkey, or write to us."),
        "unverified_email": _("Confirm your email address first."),
    }

    def encrypt(self, text: str) -> str:
        return seal(text)

    def decrypt(self, encrypted_text: str) -> str:
        """A secret that no key opens fits no code: the person reads that, and we do."""
        try:
            return unseal(encrypted_text)
        except CannotOpen as error:
            logger.exception("A secret of two-step sign-in cannot be opened. See SECRET_KEY_FALLBACKS")
            raise self.validation_error("sealed") from error

    def _get_site_name(self) -> str:
        """How phones and key rings file the account: by the product's name, not by its host."""
        return settings.PROJECT_NAME

    def generate_authenticator_name(self, user: AbstractBaseUser, type: Authenticator.Type) -> str:
        """Most keep one on each device."""
        return device(context.request.headers.get("User-Agent", ""))
