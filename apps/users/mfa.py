"""Our answers to allauth's questions about two-step sign-in and passkeys."""

from __future__ import annotations

from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.utils.translation import gettext_lazy as _

from apps.users.devices import device


class MFAAdapter(DefaultMFAAdapter):
    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": _("This code is not right, or no longer. Use the one your app shows now."),
        "unverified_email": _("Confirm your email address first."),
    }

    def _get_site_name(self) -> str:
        """How phones and key rings file the account: by the product's name, not by its host."""
        return settings.PROJECT_NAME

    def generate_authenticator_name(self, user: AbstractBaseUser, type: Authenticator.Type) -> str:
        """Most keep one on each device."""
        return device(context.request.headers.get("User-Agent", ""))
