from __future__ import annotations

from django.http import HttpRequest, HttpResponseBase
from django.views import i18n
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_POST

from apps.users.languages import choose_language


@csrf_exempt
def set_language(request: HttpRequest) -> HttpResponseBase:
    """Django's, which keeps the choice in a cookie; who is signed in finds it on every machine.

    A visitor needs no form's token, so that public pages have none. Staff who act as somebody else leave that
    person's choice alone.
    """
    return _of_a_person(request) if request.user.is_authenticated else _of_a_visitor(request)


@require_POST
def _of_a_visitor(request: HttpRequest) -> HttpResponseBase:
    return i18n.set_language(request)


@csrf_protect
@require_POST
def _of_a_person(request: HttpRequest) -> HttpResponseBase:
    if not getattr(request, "impersonator_id", None):
        choose_language(request.user, request.POST.get("language", ""))
    return i18n.set_language(request)
