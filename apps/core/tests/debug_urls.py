"""The addresses as they are on a laptop, with DEBUG on."""

from django.urls import include, path

from config.urls import urlpatterns as product

urlpatterns = [
    *product,
    path("_mail/preview/", include("apps.web.mail_previews.urls")),
    path("_mail/", include("apps.core.mail_urls")),
    path("_components/", include("apps.web.gallery.urls")),
]
