from importlib import import_module

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class UsersConfig(AppConfig):
    name = "apps.users"
    verbose_name = _("Users")

    def ready(self) -> None:
        import_module("apps.users.sessions")  # listens for sign-ins
        import_module("apps.users.account_log")  # these write the audit log
        import_module("apps.users.rights_log")
        import_module("apps.users.switched_off")
        import_module("apps.users.avatars")  # and for people who go
        import_module("apps.users.impersonation")  # for sign-outs
        permissions = import_module("apps.users.permissions")
        post_migrate.connect(permissions.create_support_permissions, sender=self)
        import_module("apps.users.languages")  # listens for sign-ups
        import_module("apps.users.exporting.making")  # listens for the end of accounts: files go along
