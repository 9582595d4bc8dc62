from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class UsersConfig(AppConfig):
    name = "apps.users"
    verbose_name = _("Users")

    def ready(self) -> None:
        import_module("apps.users.sessions")  # listens for sign-ins
        import_module("apps.users.exporting.making")  # listens for the end of accounts: files go along
