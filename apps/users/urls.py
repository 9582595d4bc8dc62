from django.urls import path

from apps.users.exporting.views import export, export_one
from apps.users.views import avatar, profile, sessions

app_name = "users"

urlpatterns = [
    path("profile/", profile, name="profile"),
    path("export/", export, name="export"),
    path("export/<str:token>/", export_one, name="export_one"),
    path("profile/picture/", avatar, name="avatar"),
    path("sessions/", sessions, name="sessions"),
]
