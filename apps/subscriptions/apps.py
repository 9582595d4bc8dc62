from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SubscriptionsConfig(AppConfig):
    name = "apps.subscriptions"
    verbose_name = _("Subscriptions")

    def ready(self) -> None:
        # They need loaded models, and they register themselves by being imported.
        from apps.subscriptions import checks, gateway, mirror  # noqa: F401, PLC0415
        from apps.subscriptions.news import (  # noqa: F401, PLC0415
            addresses,
            cards,
            closing,
            events,
            forgetting,
            seats,
            subscriptions,
        )

        gateway.install_http_client()
        mirror.take_off_builtin_receivers()
        mirror.share_account_lookups()
        mirror.leave_features_out()
