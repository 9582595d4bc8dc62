"""Keeps other web sites from pressing the sandbox's buttons through somebody's browser."""

from __future__ import annotations

import ipaddress
import os
from urllib.parse import urlsplit

from werkzeug.wrappers import Request


def allows(request: Request) -> bool:
    """False for a foreign Host (DNS rebinding) and for a post that another site sent.

    Browsers send Origin with each post; without it, and without Referer and
    Sec-Fetch-Site, the caller is a script, which no other site can steer.
    """
    if not _own_host(request.host):
        return False
    return request.method in ("GET", "HEAD") or _same_origin(request)


def _own_host(host: str) -> bool:
    """Loopback names, addresses and names without a dot (a container's); others by STRIPE_SANDBOX_HOSTS."""
    name = urlsplit(f"//{host}").hostname or ""
    if "." not in name or name.endswith(".localhost"):
        return True
    return _is_address(name) or name in os.environ.get("STRIPE_SANDBOX_HOSTS", "").split(",")


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def _same_origin(request: Request) -> bool:
    origin = request.headers.get("Origin") or request.headers.get("Referer")
    if origin:
        return urlsplit(origin).netloc == request.host
    return request.headers.get("Sec-Fetch-Site", "none") in ("none", "same-origin")
