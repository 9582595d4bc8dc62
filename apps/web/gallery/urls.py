from django.urls import path

from apps.web.gallery.views import gallery

app_name = "gallery"

urlpatterns = [path("", gallery, name="page")]
