"""What every subscription holder carries, whichever model the product chooses.

It stands in the lowest layer so that users and teams may both inherit it, and imports nothing of the
subscriptions app. Buyers import it from `apps.subscriptions.models`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models
from django.db.models import F, FilteredRelation, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from apps.core.email_addresses import AddressField

if TYPE_CHECKING:
    from datetime import datetime


class SubscriptionModelBase(models.Model):
    """A model that can own a Stripe subscription (`SUBSCRIPTION_HOLDER_MODEL`)."""

    if TYPE_CHECKING:
        # The reverse of `Subscription.holder` and of `Comp.holder`, on the one model that is the holder.
        subscriptions: Any
        comps: Any

    # (current subscription, open comp) as read together with the holder (`with_billing`); None: not read.
    read_with_holder: tuple[Any, Any] | None = None
    # What `get_quantity` answered when the holder was read for a page; None: not counted then.
    quantity_read_with_holder: int | None = None

    billing_details_last_changed = models.DateTimeField(
        _("billing details last changed"),
        default=timezone.now,
        editable=False,
        help_text=_("When the billed quantity may have changed last."),
    )
    last_synced_with_stripe = models.DateTimeField(
        _("last synced with Stripe"), null=True, blank=True, editable=False
    )
    # Text, not a foreign key: dj-stripe's first migration depends on the holder's.
    stripe_customer_id = models.CharField(
        _("Stripe customer"), max_length=255, blank=True, default="", editable=False
    )
    # How many customers were replaced because somebody deleted them at Stripe; part of the idempotency
    # key, since Stripe replays the answer of a deleted customer's creation for 24 hours.
    stripe_customers_replaced = models.PositiveIntegerField(default=0, editable=False)
    sync_version = models.PositiveBigIntegerField(default=0, editable=False)
    billing_contact = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("billing contact"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    billing_email = AddressField(
        _("billing email"),
        blank=True,
        default="",
        help_text=_("Invoices go here instead of to the billing contact."),
    )

    class Meta:
        abstract = True
        constraints = [
            models.UniqueConstraint(
                fields=["stripe_customer_id"],
                condition=~Q(stripe_customer_id=""),
                name="%(class)s_one_stripe_customer",
            )
        ]
        indexes = [
            # `sync_subscriptions` finds the few that changed among very many that did not.
            models.Index(
                fields=["billing_details_last_changed"],
                condition=Q(last_synced_with_stripe__isnull=True)
                | Q(billing_details_last_changed__gt=F("last_synced_with_stripe")),
                name="%(class)s_waits_for_sync",
            )
        ]

    def get_quantity(self) -> int:
        """How many units to bill: at least 1. Override it to charge for something else."""
        return 1

    def quantity_shown(self) -> int:
        """The same for pages: as it was when the request began, without a query if it was counted then."""
        read = self.quantity_read_with_holder
        return self.get_quantity() if read is None else read

    @property
    def active_subscription(self) -> Any:
        """The holder's current `Subscription` if it grants access now, else None (one query)."""
        subscription = self.subscriptions.filter(is_current=True).first()
        return subscription if subscription and subscription.grants_access() else None

    def has_active_subscription(self) -> bool:
        return self.active_subscription is not None

    def billing_details_changed(self, *, at: datetime | None = None) -> None:
        """Note that the quantity may have changed, so that the next sync looks at this holder."""
        self.billing_details_last_changed = at or timezone.now()
        self.save(update_fields=["billing_details_last_changed"])


CURRENT, COMP = "current_subscription", "current_comp"


def with_billing(rows: QuerySet[Any], holder: str = "") -> QuerySet[Any]:
    """Read with each row its holder's current subscription and open comp, in the same query.

    `holder` is the path to it ("" for the row itself). Unique indexes allow one of each, so no row comes
    twice. When other models hold subscriptions the rows come as they are. Then `keep_billing(row, holder)`.
    """
    path = f"{holder}__" if holder else ""
    model = rows.model._meta.get_field(holder).related_model if holder else rows.model
    if not _holds_subscriptions(model):
        return rows
    return rows.annotate(
        **{
            CURRENT: FilteredRelation(
                f"{path}subscriptions", condition=Q(**{f"{path}subscriptions__is_current": True})
            ),
            COMP: FilteredRelation(f"{path}comps", condition=Q(**{f"{path}comps__ended_at__isnull": True})),
        }
    ).select_related(*([holder] if holder else []), CURRENT, COMP)


def keep_billing(row: Any, holder: Any) -> None:
    """Leave with the holder what `with_billing` read, for gates: it is as old as the holder itself."""
    if not _holds_subscriptions(type(holder)):
        return
    found = getattr(row, CURRENT, None), getattr(row, COMP, None)
    for billed in filter(None, found):
        billed.holder = holder
    holder.read_with_holder = found


def _holds_subscriptions(model: Any) -> bool:
    return bool(model._meta.label_lower == settings.SUBSCRIPTION_HOLDER_MODEL.lower())
