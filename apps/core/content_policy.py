"""django-csp's header, put together once: it is the same for all pages but for the nonce."""

from __future__ import annotations

from csp.constants import HEADER
from csp.middleware import CheckableLazyObject, CSPMiddleware
from csp.utils import build_policy
from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from apps.core.memory import Memory

MARK = "nonce-of-an-answer"
# What django-csp's decorators leave with an answer.
OWN = frozenset(
    f"_csp_{what}{kind}" for what in ("config", "update", "replace", "exempt") for kind in ("", "_ro")
)

_policies = Memory()


class PolicyMiddleware(CSPMiddleware):
    """An answer that has a policy of its own, or none, is left to django-csp."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if not _is_usual(response):
            return super().process_response(request, response)
        nonce = getattr(request, "_csp_nonce", None)
        response[HEADER] = _policy(bool(nonce)).replace(MARK, nonce or "")
        if nonce is None:  # too late to ask for one
            request.csp_nonce = CheckableLazyObject(self._csp_nonce_post_response)  # type: ignore[attr-defined]
        return response


def _is_usual(response: HttpResponseBase) -> bool:
    special = settings.DEBUG or hasattr(settings, "CONTENT_SECURITY_POLICY_REPORT_ONLY")
    excludes = settings.CONTENT_SECURITY_POLICY.get("EXCLUDE_URL_PREFIXES")
    return not (special or excludes) and OWN.isdisjoint(vars(response)) and HEADER not in response


def _policy(has_nonce: bool) -> str:
    known: str | None = _policies.get(has_nonce)
    return known or _policies.keep(has_nonce, build_policy(nonce=MARK if has_nonce else None))
