"""What programs ask of a site before anything else: where to look, and what its icon is."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.templatetags.static import static
from django.urls import reverse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from apps.core.addresses import absolute_url
from apps.web.public_pages import PUBLIC_PAGES

PRIVATE = ["/a/", "/accounts/", "/admin/", "/health/", "/stripe/", "/teams/", "/users/", "/_"]
ICONS = {"192x192": "img/icon-192.png", "512x512": "img/icon-512.png"}

a_day = cache_control(public=True, max_age=86400)


@a_day
@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """Of what is private only the address of a page could be found: it says `noindex`, too, if it is read."""
    lines = ["User-agent: *"]  # the exceptions first: some take the first rule that fits, some the longest
    lines += [f"Allow: {path}" for path in map(reverse, PUBLIC_PAGES) if path.startswith(tuple(PRIVATE))]
    lines += [f"Disallow: {path}" for path in PRIVATE]
    lines += ["", f"Sitemap: {absolute_url(reverse('web:sitemap'))}", ""]
    return HttpResponse("\n".join(lines), content_type="text/plain")


@require_safe
def favicon(request: HttpRequest) -> HttpResponse:
    """Browsers ask here for pages that name no icon: the admin's, Django's own errors."""
    return redirect(static("img/favicon.ico"))


@a_day
@require_safe
def manifest(request: HttpRequest) -> JsonResponse:
    """How the product is called and looks on a home screen."""
    icons = [
        {"src": static(path), "sizes": size, "type": "image/png", "purpose": purpose}
        for size, path in ICONS.items()
        for purpose in ("any", "maskable")
    ]
    about = {
        "name": settings.PROJECT_NAME,
        "short_name": settings.PROJECT_NAME,
        "id": "/",
        "start_url": "/",
        "display": "browser",
        "icons": icons,
    }
    return JsonResponse(about, content_type="application/manifest+json")
