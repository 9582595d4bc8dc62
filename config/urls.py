"""Where each address leads. Everything below /a/<team_slug>/ belongs to a team and checks membership."""

from allauth.urls import build_provider_urlpatterns
from django.conf import settings
from django.contrib import admin
from django.urls import include, path

from apps.subscriptions.urls import HOLDER_PREFIX
from apps.subscriptions.views.explain import explain
from apps.subscriptions.views.growth import growth, growth_differing, growth_months
from apps.subscriptions.views.pricing import pricing
from apps.subscriptions.webhooks import stripe_webhook
from apps.users.impersonation_views import StopView
from apps.users.language_view import set_language
from apps.web.leaving.staff import leaving

# Beside the models' own pages, with the admin's login and look.
staff_pages = [
    path(
        "subscriptions/explain/<uuid:holder_id>/",
        admin.site.admin_view(explain),
        name="subscriptions_explain",
    ),
    path("growth/", admin.site.admin_view(growth), name="growth"),
    path("growth/months.csv", admin.site.admin_view(growth_months), name="growth_months"),
    path("growth/differing.csv", admin.site.admin_view(growth_differing), name="growth_differing"),
    path("users/leaving/<uuid:user_id>/", admin.site.admin_view(leaving), name="users_leaving"),
]

handler429 = "apps.core.limits.too_often"  # allauth asks for it
handler400 = "apps.web.failures.not_understood"
handler404 = "apps.web.failures.not_found"
handler500 = "apps.web.failures.broken"

urlpatterns = [
    path("admin/", ([*staff_pages, *admin.site.get_urls()], "admin", admin.site.name)),
    path("accounts/", include("allauth.account.urls")),
    path("accounts/2fa/", include("allauth.mfa.urls")),
    path("users/", include("apps.users.urls")),
    path("hijack/", include(([path("release/", StopView.as_view(), name="release")], "hijack"))),
    path("i18n/setlang/", set_language, name="set_language"),
    path("teams/", include("apps.teams.urls")),
    path("a/<slug:team_slug>/team/", include("apps.teams.team_urls")),
    path(f"{HOLDER_PREFIX}subscription/", include("apps.subscriptions.urls")),
    path(f"{HOLDER_PREFIX}subscription/", include("apps.demo.urls")),  # demo-only
    path("pricing/", pricing, name="pricing"),
    path("stripe/webhook/", stripe_webhook, name="stripe_webhook"),
    path("", include("apps.web.urls")),
]

# No page of ours offers Google's One Tap, whose address takes what other sites post.
ONE_TAP = "google_login_by_token"

if settings.SIGN_IN_PROVIDERS:
    providers = [page for page in build_provider_urlpatterns() if getattr(page, "name", "") != ONE_TAP]
    urlpatterns.append(path("accounts/3rdparty/", include("allauth.socialaccount.urls")))
    urlpatterns.append(path("accounts/", include(providers)))

if settings.DEBUG:
    urlpatterns.append(path("_mail/preview/", include("apps.web.mail_previews.urls")))
    urlpatterns.append(path("_mail/", include("apps.core.mail_urls")))
    urlpatterns.append(path("_components/", include("apps.web.gallery.urls")))
