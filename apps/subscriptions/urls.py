"""A holder's billing pages, below /a/<team_slug>/subscription/ (a user holder: /subscription/)."""

from django.conf import settings
from django.urls import path

from apps.subscriptions.views import change, checkout, manage, next_invoice, seats, tab

HOLDER_PREFIX = "" if settings.SUBSCRIPTION_HOLDER_MODEL == "users.CustomUser" else "a/<slug:team_slug>/"

app_name = "subscriptions"
urlpatterns = [
    path("", tab.tab, name="tab"),
    path("checkout/", checkout.start, name="checkout"),
    path("confirm/", checkout.confirm, name="confirm"),
    path("portal/", manage.portal, name="portal"),
    path("portal/return/", manage.portal_return, name="portal_return"),
    path("change/", change.change, name="change"),
    path("cancel/", manage.cancel, name="cancel"),
    path("resume/", manage.resume, name="resume"),
    path("next-invoice/", next_invoice.show, name="next_invoice"),
    path("seats/", seats.ledger, name="seats"),
    path("seats/export/", seats.export, name="seats_export"),
    path("seats/preview/", seats.preview, name="seats_preview"),
]
