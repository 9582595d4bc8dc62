from django.urls import path

from apps.users.views import avatar, profile, sessions

app_name = "users"

urlpatterns = [
    path("profile/", profile, name="profile"),
    path("profile/picture/", avatar, name="avatar"),
    path("sessions/", sessions, name="sessions"),
]
