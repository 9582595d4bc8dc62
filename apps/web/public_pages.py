"""What search engines may show, in one list: the sitemap, canonical addresses and `noindex` follow it."""

from __future__ import annotations

from django.conf import settings
from django.contrib.sitemaps import Sitemap
from django.http import HttpRequest
from django.urls import reverse

from apps.core.addresses import absolute_url

PUBLIC_PAGES = [
    "web:landing",
    "pricing",
    "web:contact",
    "web:terms",
    "web:privacy",
    "account_login",
    "account_signup",
]


def canonical_address(request: HttpRequest | None) -> str:
    """The one address of a public page, whatever was asked for behind a "?"; "" for what is not public."""
    match = getattr(request, "resolver_match", None)
    return absolute_url(reverse(match.view_name)) if match and match.view_name in PUBLIC_PAGES else ""


class PublicPages(Sitemap):
    @property
    def protocol(self) -> str:  # type: ignore[override]
        return "https" if settings.USE_HTTPS_IN_ABSOLUTE_URLS else "http"

    def get_domain(self, site: object = None) -> str:
        return settings.SITE_DOMAIN

    def items(self) -> list[str]:
        return PUBLIC_PAGES

    def location(self, item: str) -> str:
        return reverse(item)
