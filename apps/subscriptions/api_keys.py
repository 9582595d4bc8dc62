"""The API keys in dj-stripe's table, where the admin shows them, are the configured ones.

dj-stripe copies the first key it works with into that table, and whatever it sends for an object by itself
(`customer.api_retrieve()` in a buyer's code) goes with the copy: after a rotation, the key that was rotated
away would win for ever. Keys of the other mode are left alone: they are of use again when the mode changes.
"""

from __future__ import annotations

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from djstripe.enums import APIKeyType
from djstripe.models import Account, APIKey, Customer

from apps.subscriptions import gateway, stripe_api
from apps.subscriptions.errors import SetupRefused


def ensure_account() -> None:
    """dj-stripe files every object under the account of the key. One query, unless a key was changed.

    Talks to Stripe then: call it with no transaction open.
    """
    known = _keys_of_this_mode().filter(type=APIKeyType.secret, djstripe_owner_account__isnull=False)
    if list(known.values_list("secret", flat=True)) != [gateway.secret_key()]:
        refresh_api_keys()


def refresh_api_keys() -> Account:
    """Keep exactly the configured keys of this mode, under the account they belong to; returns the account.

    Raises StripeRefused for a key that Stripe does not take, with nothing changed.
    """
    data = stripe_api.accounts.retrieve_current()
    with transaction.atomic():
        account, _created = Account.objects.get_or_create(id=data["id"])
        stale_api_keys().delete()
        _keep(gateway.secret_key(), APIKeyType.secret, "Secret key", account)
        if public_key():
            _keep(public_key(), APIKeyType.publishable, "Publishable key", account)
    Account.sync_from_stripe_data(gateway.as_stripe_object(data), api_key=gateway.secret_key())
    return account


def refuse_foreign(customer_id: str) -> None:
    """For a customer that Stripe does not have. Raises SetupRefused when it is because of the key.

    One of another account finds nobody: taken for deleted, each customer read back would lose what it paid.
    """
    owner = (
        Customer.objects.filter(id=customer_id).values_list("djstripe_owner_account__id", flat=True).first()
    )
    keys = APIKey.objects.filter(secret=gateway.secret_key(), djstripe_owner_account__isnull=False)
    account = keys.values_list("djstripe_owner_account__id", flat=True).first()
    if owner and account and owner != account:
        raise SetupRefused(
            f"The key belongs to the account {account}, the customer {customer_id} to {owner}: put the right "
            "key in. Nothing was changed"
        )


def accounts_of_customers() -> list[str]:
    """The accounts that the customers here are of: one, or none yet. A key of another one finds none."""
    known = Customer.objects.filter(livemode=settings.STRIPE_LIVE_MODE).order_by()
    return sorted(set(known.values_list("djstripe_owner_account__id", flat=True).distinct()) - {None})


def stale_api_keys() -> QuerySet[APIKey]:
    """Rows of this mode that the environment does not name (any more)."""
    return _keys_of_this_mode().exclude(secret__in=[gateway.secret_key(), public_key()])


def public_key() -> str:
    return settings.STRIPE_LIVE_PUBLIC_KEY if settings.STRIPE_LIVE_MODE else settings.STRIPE_TEST_PUBLIC_KEY


def _keys_of_this_mode() -> QuerySet[APIKey]:
    return APIKey.objects.filter(livemode=settings.STRIPE_LIVE_MODE)


def _keep(key: str, kind: APIKeyType, name: str, account: Account) -> None:
    values = {
        "type": kind,
        "livemode": settings.STRIPE_LIVE_MODE,
        "djstripe_owner_account": account,
        "name": name,
    }
    APIKey.objects.update_or_create(secret=key, defaults=values)
