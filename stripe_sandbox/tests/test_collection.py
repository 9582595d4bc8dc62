"""How a subscription is collected: by mail, paused, with settings of its own; lists; classic billing."""

import pytest
import stripe

from stripe_sandbox.tests.shop import DAY


@pytest.fixture
def by_mail(api, shop):
    return api.subscriptions.create(
        {
            "customer": shop.customer().id,
            "items": [{"price": shop.price("starter-month")}],
            "collection_method": "send_invoice",
            "days_until_due": 10,
        }
    )


def test_an_invoice_by_mail_is_sent_and_falls_due(by_mail, api, shop):
    drafted = api.invoices.retrieve(by_mail.latest_invoice)

    shop.wait(0.1)
    sent = api.invoices.retrieve(by_mail.latest_invoice)
    shop.wait(10)

    assert (by_mail.status, drafted.status, sent.status) == ("active", "draft", "open")
    assert sent.due_date == sent.created + 10 * DAY
    assert shop.subscription(by_mail.id).status == "past_due"
    assert "invoice.overdue" in shop.events()


def test_paying_it_late_heals_the_subscription(by_mail, api, shop):
    shop.wait(11)

    api.invoices.pay(by_mail.latest_invoice, {"paid_out_of_band": True})

    assert shop.subscription(by_mail.id).status == "active"


def test_a_month_after_its_day_the_accounts_setting_decides(by_mail, shop, control):
    control("POST", "settings", after_retries="unpaid")

    shop.wait(41)

    assert shop.subscription(by_mail.id).status == "unpaid"


def test_days_until_due_belong_to_mail(api, shop):
    wanted = {"customer": shop.customer_with_card().id, "items": [{"price": shop.price("pro-month")}]}

    for params in ({"collection_method": "send_invoice"}, {"days_until_due": 5}):
        with pytest.raises(stripe.InvalidRequestError) as refused:
            api.subscriptions.create({**wanted, **params})
        assert (refused.value.http_status, refused.value.param) == (400, "days_until_due")


def test_from_card_to_mail_and_back(api, shop):
    subscription = shop.buy()

    mailed = api.subscriptions.update(
        subscription.id, {"collection_method": "send_invoice", "days_until_due": 7}
    )
    back = api.subscriptions.update(subscription.id, {"collection_method": "charge_automatically"})

    assert (mailed.collection_method, mailed.days_until_due) == ("send_invoice", 7)
    assert (back.collection_method, back.days_until_due) == ("charge_automatically", None)


@pytest.mark.parametrize(
    ("behavior", "status"),
    [("void", "void"), ("mark_uncollectible", "uncollectible"), ("keep_as_draft", "draft")],
)
def test_collection_pauses_and_goes_on_at_its_date(api, shop, behavior, status):
    subscription = shop.buy()
    pause = {"behavior": behavior, "resumes_at": shop.world.wall_clock() + 40 * DAY}
    api.subscriptions.update(subscription.id, {"pause_collection": pause})

    shop.wait(32)
    paused = shop.subscription(subscription.id)
    invoice = shop.invoices(subscription)[0]
    told_meanwhile = shop.events()
    shop.wait(31)

    assert (paused.status, paused.pause_collection.behavior) == ("active", behavior)
    assert invoice.status == status
    assert "invoice.upcoming" not in told_meanwhile
    assert shop.events().count("invoice.upcoming") == 1
    assert shop.subscription(subscription.id).pause_collection is None
    assert shop.invoices(subscription)[0].status == "paid"
    assert shop.invoices(subscription)[1].status == status


def test_a_pause_ends_in_the_future_or_by_hand(api, shop):
    subscription = shop.buy()

    with pytest.raises(stripe.InvalidRequestError) as refused:
        api.subscriptions.update(
            subscription.id, {"pause_collection": {"behavior": "void", "resumes_at": 1000}}
        )
    api.subscriptions.update(subscription.id, {"pause_collection": {"behavior": "void"}})
    ended = api.subscriptions.update(subscription.id, {"pause_collection": ""})

    assert refused.value.param == "pause_collection[resumes_at]"
    assert ended.pause_collection is None


def test_what_waits_can_be_billed_between_renewals(api, shop):
    subscription = shop.buy("starter-year", quantity=1)

    shown = api.subscriptions.update(
        subscription.id, {"pending_invoice_item_interval": {"interval": "month"}}
    )
    shop.seats(subscription, 2)
    shop.wait(32)

    assert shown.pending_invoice_item_interval.interval_count == 1
    assert 29 * DAY < shown.next_pending_invoice_item_invoice - shown.created < 32 * DAY
    assert shop.invoices(subscription)[0].total == pytest.approx(29000, abs=100)
    assert shop.subscription(subscription.id).next_pending_invoice_item_invoice > shop.world.wall_clock()


def test_words_and_settings_are_kept(api, shop):
    subscription = shop.buy()

    changed = api.subscriptions.update(
        subscription.id,
        {
            "description": "For the team",
            "invoice_settings": {"footer": "Thank you", "description": "Monthly"},
            "payment_settings": {"save_default_payment_method": "on_subscription"},
        },
    )
    emptied = api.subscriptions.update(subscription.id, {"description": ""})

    assert (changed.description, emptied.description) == ("For the team", None)
    assert (changed.invoice_settings.footer, changed.invoice_settings.issuer.type) == ("Thank you", "self")
    assert changed.payment_settings.save_default_payment_method == "on_subscription"


def test_a_refused_method_of_somebody_else(api, shop):
    subscription = shop.buy()
    other = shop.customer_with_card()
    method = api.payment_methods.list({"customer": other.id}).data[0].id

    with pytest.raises(stripe.InvalidRequestError) as refused:
        api.subscriptions.update(subscription.id, {"default_payment_method": method})

    assert refused.value.param == "default_payment_method"


def test_classic_billing_moves_to_flexible_once(api, shop):
    subscription = api.subscriptions.create(
        {
            "customer": shop.customer_with_card().id,
            "items": [{"price": shop.price("starter-month")}],
            "billing_mode": {"type": "classic"},
        }
    )
    flexible = {"billing_mode": {"type": "flexible"}}

    moved = api.subscriptions.migrate(subscription.id, flexible)

    assert (subscription.billing_mode.type, moved.billing_mode.type) == ("classic", "flexible")
    assert moved.billing_mode.updated_at >= subscription.created
    with pytest.raises(stripe.InvalidRequestError):
        api.subscriptions.migrate(subscription.id, flexible)


def test_lists_are_narrowed_by_period_price_and_tax(api, shop):
    first, second = shop.buy("pro-month"), shop.buy("starter-year", quantity=1)
    end = first["items"].data[0].current_period_end

    def found(**params):
        return {sub.id for sub in api.subscriptions.list(params).data}

    assert found(current_period_end={"lte": end}) == {first.id}
    assert found(current_period_start={"gt": end}) == set()
    assert found(price=second["items"].data[0].price.id) == {second.id}
    assert found(automatic_tax={"enabled": True}) == set()
    assert found(created={"gte": first.created}) == {first.id, second.id}
