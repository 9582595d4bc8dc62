"""Every page of the admin opens, asks nobody at Stripe, and lets nobody edit what others wrote."""

from __future__ import annotations

from datetime import timedelta

import pytest
import stripe as stripe_python
from django.apps import apps
from django.contrib import admin
from django.urls import reverse
from django.utils import timezone
from djstripe.models import APIKey, LineItem, Product, SubscriptionItem, WebhookEndpoint

from apps.subscriptions import gateway
from apps.subscriptions.models import Comp, Drift, Notice, ReconcileRun, SeatChange, SeatSync, Subscription
from apps.subscriptions.tests.conftest import choose, current, open_session, signed_in
from apps.users.tests.factories import UserFactory

pytestmark = pytest.mark.django_db

BILLING = {"djstripe", "subscriptions"}
# Parts of an object that is shown whole: an invoice's lines, a subscription's items.
SHOWN_INSIDE = {LineItem, SubscriptionItem}


@pytest.fixture
def staff():
    return signed_in(UserFactory(is_staff=True, is_superuser=True))


@pytest.fixture
def history(stripe, holder, owner, owner_client, deliver_webhooks):
    """A plan bought with a promotion code, paid, refunded and disputed; and a row of each thing we keep."""
    api = stripe_python.StripeClient(gateway.secret_key(), base_addresses={"api": stripe_python.api_base}).v1
    coupon = api.coupons.create({"percent_off": 25, "duration": "repeating", "duration_in_months": 3}).id
    api.promotion_codes.create({"promotion": {"type": "coupon", "coupon": coupon}, "code": "SPRING25"})
    choose(owner_client, holder, "starter")
    stripe.complete_checkout(open_session(holder), promotion_code="SPRING25")
    deliver_webhooks()
    stripe.advance(40 * 24 * 3600)
    deliver_webhooks()
    payment = stripe.all("payment_intent")[0]["id"]
    api.refunds.create({"payment_intent": payment, "amount": 500})
    deliver_webhooks()
    _rows_nothing_in_this_story_makes(holder, owner)
    return holder


def _rows_nothing_in_this_story_makes(holder, owner):
    row = current(holder)
    Comp.objects.create(holder=holder, plan_slug="gone", reason="Friend", by=owner, by_label=owner.email)
    Notice.objects.create(key="x", kind="trial_ending", audience=Notice.Audience.PAYER, holder=holder)
    Notice.objects.create(key="y", kind="dispute_opened", audience=Notice.Audience.OPERATORS)
    SeatChange.objects.create(holder=holder, reason="member_added", before=1, after=2)
    SeatSync.objects.create(holder=holder, subscription_stripe_id=row.stripe_id, quantity=1)
    Drift.objects.create(kind="missed-news", subject=row.stripe_id, holder=holder, ours={"status": "active"})
    Drift.objects.create(kind="of former days", subject="sub_2", gone_at=timezone.now(), mended_by="a@b.c")
    ReconcileRun.objects.create(running=None, error="Stripe did not answer")
    WebhookEndpoint.objects.create(
        id="we_1",
        url="https://example.com/x/",
        secret="whsec_hidden",
        enabled_events=["*"],
        livemode=False,
        stripe_data={"id": "we_1", "secret": "whsec_hidden"},
    )


def page(model, name, *args):
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{name}", args=args)


def pages_to_look_at():
    """Address -> of every list, search and row there is."""
    for model in admin.site._registry:
        yield page(model, "changelist")
        yield page(model, "changelist") + "?q=x"
        for row in model._base_manager.all():
            yield page(model, "change", row.pk)
            yield page(model, "history", row.pk)


def test_every_page_opens_and_asks_nobody_at_stripe(stripe, history, staff):
    asked = len(stripe.requests.since(0))

    answers = {path: staff.get(path).status_code for path in ["/admin/", *pages_to_look_at()]}

    assert len(answers) > 100
    assert {path: code for path, code in answers.items() if code not in (200, 302)} == {}
    assert len(stripe.requests.since(0)) == asked


def test_every_filter_and_every_way_to_sort_opens(history, staff):
    for model in admin.site._registry:
        if model._meta.app_label not in BILLING:
            continue
        links = filters_and_sorts(staff.get(page(model, "changelist")))

        broken = [link for link in links if staff.get(page(model, "changelist") + link).status_code != 200]

        assert broken == [], model


def filters_and_sorts(response):
    changelist = response.context["cl"]
    for spec in changelist.filter_specs:
        yield from (choice["query_string"] for choice in spec.choices(changelist))
    for number in range(len(changelist.list_display)):
        yield f"?o={number}"


def test_nobody_adds_edits_or_deletes_a_row_of_billing(history, staff):
    open_doors = []
    for model in [model for model in admin.site._registry if model._meta.app_label in BILLING]:
        row = model._base_manager.first()
        doors = [(page(model, "add"), {}), (page(model, "delete", row.pk), {"post": "yes"})]
        doors += [(page(model, "change", row.pk), {"name": "x"})]
        open_doors += [path for path, data in doors if staff.post(path, data).status_code != 403]

    assert open_doors == []


def test_no_list_of_the_mirror_offers_an_action_of_dj_stripe(history, staff):
    offered = {
        action
        for model, model_admin in admin.site._registry.items()
        if model._meta.app_label == "djstripe"
        for action in model_admin.get_actions(staff.get("/admin/").wsgi_request)
    }

    assert offered == set()
    # dj-stripe's own address for its actions asks for no permission at all.
    cancel = "/admin/djstripe/subscription/action/_cancel/subscription/"
    assert staff.post(cancel, {"_selected_action": ["1"]}).status_code in (302, 403, 404)
    assert Subscription.objects.get(is_current=True).status == "active"


def test_every_table_of_the_mirror_that_fills_can_be_looked_at(history):
    filled = {
        model
        for model in apps.get_app_config("djstripe").get_models()
        if model._base_manager.exists() and model not in SHOWN_INSIDE
    }

    assert Product in filled
    assert filled - set(admin.site._registry) == set()


def test_secrets_are_shown_masked(history, staff, settings):
    pages = [staff.get(page(APIKey, "changelist")), staff.get(page(WebhookEndpoint, "change", 1))]
    pages += [staff.get(page(APIKey, "change", key.pk)) for key in APIKey.objects.all()]

    text = "".join(response.content.decode() for response in pages)
    assert settings.STRIPE_TEST_SECRET_KEY not in text
    assert "whsec_hidden" not in text
    assert "sk_test_...0000" in text


def test_a_key_that_was_rotated_away_says_so(stripe, staff):
    old = APIKey.objects.create(secret="sk_test_" + 24 * "9", type="secret", livemode=False)

    text = staff.get(page(APIKey, "change", old.pk)).content.decode()

    assert "the environment names another one" in text


def test_an_object_of_a_shape_nobody_knows_is_shown_all_the_same(history, staff):
    Product.objects.update(stripe_data={"surprise": 1})

    for name, args in (("changelist", ()), ("change", (Product.objects.first().pk,))):
        assert staff.get(page(Product, name, *args)).status_code == 200


@pytest.mark.parametrize("count", [3, 60])
def test_lists_of_the_mirror_do_not_ask_more_for_more_rows(
    stripe, staff, django_assert_max_num_queries, count
):
    now = timezone.now() - timedelta(days=1)
    Product.objects.bulk_create(
        Product(id=f"prod_{n}", name="P", active=True, livemode=False, created=now, stripe_data={})
        for n in range(count)
    )

    with django_assert_max_num_queries(7):
        staff.get(page(Product, "changelist"))
