"""How the site is called, by Stripe and in mails."""

from __future__ import annotations

import re
from collections.abc import Iterator
from ipaddress import ip_address
from urllib.parse import urlsplit

from django.conf import settings

from apps.subscriptions.doctor.at_stripe import AtStripe
from apps.subscriptions.doctor.findings import Finding, fail, ok

HOST = re.compile(r"([a-z0-9-]+(\.[a-z0-9-]+)*|\[[0-9a-f:]+\])(:\d{1,5})?", re.IGNORECASE)
"""A name or an address, and the port if it has one."""


def check_site(at_stripe: AtStripe) -> Iterator[Finding]:
    domain = settings.SITE_DOMAIN
    if not is_host(domain):
        yield fail(
            f"SITE_DOMAIN is '{domain}', which is no host: links in mails and at Stripe would be broken.",
            f"Write it without scheme, path and slash, as in {example(domain)}.",
        )
    elif is_at_home(domain) and not settings.DEBUG:
        yield fail(
            f"SITE_DOMAIN is {domain}, which nobody else can reach.", "Set it to the site's public host."
        )
    elif not settings.USE_HTTPS_IN_ABSOLUTE_URLS and not settings.DEBUG:
        yield fail(
            f"Links to {domain} are http: Stripe sends no live events there, and browsers warn.",
            "Set USE_HTTPS_IN_ABSOLUTE_URLS=True.",
        )
    else:
        scheme = "https" if settings.USE_HTTPS_IN_ABSOLUTE_URLS else "http"
        yield ok(f"Links go to {scheme}://{domain}/.")


def is_host(domain: str) -> bool:
    return bool(HOST.fullmatch(domain))


def is_at_home(domain: str) -> bool:
    """A machine that Stripe cannot reach: this one, or one of the local network."""
    host = urlsplit(f"//{domain}").hostname or ""
    try:
        return ip_address(host).is_private
    except ValueError:
        return "." not in host or host.endswith((".localhost", ".local", ".test", ".internal"))


def example(domain: str) -> str:
    parts = urlsplit(domain if "://" in domain else f"//{domain}")
    return parts.netloc if is_host(parts.netloc) else "app.example.com"
