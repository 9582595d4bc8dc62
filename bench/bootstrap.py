"""A catalogue of 500 products copied from Stripe, beside dj-stripe's own command."""

from __future__ import annotations

import copy
from typing import Any

from djstripe.models import Price, Product

from apps.subscriptions import gateway
from apps.subscriptions.services import setup
from bench.runner import Runner
from bench.shop import Shop
from stripe_sandbox.world import World

PRODUCTS, FEW = 500, 5
NAMED = "crowd"


def run(runner: Runner, shop: Shop) -> None:
    products = PRODUCTS if runner.times > 1 else FEW
    offer(shop.world, Price.objects.get(id=shop.subscription.price_id), products)
    runner.heading(f"Bootstrap: {products} more products, two prices each")
    theirs = runner.measure_once("dj-stripe's sync of products and prices", sync_models)
    forget()
    runner.measure_once("bootstrap_subscriptions", pull, beside=theirs)
    runner.measure_once("bootstrap_subscriptions, nothing new", pull, beside=theirs)
    forget()
    withdraw(shop.world)


def sync_models() -> None:
    """What dj-stripe's command `djstripe_sync_models Product Price` does for each object."""
    key = gateway.secret_key()
    for model in (Product, Price):
        for data in model.api_list(api_key=key):
            model.sync_from_stripe_data(data, api_key=key)
    assert Price.objects.filter(id__contains=NAMED).exists()


def pull() -> None:
    for _mirrored in setup.pull_catalogue():
        pass
    assert Price.objects.filter(id__contains=NAMED).exists()


def forget() -> None:
    Price.objects.filter(id__contains=NAMED).delete()
    Product.objects.filter(id__contains=NAMED).delete()


def offer(world: World, like: Price, count: int) -> None:
    """At Stripe: as many products with two prices each, like this one."""
    price, product = world.get(like.id), world.get(like.stripe_data["product"])
    assert price is not None
    assert product is not None
    with world:
        for number in range(count):
            made = _like(product, f"prod_{NAMED}{number}", name=f"Product {number}", metadata={})
            world.add({**made, "default_price": None})
            for interval in ("month", "year"):
                of = {"product": made["id"], "lookup_key": None}
                world.add(_like(price, f"price_{NAMED}{number}{interval}", **of))


def withdraw(world: World) -> None:
    """Stripe has no longer more than we: other subjects compare both."""
    with world:
        for kind in ("price", "product"):
            for each in [found for found in world.all(kind) if NAMED in found["id"]]:
                world.remove(each)


def _like(original: dict[str, Any], id_: str, **values: Any) -> dict[str, Any]:
    return {**copy.deepcopy(original), "id": id_, **values}
