from __future__ import annotations

from django.urls import path

from apps.web import health, team_pages, views

app_name = "web"
urlpatterns = [
    path("", views.landing, name="landing"),
    path("a/<slug:team_slug>/", team_pages.dashboard, name="dashboard"),
    path("a/<slug:team_slug>/activity/", team_pages.activity, name="activity"),
    path("a/<slug:team_slug>/first-steps/", team_pages.steps, name="first_steps"),
    path("favicon.ico", views.favicon, name="favicon"),
    path("health/", health.alive, name="health"),
    path("health/ready/", health.ready, name="ready"),
]
