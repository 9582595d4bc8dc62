"""Every address there is: those of a server, and those that only DEBUG opens."""

from django.urls import include, path

from config import urls

handler400, handler404, handler500 = urls.handler400, urls.handler404, urls.handler500

urlpatterns = [
    path("_mail/", include("apps.core.mail_urls")),
    path("_components/", include("apps.web.gallery.urls")),
    *(entry for entry in urls.urlpatterns if str(entry.pattern) not in ("_mail/", "_components/")),
]
