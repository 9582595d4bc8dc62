"""The products at Stripe as Python, to paste into metadata.py."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.text import slugify

from apps.subscriptions.gateway import Json
from apps.subscriptions.metadata import default_plan

SLUG_LENGTH = 80


def active_products(products: Iterable[Json]) -> str:
    """`ACTIVE_PRODUCTS = [...]`, oldest product first. Free of Stripe's surprises: it always evaluates."""
    default = default_plan()
    lines = ["ACTIVE_PRODUCTS = ["]
    lines += [f"    # Keep the plan of holders without a subscription too: yours is {default.slug!a}"]
    for product, slug in with_slugs(products):
        lines.append(_pasteable(product, slug))
    return "\n".join([*lines, "]"])


def with_slugs(products: Iterable[Json]) -> list[tuple[Json, str]]:
    """Each active product with a slug no other has: its plan's, or made of its name, else of its id.

    The same in every run: what was made first keeps the plain slug.
    """
    taken = {default_plan().slug}
    found = []
    active = [product for product in products if product["active"]]
    for product in sorted(active, key=lambda row: (not _plan(row), row["created"], row["id"])):
        slug = _free(_plan(product) or slugify(product["name"]) or slugify(product["id"]), taken)
        taken.add(slug)
        found.append((product, slug))
    return sorted(found, key=lambda pair: (pair[0]["created"], pair[0]["id"]))


def _plan(product: Json) -> str:
    return slugify(product["metadata"].get("plan") or "")


def _free(wanted: str, taken: set[str]) -> str:
    wanted = wanted[:SLUG_LENGTH].strip("-_") or "plan"
    slug, number = wanted, 1
    while slug in taken:
        number += 1
        slug = f"{wanted}-{number}"
    return slug


def _pasteable(product: Json, slug: str) -> str:
    features = tuple(
        feature["name"] for feature in product.get("marketing_features") or [] if feature.get("name")
    )
    return "\n".join(
        [
            "    ProductMetadata(",
            f"        slug={slug!r},",
            f"        name={product['name']!r},",
            f"        description={product.get('description') or ''!r},",
            f"        features={features!r},",
            f"        stripe_id={product['id']!r},",
            "    ),",
        ]
    )
