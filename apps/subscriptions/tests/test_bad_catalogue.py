"""Whatever is wrong with metadata.py or the catalogue, pages answer: a server runs no system checks."""

from __future__ import annotations

from dataclasses import replace

import pytest
from djstripe.models import Price, Product

from apps.subscriptions import doctor
from apps.subscriptions.holders import billing_url
from apps.subscriptions.metadata import (
    ACTIVE_PLAN_INTERVALS,
    ACTIVE_PRODUCTS,
    ENTERPRISE,
    FREE,
    PRO,
    STARTER,
    PlanInterval,
)
from apps.subscriptions.tests.conftest import GATED_URLS, choose, gated_page

pytestmark = [pytest.mark.django_db, pytest.mark.urls(GATED_URLS)]

PAGES = ["tab", "change"]


@pytest.fixture
def catalogue():
    """Set what metadata.py says, in place."""
    before = list(ACTIVE_PRODUCTS), list(ACTIVE_PLAN_INTERVALS)

    def catalogue(plans=before[0], intervals=before[1]):
        ACTIVE_PRODUCTS[:], ACTIVE_PLAN_INTERVALS[:] = plans, intervals

    yield catalogue
    ACTIVE_PRODUCTS[:], ACTIVE_PLAN_INTERVALS[:] = before


BROKEN = {
    "nothing is sold": {"plans": []},
    "no default": {"plans": [STARTER, PRO, ENTERPRISE]},
    "two defaults": {"plans": [FREE, replace(PRO, is_default=True), STARTER]},
    "twice the same slug": {"plans": [FREE, PRO, replace(STARTER, slug="pro")]},
    "a product stripe does not have": {"plans": [FREE, replace(PRO, stripe_id="prod_gone"), STARTER]},
    "a setting nobody made": {"plans": [FREE, replace(PRO, stripe_id="STRIPE_NOWHERE"), STARTER]},
    "the plan somebody is on has gone": {"plans": [FREE, STARTER]},
    "a slug that is none": {"plans": [FREE, PRO, replace(STARTER, slug="a b/c")]},
    "no interval": {"intervals": []},
    "yearly only": {"intervals": [PlanInterval.YEAR]},
}


@pytest.mark.parametrize("subscribed", [False, True], ids=["new", "subscribed"])
@pytest.mark.parametrize("broken", BROKEN.values(), ids=BROKEN.keys())
def test_pages_answer_with_a_broken_metadata(
    stripe, owner_client, holder, buy, catalogue, broken, subscribed
):
    if subscribed:
        buy(holder)
    catalogue(**broken)

    answers = [owner_client.get(billing_url(page, holder)) for page in PAGES]
    answers += [owner_client.get(path) for path in ("/pricing/", "/", gated_page(holder))]
    answers.append(choose(owner_client, holder))

    assert [answer.status_code for answer in answers if answer.status_code >= 500] == []


def nothing_mirrored(world):
    Price.objects.all().delete()
    Product.objects.all().delete()


def no_lookup_keys(world):
    Price.objects.update(lookup_key=None)


def archived(world):
    Price.objects.update(active=False)
    Product.objects.update(active=False)


def an_unknown_currency(world):
    for price in Price.objects.all():
        price.stripe_data["currency"] = price.currency = "xxq"
        price.save()


def garbage(world):
    Price.objects.update(stripe_data={"id": "price_x", "object": "price"})


@pytest.mark.parametrize("subscribed", [False, True], ids=["new", "subscribed"])
@pytest.mark.parametrize("spoil", [nothing_mirrored, no_lookup_keys, archived, an_unknown_currency, garbage])
def test_pages_answer_with_a_broken_mirror(stripe, owner_client, holder, buy, spoil, subscribed):
    if subscribed:
        buy(holder)
    spoil(stripe)

    answers = [owner_client.get(billing_url(page, holder)) for page in PAGES]
    answers += [owner_client.get(path) for path in ("/pricing/", "/", gated_page(holder))]
    answers.append(choose(owner_client, holder))

    assert [answer.status_code for answer in answers if answer.status_code >= 500] == []


@pytest.mark.parametrize("broken", BROKEN.values(), ids=BROKEN.keys())
def test_the_doctor_examines_a_broken_metadata_too(stripe, catalogue, settings, broken):
    settings.DEBUG = True
    catalogue(**broken)

    seen = {finding.check for finding in doctor.examine()}

    assert seen >= {"portal", "products", "prices", "mirror", "inbox"}
