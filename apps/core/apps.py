from django.apps import AppConfig
from django.db.backends.signals import connection_created
from django.utils.translation import gettext_lazy as _

from apps.core import mail_checks  # noqa: F401 - registers them
from apps.core.log_queries import watch


class CoreConfig(AppConfig):
    name = "apps.core"
    verbose_name = _("Core")

    def ready(self) -> None:
        connection_created.connect(watch)
