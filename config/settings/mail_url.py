"""EMAIL_URL: who takes our mail, as one address. A mail server, a folder, or a provider's API (anymail).

The value holds a password or a key, so no message repeats it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

Settings = dict[str, Any]
TIMEOUT = 10  # seconds, for servers and APIs alike


def _key(url: SplitResult, name: str) -> Settings:
    return {name: _needed(unquote(url.netloc), "a key: {scheme}://KEY", url)}


def _mailgun(url: SplitResult) -> Settings:
    key, _, domain = url.netloc.rpartition("@")
    form = "a key and the domain you send from: {scheme}://KEY@mg.example.com"
    return {
        "MAILGUN_API_KEY": _needed(unquote(key), form, url),
        "MAILGUN_SENDER_DOMAIN": _needed(domain, form, url),
    }


def _mailjet(url: SplitResult) -> Settings:
    key, _, secret = url.netloc.partition(":")
    form = "both keys: {scheme}://KEY:SECRET"
    return {
        "MAILJET_API_KEY": _needed(unquote(key), form, url),
        "MAILJET_SECRET_KEY": _needed(unquote(secret), form, url),
    }


def _ses(url: SplitResult) -> Settings:
    """Without keys in it, those of AWS' usual places: variables, a profile, the role of the machine."""
    keys, _, region = url.netloc.rpartition("@")
    params: Settings = {
        "region_name": _needed(region, "a region: {scheme}://eu-central-1", url),
        "config": {"connect_timeout": TIMEOUT, "read_timeout": TIMEOUT},
    }
    if keys:
        name, _, secret = keys.partition(":")
        params["aws_access_key_id"] = unquote(name)
        params["aws_secret_access_key"] = _needed(
            unquote(secret), "both keys: {scheme}://ID:SECRET@eu-central-1", url
        )
    return {"AMAZON_SES_CLIENT_PARAMS": params}


# Scheme -> anymail's module, its name in anymail's settings, how the address is read, what may follow "?".
PROVIDERS: dict[str, tuple[str, str, Callable[[SplitResult], Settings], set[str]]] = {
    "brevo": ("brevo", "BREVO", lambda url: _key(url, "BREVO_API_KEY"), {"api_url"}),
    "mailgun": ("mailgun", "MAILGUN", _mailgun, {"api_url"}),
    "mailjet": ("mailjet", "MAILJET", _mailjet, {"api_url"}),
    "postmark": (
        "postmark", "POSTMARK", lambda url: _key(url, "POSTMARK_SERVER_TOKEN"), {"api_url", "message_stream"},
    ),
    "resend": ("resend", "RESEND", lambda url: _key(url, "RESEND_API_KEY"), {"api_url"}),
    "ses": ("amazon_ses", "AMAZON_SES", _ses, {"configuration_set_name"}),
    "sparkpost": (
        "sparkpost", "SPARKPOST", lambda url: _key(url, "SPARKPOST_API_KEY"), {"api_url", "subaccount"},
    ),
}  # fmt: skip
DJANGOS = environ.Env.EMAIL_SCHEMES  # smtp, smtp+tls, smtp+ssl, filemail, consolemail ...


def mail_settings(value: str) -> Settings:
    """What EMAIL_URL stands for in Django's settings; `ANYMAIL` is among them for a provider's API."""
    try:
        url = urlsplit(value.strip())
        return _by_api(url) if url.scheme in PROVIDERS else _by_django(url)
    except ValueError as error:  # a port that is no number, a bracket that is not closed
        raise _wrong("does not read as an address: use smtp+tls://user:password@host:587") from error


def _by_django(url: SplitResult) -> Settings:
    if url.scheme not in DJANGOS:
        known = ", ".join(sorted([*PROVIDERS, *DJANGOS]))
        raise _wrong(f"names no way to send mail: begin it with one of {known}, and ://")
    if url.scheme.startswith("smtp") and not url.hostname:
        raise _wrong("names no host: use smtp+tls://user:password@host:587")
    found: Settings = environ.Env.email_url_config(url.geturl())
    return {**found, "EMAIL_TIMEOUT": TIMEOUT}


def _by_api(url: SplitResult) -> Settings:
    module, prefix, read, allowed = PROVIDERS[url.scheme]
    more = dict(parse_qsl(url.query))
    if unknown := sorted(set(more) - allowed):
        raise _wrong(
            f"has {', '.join(unknown)} after the question mark: known are {', '.join(sorted(allowed))}"
        )
    options = {f"{prefix}_{name.upper()}": text for name, text in more.items()}
    return {
        "EMAIL_BACKEND": f"anymail.backends.{module}.EmailBackend",
        "ANYMAIL": {"REQUESTS_TIMEOUT": TIMEOUT, **read(url), **options},
    }


def _needed(found: str, form: str, url: SplitResult) -> str:
    if not found:
        raise _wrong(f"lacks {form.format(scheme=url.scheme)}")
    return found


def _wrong(words: str) -> ImproperlyConfigured:
    return ImproperlyConfigured(f"EMAIL_URL {words} (docs/mail.md)")


def apps_for(settings: Mapping[str, Any]) -> list[str]:
    """Anymail is an app only where it is used: it costs memory and start-up."""
    return ["anymail"] if "ANYMAIL" in settings else []
