from django.urls import path

from apps.core.views import mails

app_name = "mail"

urlpatterns = [path("", mails, name="list")]
