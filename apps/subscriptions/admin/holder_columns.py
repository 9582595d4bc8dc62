"""The holder in lists: its link, and how it is searched for. Both kinds of holders."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from apps.core.billing import SubscriptionModelBase
from apps.subscriptions.admin.links import row_link
from apps.subscriptions.holders import holder_label, holder_model

SEARCHED = ["name", "slug", "email", "billing_email", "billing_contact__email"]


def holder_search(prefix: str = "holder__") -> list[str]:
    """Search fields over the holder's name, address and e-mail, as far as the model has them."""
    columns = {field.name for field in holder_model()._meta.get_fields()}
    return [prefix + name for name in SEARCHED if name.split("__")[0] in columns]


HOLDER_SEARCH = holder_search()


def holder_link(holder: SubscriptionModelBase | None) -> str:
    """The holder's name, leading to its page in the admin; "-" for none."""
    return row_link(holder, holder_label(holder)) if holder else "-"


class HolderColumn:
    """Mixin for the admin of rows that have a `holder`: the column `of_holder`."""

    @admin.display(description=_("holder"), ordering="holder")
    def of_holder(self, row: Any) -> str:
        return holder_link(row.holder)
