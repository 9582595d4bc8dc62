from __future__ import annotations

from dataclasses import asdict

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from apps.core.mail import local_mails


@never_cache
@require_safe
def mails(request: HttpRequest) -> HttpResponse:
    """The mails of this machine. Anybody may read them, so only while DEBUG is on."""
    if not settings.DEBUG:
        raise Http404
    if request.GET.get("format") == "json":
        return JsonResponse([asdict(mail) for mail in local_mails()], safe=False)
    return render(request, "mail/list.html", {"mails": local_mails()})
