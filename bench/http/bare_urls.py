from __future__ import annotations

from django.contrib.auth.models import Group
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path


def page(request: HttpRequest, size: int) -> HttpResponse:
    return render(request, f"{size}.html", {"title": "A page"})


def mine(request: HttpRequest, size: int) -> HttpResponse:
    """Three statements: the session, the person, the rows."""
    context = {"title": request.user.get_username(), "rows": Group.objects.all()[:10]}
    return render(request, f"{size}.html", context)


urlpatterns = [path("page/<int:size>/", page), path("mine/<int:size>/", mine)]
