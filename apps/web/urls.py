from __future__ import annotations

from django.urls import path

from apps.web import health, views

app_name = "web"
urlpatterns = [
    path("", views.landing, name="landing"),
    path("a/<slug:team_slug>/", views.dashboard, name="dashboard"),
    path("favicon.ico", views.favicon, name="favicon"),
    path("health/", health.alive, name="health"),
    path("health/ready/", health.ready, name="ready"),
]
