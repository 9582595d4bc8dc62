"""Signing in with an account elsewhere: each provider is on as soon as both its keys are here."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ImproperlyConfigured

from config.settings.environment import Environment

Keys = dict[str, tuple[str, str]]


def provider_settings(env: Environment) -> dict[str, Any]:
    """SIGN_IN_PROVIDERS, the names of those that are on, and what allauth asks for."""
    keys = {
        "google": (env("GOOGLE_CLIENT_ID", default=""), env("GOOGLE_CLIENT_SECRET", default="")),
        "github": (env("GITHUB_CLIENT_ID", default=""), env("GITHUB_CLIENT_SECRET", default="")),
        "microsoft": (env("MICROSOFT_CLIENT_ID", default=""), env("MICROSOFT_CLIENT_SECRET", default="")),
    }
    _require_both(keys)
    on = {name: pair for name, pair in keys.items() if all(pair)}
    return {"SIGN_IN_PROVIDERS": list(on), "SOCIALACCOUNT_PROVIDERS": _for_allauth(on)}


def apps_of(providers: list[str]) -> list[str]:
    return [f"allauth.socialaccount.providers.{name}" for name in providers]


def _require_both(keys: Keys) -> None:
    for name, pair in keys.items():
        if any(pair) and not all(pair):
            both = f"{name.upper()}_CLIENT_ID and {name.upper()}_CLIENT_SECRET"
            raise ImproperlyConfigured(f"Set both {both}, or neither")


def _for_allauth(keys: Keys) -> dict[str, Any]:
    return {
        name: {
            "APPS": [{"client_id": client, "secret": secret}],
            "OAUTH_PKCE_ENABLED": name != "github",
        }
        for name, (client, secret) in keys.items()
    }
