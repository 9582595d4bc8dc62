from __future__ import annotations

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from apps.web.gallery.samples import samples
from apps.web.gallery.specimens import groups


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def gallery(request: HttpRequest) -> HttpResponse:
    """A page for those who build pages, so only while DEBUG is on. Its forms may be sent and do nothing."""
    if not settings.DEBUG:
        raise Http404
    if request.method == "POST":
        return redirect("gallery:page")
    shown = {"here": request.path, "csrf_token": get_token(request), **samples()}
    return render(request, "gallery/page.html", {"groups": groups(request, shown)})
