"""Whose request it is, when servers of yours stand in front: TRUSTED_PROXY_COUNT says how many.

Each of them writes down, at the end of X-Forwarded-For, who asked it. What stands further to the left was
sent by the visitor, and may be invented.
"""

from __future__ import annotations

import ipaddress
import logging
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

logger = logging.getLogger(__name__)

FORWARDED_FOR, FORWARDED_PROTO = "HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_PROTO"
# A server that talks to us through a socket file has no address: it is on this machine.
THIS_MACHINE = "127.0.0.1"
NOT_COUNTED = "A proxy sends X-Forwarded-Proto, and TRUSTED_PROXY_COUNT is 0: it is not believed."


class ClientAddressMiddleware:
    """The outermost: after it REMOTE_ADDR is the client's, for allauth, the audit log, limits, Sentry alike.

    It leaves nothing of what a visitor could have invented: without trusted proxies both headers are gone.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.proxies = settings.TRUSTED_PROXY_COUNT
        self.told = False

    def __call__(self, request: HttpRequest) -> HttpResponse:
        noted, schemes = (_listed(request, name) for name in (FORWARDED_FOR, FORWARDED_PROTO))
        request.META["REMOTE_ADDR"] = self._client(request.META.get("REMOTE_ADDR", ""), noted)
        if schemes and self.proxies:
            request.META[FORWARDED_PROTO] = schemes[-min(self.proxies, len(schemes))]
        elif schemes:
            self._tell_once()
        return self.get_response(request)

    def _client(self, peer: str, noted: list[str]) -> str:
        """Fewer notes than proxies: somebody inside asked us directly, a health check for one."""
        said = noted[-self.proxies] if 0 < self.proxies <= len(noted) else ""
        return clean_address(said) or clean_address(peer) or THIS_MACHINE

    def _tell_once(self) -> None:
        """The cure of a page that is redirected to itself for ever; anybody can send the header, though."""
        if not self.told:
            self.told = True
            logger.warning(NOT_COUNTED)


def _listed(request: HttpRequest, name: str) -> list[str]:
    return [part.strip() for part in request.META.pop(name, "").split(",") if part.strip()]


def clean_address(text: str) -> str:
    """Without a port or brackets, one spelling for each address; "" for what is none."""
    host = text.strip()
    if host.startswith("["):
        host = host[1:].partition("]")[0]
    elif host.count(":") == 1:  # an IPv4 address with its port
        host = host.partition(":")[0]
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return ""
    mapped = getattr(address, "ipv4_mapped", None)  # how a socket for both kinds names an IPv4 address
    return str(mapped or address)
