"""What a Checkout session is made of: https://docs.stripe.com/api/checkout/sessions/create"""

from __future__ import annotations

from django.conf import settings
from django.utils.translation import get_language

from apps.core.billing import SubscriptionModelBase
from apps.core.context_processors import absolute_url
from apps.subscriptions.gateway import Json
from apps.subscriptions.holders import billed_quantity, billing_url
from apps.subscriptions.metadata import ProductMetadata
from apps.subscriptions.money import is_metered

LOCALES = frozenset(
    "bg cs da de el en en-GB es es-419 et fi fil fr fr-CA hr hu id it ja ko lt lv ms mt nb nl pl pt pt-BR ro "
    "ru sk sl sv th tr vi zh zh-HK zh-TW".split()
)
"""What Checkout speaks, in its own spelling."""
SPELLED_OTHERWISE = {"zh-hans": "zh", "zh-hant": "zh-TW", "no": "nb", "nn": "nb", "es-mx": "es-419"}


def session_params(
    holder: SubscriptionModelBase,
    plan: ProductMetadata,
    price: Json,
    *,
    customer_id: str,
    currency: str,
    trial_days: int,
) -> Json:
    """The currency is said always: without it Stripe guesses one from the reader's address."""
    return {
        "mode": "subscription",
        "customer": customer_id,
        "client_reference_id": str(holder.pk),
        "currency": currency,
        "line_items": [_line_item(holder, plan, price)],
        "subscription_data": {
            "metadata": {"plan": plan.slug, "holder": str(holder.pk)},
            **_trial(trial_days),
        },
        "allow_promotion_codes": True,
        "locale": checkout_locale(),
        "success_url": absolute_url(billing_url("confirm", holder)) + "?session_id={CHECKOUT_SESSION_ID}",
        "cancel_url": absolute_url(billing_url("tab", holder)),
        **_without_card(trial_days),
        **_tax(),
    }


def without_reader(params: Json) -> Json:
    """What two people who buy the same have in common: one session for both, in the language of the first."""
    return {name: value for name, value in params.items() if name != "locale"}


def _line_item(holder: SubscriptionModelBase, plan: ProductMetadata, price: Json) -> Json:
    """What is billed by use has no quantity: Stripe refuses one."""
    if is_metered(price):
        return {"price": price["id"]}
    return {"price": price["id"], "quantity": billed_quantity(holder, plan)}


def _trial(days: int) -> Json:
    if not days:
        return {}
    if settings.TRIAL_REQUIRES_CARD:
        return {"trial_period_days": days}
    # Without a card at its end the subscription rests (status paused) until there is one.
    end = {"end_behavior": {"missing_payment_method": "pause"}}
    return {"trial_period_days": days, "trial_settings": end}


def _without_card(trial_days: int) -> Json:
    if not trial_days or settings.TRIAL_REQUIRES_CARD:
        return {}
    return {"payment_method_collection": "if_required"}


def _tax() -> Json:
    """Tax and tax ids depend on where the customer is, so Checkout has to be allowed to keep what it asks."""
    params: Json = {}
    if settings.STRIPE_AUTOMATIC_TAX:
        params["automatic_tax"] = {"enabled": True}
        params["customer_update"] = {"address": "auto"}
    if settings.STRIPE_TAX_ID_COLLECTION:
        params["tax_id_collection"] = {"enabled": True}
        params["customer_update"] = {"address": "auto", "name": "auto"}
    return params


def checkout_locale() -> str:
    """The reader's language as Checkout spells it; "auto" (the browser's) for one it does not speak."""
    code = (get_language() or "").lower()
    code = SPELLED_OTHERWISE.get(code, code)
    language, _dash, region = code.partition("-")
    for wanted in (code, f"{language}-{region.upper()}", language):
        if wanted in LOCALES:
            return wanted
    return "auto"
