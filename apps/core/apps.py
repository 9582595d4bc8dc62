from importlib import import_module

from django.apps import AppConfig
from django.db.backends.signals import connection_created
from django.utils.translation import gettext_lazy as _

from apps.core.connection_checks import ask_seldom
from apps.core.log_queries import watch


class CoreConfig(AppConfig):
    name = "apps.core"
    verbose_name = _("Core")

    def ready(self) -> None:
        import_module("apps.core.checks")  # these register themselves
        import_module("apps.core.outbox.checks")
        connection_created.connect(watch)
        connection_created.connect(ask_seldom)
        import_module("apps.core.audit_retention")  # its task, for Celery to find
