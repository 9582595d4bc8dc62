"""System checks about what stands in front, who is answered, and how often. They read settings only."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.http.request import split_domain_port, validate_host

from apps.core.limits import rates


@register
def limits_read(**kwargs: Any) -> list[CheckMessage]:
    return [
        Error(
            f"RATE_LIMITS[{name!r}] is {text!r}.",
            hint='Write amount/time/for whom, such as "10/m/ip,200/d/team", or "" for no limit.',
            id="core.E050",
        )
        for name, text in settings.RATE_LIMITS.items()
        if not _reads(text)
    ]


def _reads(text: Any) -> bool:
    try:
        rates(text)
    except (ValueError, AttributeError, TypeError):
        return False
    return True


@register(Tags.security, deploy=True)
def doors_make_sense(**kwargs: Any) -> list[CheckMessage]:
    return [*_check_proxies(), *_check_hosts()]


def _check_proxies() -> Iterator[CheckMessage]:
    if settings.USE_HTTPS_IN_ABSOLUTE_URLS and not settings.TRUSTED_PROXY_COUNT:
        yield Warning(
            "The site is on https, and no server in front is counted: whoever speaks https for it is not "
            "believed, pages redirect to themselves, and all visitors share its limits.",
            hint="Set TRUSTED_PROXY_COUNT to how many stand in front. Does gunicorn itself have the "
            'certificate? Then put "core.W051" into SILENCED_SYSTEM_CHECKS.',
            id="core.W051",
        )


def _check_hosts() -> Iterator[CheckMessage]:
    if "*" in settings.ALLOWED_HOSTS:
        yield Warning(
            "ALLOWED_HOSTS lets everybody choose a name for the site.",
            hint="Name those it has. Links in mails are made of SITE_DOMAIN either way.",
            id="core.W052",
        )
    host = split_domain_port(settings.SITE_DOMAIN.lower())[0]
    if not validate_host(host, settings.ALLOWED_HOSTS):
        yield Error(
            f"Links lead to {settings.SITE_DOMAIN} (SITE_DOMAIN), which is not in ALLOWED_HOSTS: 400.",
            hint="Add it to ALLOWED_HOSTS.",
            id="core.E053",
        )
