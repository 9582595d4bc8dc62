"""Stripe's Customer Portal: cards, invoices, cancelling, changing plan."""

from __future__ import annotations

from apps.core import audit
from apps.core.billing import SubscriptionModelBase
from apps.core.context_processors import absolute_url
from apps.subscriptions import gateway, stripe_api
from apps.subscriptions.errors import NoCustomerYet
from apps.subscriptions.holders import billing_url
from apps.subscriptions.services.checkout_params import checkout_locale
from apps.users.models import CustomUser

# Our Portal configuration is found by this metadata, so that no id has to be copied anywhere.
CONFIGURATION_MARK = {"made_by": "lintel"}


def open_portal(holder: SubscriptionModelBase, *, by: CustomUser) -> str:
    """The address of a Portal session. Raises NoCustomerYet, StripeUnavailable, StripeRefused."""
    if not holder.stripe_customer_id:
        raise NoCustomerYet(str(holder.pk))
    params = {
        "customer": holder.stripe_customer_id,
        "return_url": absolute_url(billing_url("portal_return", holder)),
        "locale": checkout_locale(),
    }
    if configuration := our_configuration():
        params["configuration"] = configuration["id"]
    session = stripe_api.portal.create_session(params)
    audit.record("subscription.portal_opened", actor=by, target=holder, holder=holder)
    return session["url"]


def our_configuration() -> gateway.Json | None:
    """The configuration made by `bootstrap_webhooks --portal`; None: the account's default applies."""
    for configuration in stripe_api.portal.list_configurations():
        if (configuration.get("metadata") or {}).items() >= CONFIGURATION_MARK.items():
            return configuration
    return None
