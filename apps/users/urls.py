from django.urls import path

from apps.users.views import profile, sessions

app_name = "users"

urlpatterns = [
    path("profile/", profile, name="profile"),
    path("sessions/", sessions, name="sessions"),
]
