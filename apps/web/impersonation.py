"""While staff are at a customer's place: the banner on every page, the end of it, what is refused."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template import loader
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_htmx.http import HttpResponseClientRedirect

from apps.core.htmx import wants_fragment
from apps.users import impersonation
from apps.web.impersonation_rules import Refusal, refusal

logger = logging.getLogger(__name__)

BODY_ENDS = b"</body>"
WHY = {
    Refusal.MONEY: gettext_lazy("Support may look at plan and seats here, but not change them."),
    Refusal.ACCOUNT: gettext_lazy(
        "How somebody signs in, who owns a team and what ends an account is for the person alone."
    ),
    Refusal.UNKNOWN: gettext_lazy("Support may not do this in somebody else's place."),
}


class ImpersonationMiddleware:
    """`request.impersonation` (None for everybody else), and `request.impersonator_id` for the audit log."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        story = request.impersonation = impersonation.of_session(request)
        if story is None:
            return self.get_response(request)
        staff = story.still_holds(request.user) if request.user.is_authenticated else None
        if staff is None:
            return _over(request, story)
        request.impersonator_id = staff.pk
        response = self.get_response(request)
        # The view may have ended it.
        return with_banner(request, response) if impersonation.of_session(request) else response

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any
    ) -> HttpResponse | None:
        if request.impersonation is None:
            return None
        why = refusal(request.resolver_match.view_name, request.method or "")
        return _refused(request, why) if why else None


def _over(request: HttpRequest, story: impersonation.Impersonation) -> HttpResponse:
    """Nothing of the request is done. Whoever was there signs in as themselves.

    The session may be gone already: Django drops it once the customer has another password.
    """
    impersonation.tell_ended(story, "over", request)
    request.session.pop(impersonation.IN_SESSION, None)  # told; signing out would tell it again
    logout(request)
    messages.info(request, _("Your time as somebody else is over. Sign in as yourself."))
    entrance = redirect("admin:login")
    return HttpResponseClientRedirect(entrance["Location"]) if request.htmx else entrance


def _refused(request: HttpRequest, why: Refusal) -> HttpResponse:
    words = str(WHY[why])
    logger.warning(
        "Refused to support at a customer's place: %s %s (%s)", request.method, request.path, why.name
    )
    page = "" if wants_fragment(request) else _page(request, words)
    # For app.js, which tells it where somebody waits. Headers carry no letters beyond Latin ones.
    response = HttpResponse(page, status=403, headers={"X-Refused": quote(words)})
    response._has_been_logged = True  # type: ignore[attr-defined]
    add_never_cache_headers(response)
    return response


def _page(request: HttpRequest, words: str) -> str:
    """Without context processors, as all pages of refusals."""
    return loader.get_template("web/impersonation_refused.html").render({"request": request, "why": words})


def with_banner(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Into whatever is a whole page, of ours, of the admin or of an error: none may forget it."""
    if response.streaming or not response.get("Content-Type", "").startswith("text/html"):
        return response
    before, end, after = response.content.rpartition(BODY_ENDS)
    if end:
        response.content = before + _banner(request).encode(response.charset) + end + after
        if response.has_header("Content-Length"):
            response["Content-Length"] = str(len(response.content))
    return response


def _banner(request: HttpRequest) -> str:
    context = {"person": request.user, "minutes": request.impersonation.minutes_left}
    return loader.get_template("web/_impersonation.html").render(context, request)
