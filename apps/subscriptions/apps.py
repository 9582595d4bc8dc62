from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SubscriptionsConfig(AppConfig):
    name = "apps.subscriptions"
    verbose_name = _("Subscriptions")

    def ready(self) -> None:
        # They need loaded models, and they register themselves by being imported.
        from apps.subscriptions import (  # noqa: PLC0415
            address_news,  # noqa: F401
            card_news,  # noqa: F401
            checks,  # noqa: F401
            event_news,  # noqa: F401
            gateway,
            mirror,
            seat_news,  # noqa: F401
            subscription_news,  # noqa: F401
        )

        gateway.install_http_client()
        mirror.take_off_builtin_receivers()
        mirror.share_account_lookups()
