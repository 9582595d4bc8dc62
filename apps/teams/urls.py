from django.urls import path

from apps.teams.views import invitation, mine

app_name = "teams"

urlpatterns = [
    path("", mine.team_list, name="list"),
    path("home/", mine.home, name="home"),
    path("create/", mine.create, name="create"),
    path("invitations/<slug:token>/", invitation.invitation, name="invitation"),
]
