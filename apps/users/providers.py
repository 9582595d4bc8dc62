"""Accounts elsewhere that somebody may sign in with: those whose keys are in the environment."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialAccount, SocialLogin
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from apps.core.names import composed
from apps.users.models import CustomUser

NAME_LENGTH = CustomUser._meta.get_field("name").max_length
NAMES = {"google": "Google", "github": "GitHub", "microsoft": "Microsoft"}


class SocialAccountAdapter(DefaultSocialAccountAdapter):
    def populate_user(
        self, request: HttpRequest, sociallogin: SocialLogin, data: dict[str, Any]
    ) -> CustomUser:
        """Our users have one name; allauth knows two, and Google sends both."""
        user = super().populate_user(request, sociallogin, data)
        both = f"{data.get('first_name') or ''} {data.get('last_name') or ''}"
        user.name = composed(data.get("name") or both)[:NAME_LENGTH]
        return user


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
