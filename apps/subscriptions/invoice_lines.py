"""The words of an invoice's lines."""

from __future__ import annotations

from django.utils.translation import get_language
from django.utils.translation import gettext as _
from djstripe.models import Price

from apps.subscriptions.gateway import Json


def texts(lines: list[Json]) -> list[str]:
    """One for each line. Stripe writes in English: in other languages they are ours, with the product's name
    as it stands in our mirror (one query). https://docs.stripe.com/api/invoice-line-item/object
    """
    if (get_language() or "en").startswith("en"):
        return [_theirs(line) for line in lines]
    names = _product_names({_price_id(line) for line in lines})
    return [_ours(line, names.get(_price_id(line)) or "") for line in lines]


def _theirs(line: Json) -> str:
    return line.get("description") or _("Subscription")


def _ours(line: Json, product: str) -> str:
    if not product:
        return _theirs(line)
    words = _("%(quantity)s × %(product)s") % {"quantity": line.get("quantity") or 1, "product": product}
    if not _is_proration(line):
        return words
    return (_("Unused time: %s") if line["amount"] < 0 else _("Remaining time: %s")) % words


def _price_id(line: Json) -> str:
    details = (line.get("pricing") or {}).get("price_details") or {}
    return details.get("price") or ""


def _is_proration(line: Json) -> bool:
    parent = line.get("parent") or {}
    details = parent.get("subscription_item_details") or parent.get("invoice_item_details") or {}
    return bool(details.get("proration"))


def _product_names(price_ids: set[str]) -> dict[str, str]:
    return dict(Price.objects.filter(id__in=price_ids).values_list("id", "product__name"))
