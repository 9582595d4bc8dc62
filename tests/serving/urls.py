"""The product's addresses, and some that tell what a request looks like when it arrives."""

from __future__ import annotations

import sys

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import include, path
from django.views.decorators.csrf import csrf_exempt

from config.urls import handler400, handler429, handler500

__all__ = ["handler400", "handler429", "handler500"]


def breaks(request: HttpRequest) -> HttpResponse:
    raise ValueError("password=hunter2secret of ada@example.com")


@csrf_exempt
def seen(request: HttpRequest) -> JsonResponse:
    return JsonResponse(
        {
            "address": request.META["REMOTE_ADDR"],
            "secure": request.is_secure(),
            "script": request.META.get("SCRIPT_NAME"),
            "fields": len(request.POST),
        }
    )


def modules(request: HttpRequest) -> JsonResponse:
    return JsonResponse(sorted(sys.modules), safe=False)


urlpatterns = [
    path("breaks/", breaks),
    path("seen/", seen),
    path("modules/", modules),
    path("", include("config.urls")),
]
