from django.urls import path

from apps.web.mail_previews.views import every_mail, html_of_mail, one_mail

app_name = "mail_previews"

urlpatterns = [
    path("", every_mail, name="list"),
    path("<slug:slug>/", one_mail, name="mail"),
    path("<slug:slug>/html/", html_of_mail, name="html"),
]
