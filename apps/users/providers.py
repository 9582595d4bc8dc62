"""Accounts elsewhere that somebody may sign in with: those whose keys are in the environment."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialAccount, SocialLogin
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from apps.core.email_addresses import flaw_of, normal_email
from apps.core.names import composed, is_readable
from apps.users.models import CustomUser

logger = logging.getLogger(__name__)

NAME_LENGTH = CustomUser._meta.get_field("name").max_length
NAMES = {"google": "Google", "github": "GitHub", "microsoft": "Microsoft"}


class SocialAccountAdapter(DefaultSocialAccountAdapter):
    def populate_user(
        self, request: HttpRequest, sociallogin: SocialLogin, data: dict[str, Any]
    ) -> CustomUser:
        """Our users have one name; allauth knows two, and Google sends both."""
        user = super().populate_user(request, sociallogin, data)
        both = f"{data.get('first_name') or ''} {data.get('last_name') or ''}"
        name = composed(data.get("name") or both)[:NAME_LENGTH]
        user.name = name if is_readable(name) else ""
        return user

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """An address that we would not take from a form we take from no provider: our form asks for one."""
        if sociallogin.is_existing:
            return
        told = sociallogin.email_addresses
        sociallogin.email_addresses = [one for one in told if flaw_of(one.email) is None]
        for one in sociallogin.email_addresses:
            one.email = normal_email(one.email)
        if len(sociallogin.email_addresses) < len(told):
            logger.info("An address was not taken from %s", sociallogin.account.provider)
        if flaw_of(sociallogin.user.email):
            sociallogin.user.email = ""


@dataclass(frozen=True, slots=True)
class Provider:
    slug: str
    name: str
    url: str  # a form posted there leads to the provider's own page


@dataclass(frozen=True, slots=True)
class Connection:
    pk: int
    provider: str
    label: str  # what it is called there


def providers() -> list[Provider]:
    """Asks nobody: the settings know."""
    return [Provider(slug, NAMES[slug], reverse(f"{slug}_login")) for slug in settings.SIGN_IN_PROVIDERS]


def connections(accounts: Iterable[SocialAccount]) -> list[Connection]:
    """Also of a provider whose keys are gone since: allauth itself has no words for those."""
    return [Connection(one.pk, NAMES.get(one.provider, one.provider), _label(one)) for one in accounts]


def _label(account: SocialAccount) -> str:
    said = account.extra_data
    return str(said.get("email") or said.get("mail") or said.get("login") or account.uid)
