"""Every address there is: those of a server, and those that only DEBUG opens."""

from apps.core.tests.debug_urls import urlpatterns
from config.urls import handler400, handler404, handler429, handler500

__all__ = ["handler400", "handler404", "handler429", "handler500", "urlpatterns"]
