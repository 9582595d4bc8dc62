from __future__ import annotations

from django.contrib.sitemaps.views import sitemap
from django.urls import path
from django.views.decorators.http import require_safe

from apps.web import crawlers, health, log_pages, team_pages, views, well_known
from apps.web.leaving.views import delete as delete_account
from apps.web.public_pages import PublicPages

app_name = "web"
urlpatterns = [
    path("", views.landing, name="landing"),
    path("a/<slug:team_slug>/", team_pages.dashboard, name="dashboard"),
    path("a/<slug:team_slug>/activity/", team_pages.activity, name="activity"),
    path("a/<slug:team_slug>/activity/log/", log_pages.team_log, name="team_log"),
    path("a/<slug:team_slug>/activity/log/export/", log_pages.team_log_export, name="team_log_export"),
    path("users/activity/", log_pages.account_log, name="account_log"),
    path("a/<slug:team_slug>/first-steps/", team_pages.steps, name="first_steps"),
    path("users/delete/", delete_account, name="delete_account"),
    path("contact/", views.contact, name="contact"),
    path("terms/", views.terms, name="terms"),
    path("privacy/", views.privacy, name="privacy"),
    path("favicon.ico", crawlers.favicon, name="favicon"),
    path(".well-known/security.txt", well_known.security_txt, name="security_txt"),
    path(".well-known/change-password", well_known.change_password, name="change_password"),
    path("robots.txt", crawlers.robots, name="robots"),
    path("site.webmanifest", crawlers.manifest, name="manifest"),
    path("sitemap.xml", require_safe(sitemap), {"sitemaps": {"pages": PublicPages}}, name="sitemap"),
    path("health/", health.alive, name="health"),
    path("health/ready/", health.ready, name="ready"),
]
