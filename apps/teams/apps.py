from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TeamsConfig(AppConfig):
    name = "apps.teams"
    verbose_name = _("Teams")

    def ready(self) -> None:
        from apps.teams import membership_events, personal, slugs  # noqa: F401, PLC0415 - register their receivers
        from apps.teams.services import logos  # noqa: F401, PLC0415
