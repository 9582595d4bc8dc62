"""What is set up once per Stripe account: catalogue, webhook endpoint, Portal configuration.

All of it may run again at any time; nothing is deleted at Stripe but a webhook endpoint that was replaced.
"""

from apps.subscriptions.services.setup.catalogue_pull import pull_catalogue
from apps.subscriptions.services.setup.catalogue_push import push_catalogue
from apps.subscriptions.services.setup.portal_configuration import configure_portal
from apps.subscriptions.services.setup.webhook_endpoint import connect_webhooks

__all__ = ["configure_portal", "connect_webhooks", "pull_catalogue", "push_catalogue"]
