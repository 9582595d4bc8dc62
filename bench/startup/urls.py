from __future__ import annotations

from django.contrib import admin
from django.contrib.auth.models import Permission
from django.http import HttpRequest, HttpResponse
from django.urls import include, path


def counted(request: HttpRequest) -> HttpResponse:
    return HttpResponse(str(Permission.objects.count()))


urlpatterns = [
    path("admin/", admin.site.urls),
    path("accounts/", include("allauth.urls")),
    path("stripe/", include("djstripe.urls", namespace="djstripe")),
    path("counted/", counted),
]
