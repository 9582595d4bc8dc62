"""The dashboard as a tool: search, long lists, links both ways, what changed, the account's switches."""

from __future__ import annotations

import datetime

import pytest

from stripe_sandbox.hosted.pages.kinds import KINDS
from stripe_sandbox.tests.person import HOST, Person, Shop
from stripe_sandbox.tests.shop import DAY
from stripe_sandbox.webhook_secrets import valid_secrets
from stripe_sandbox.world import World


@pytest.fixture
def world():
    world = World()
    world.reset("demo")
    return world


@pytest.fixture
def shop(world):
    return Shop(world)


@pytest.fixture
def person(world):
    return Person(world)


def html(page):
    return page.response.get_data(as_text=True)


def test_an_id_leads_to_its_object(shop, person):
    customer = shop.customer()

    found = person.get("/search", query_string={"q": f" {customer} "})

    assert found.response.location == f"/objects/{customer}"


@pytest.mark.parametrize("text", ["ADA@example", "lovelace", "cus_"])
def test_people_are_found_by_what_is_known_of_them(shop, person, text):
    customer = shop.customer(name="Ada Lovelace", email="ada@example.com")

    page = person.get("/search", query_string={"q": text})

    assert f"/objects/{customer}" in html(page)


def test_an_invoice_is_found_by_its_number_and_nothing_by_nonsense(shop, person):
    subscription = shop.subscribed()
    invoice = shop.get("invoices", customer=subscription["customer"])["data"][0]

    page = person.get("/search", query_string={"q": invoice["number"]})
    nothing = person.get("/search", query_string={"q": "<script>"})

    assert f"/objects/{invoice['id']}" in html(page)
    assert (nothing.status, nothing.count("object-row")) == (200, 0)
    assert "<script>" not in html(nothing)


def test_long_lists_come_in_pages_that_hold_every_object_once(world, shop, person):
    customers = {shop.customer() for _ in range(120)}

    pages = [
        person.get("/objects", query_string={"kind": "customer", "page": number}) for number in (1, 2, 3)
    ]

    assert [page.count("object-row") for page in pages] == [50, 50, 20]
    assert all(sum(customer in html(page) for page in pages) == 1 for customer in customers)
    assert "Page 2 of 3, 120 in all" in pages[1].text
    assert person.get("/objects", query_string={"kind": "customer", "page": 99}).count("object-row") == 20


def test_events_are_paged_and_chosen_by_type(shop, person):
    for _ in range(60):
        shop.customer()
    shop.subscribed()

    first, second = person.get("/events"), person.get("/events", query_string={"page": 2})
    invoices = person.get("/events", query_string={"type": "invoice."})

    assert (first.count("event-row"), second.has("event-row")) == (50, True)
    assert 0 < invoices.count("event-row") < 10
    assert "customer.created" not in invoices.text


def test_an_update_shows_what_was_before_and_what_is_now(shop, person):
    customer = shop.customer(name="Before")
    shop.post(f"customers/{customer}", name="After")
    event = shop.get("events", type="customer.updated")["data"][0]["id"]

    page = person.get(f"/objects/{event}")
    about = person.get(f"/objects/{customer}")

    assert "name Before After" in page.text
    assert "Before → After" in about.text


def test_objects_link_to_what_they_name_and_to_what_names_them(shop, person):
    subscription = shop.subscribed()
    customer, invoice = subscription["customer"], subscription["latest_invoice"]
    price = subscription["items"]["data"][0]["price"]["id"]

    of_subscription = html(person.get(f"/objects/{subscription['id']}"))
    of_customer = html(person.get(f"/objects/{customer}"))
    of_price = html(person.get(f"/objects/{price}"))

    assert all(f'href="/objects/{name}"' in of_subscription for name in (customer, invoice, price))
    assert all(f'href="/objects/{name}"' in of_customer for name in (subscription["id"], invoice))
    assert f'href="/objects/{subscription["id"]}"' in of_price


def test_every_kind_of_object_that_there_is_has_a_list_and_a_page(world, shop, person):
    shop.subscribed()
    kinds = {obj["object"]: obj["id"] for kind in KINDS for obj in world.all(kind)}
    assert {"charge", "payment_intent", "invoice_payment", "account"} <= set(kinds)

    for kind, object_id in kinds.items():
        assert person.get("/objects", query_string={"kind": kind}).status == 200
        assert person.get(f"/objects/{object_id}").status == 200


def test_an_endpoint_s_secret_is_shown_when_it_is_asked_for(shop, person):
    endpoint = shop.post("webhook_endpoints", url="http://127.0.0.1:9/", enabled_events=["*"])

    page = person.get(f"/objects/{endpoint['id']}")

    assert page.says("secret") == endpoint["secret"]
    assert html(page).count(endpoint["secret"]) == 1


def test_a_secret_is_rolled_and_the_old_one_signs_for_a_while(world, shop, person):
    endpoint = shop.post("webhook_endpoints", url="http://127.0.0.1:9/", enabled_events=["*"])

    roll = f"/dashboard/webhook-endpoints/{endpoint['id']}/roll"
    page = person.follow(person.post(roll, {"expires_in": "3600"}))

    assert page.says("secret") != endpoint["secret"]
    secrets = valid_secrets(world.get(endpoint["id"]), world.wall_clock())
    assert secrets == [page.says("secret"), endpoint["secret"]]
    assert "The old one still signs" in page.text
    assert person.post(roll, {"expires_in": "99999999"}).status == 404
    assert person.post("/dashboard/webhook-endpoints/we_made_up/roll").status == 404


def test_a_secret_that_is_rolled_at_once_signs_no_longer(world, shop, person):
    endpoint = shop.post("webhook_endpoints", url="http://127.0.0.1:9/", enabled_events=["*"])

    roll = f"/dashboard/webhook-endpoints/{endpoint['id']}/roll"
    page = person.follow(person.post(roll, {"expires_in": "0"}))

    assert "The one before signs no longer." in page.text
    assert valid_secrets(world.get(endpoint["id"]), world.wall_clock()) == [page.says("secret")]


def test_a_search_for_nothing_says_what_can_be_searched(person):
    page = person.get("/search", query_string={"q": " "})

    assert "Write an id or how it begins" in page.text
    assert "found for" not in page.text


TOLD_APART = [
    ("customer_balance_transaction", "−$5.00, Adjustment"),
    ("tax_rate", "VAT, 19%, DE"),
    ("discount", "SPRING"),
    ("billing_portal.configuration", "default"),
    ("invoice_payment", "$60.00"),
    ("setup_intent", "cus_"),
    ("subscription_schedule", "cus_"),
    ("billing_portal.session", "cus_"),
]


@pytest.mark.parametrize(("kind", "words"), TOLD_APART)
def test_objects_without_a_name_are_told_apart(shop, person, kind, words):
    shop.post("coupons", id="SPRING", percent_off=25, duration="forever")
    subscription = shop.subscribed(discounts=[{"coupon": "SPRING"}])
    paid, customer = shop.subscribed("pro-month", 3), subscription["customer"]
    shop.post(f"customers/{customer}/balance_transactions", amount=-500, currency="usd")
    shop.post("tax_rates", display_name="VAT", percentage=19, inclusive=False, country="DE")
    shop.post("setup_intents", customer=customer)
    shop.post("subscription_schedules", from_subscription=paid["id"])
    shop.portal(customer)

    page = person.get("/objects", query_string={"kind": kind})

    assert words in page.says("object-row")


def test_an_event_leads_to_what_it_is_about(shop, person):
    customer = shop.customer()
    event = shop.get("events", type="customer.created")["data"][0]["id"]

    page = person.get(f"/objects/{event}")

    assert f"About {customer}" in page.text
    assert "No endpoint listens to this type of event." in page.text


def test_what_an_event_names_is_called_by_its_name(shop, person):
    subscription = shop.subscribed()
    event = shop.get("events", type="customer.subscription.created")["data"][0]["id"]

    page = person.get(f"/objects/{event}")

    price = subscription["items"]["data"][0]["price"]
    assert f"Customer {subscription['customer']}" in page.text
    assert f"Price {price['id']}" in page.text
    assert f"Product {price['product']}" in page.text


def test_failed_calls_say_why(shop, person):
    shop.client.get("/v1/customers/cus_made_up", base_url=HOST, headers=shop.headers)
    shop.customer()

    page = person.get("/requests", query_string={"failed": "yes"})

    assert page.count("request-row") == 1
    assert "resource_missing: id" in page.text


def test_a_week_and_a_date_can_be_reached(world, person):
    before = world.now()

    back = person.post("/dashboard/clock", {"to": "week", "back": "/events"})
    person.post("/dashboard/clock", {"to": "date", "date": "2099-01-01"})
    far = world.now()
    person.post("/dashboard/clock", {"to": "date", "date": _day(before + 20 * DAY)})

    assert back.response.location == "/events?done=clock"
    assert far - before < 8 * DAY
    assert abs(world.now() - before - 20 * DAY) <= DAY


def _day(at):
    return datetime.datetime.fromtimestamp(at, datetime.UTC).strftime("%Y-%m-%d")


def test_the_next_renewal_of_everybody_can_be_made_to_fail(shop, person):
    both = [shop.subscribed(), shop.subscribed()]

    person.post("/dashboard/decline")
    person.post("/dashboard/clock", {"to": "month"})

    assert [shop.get(f"subscriptions/{sub['id']}")["status"] for sub in both] == ["past_due", "past_due"]


def test_the_account_says_what_follows_the_last_retry(world, shop, person):
    subscription = shop.subscribed()
    person.post("/dashboard/settings", {"after_retries": "unpaid"})
    person.post("/dashboard/decline")
    shop.world.decline_next_renewal(subscription["customer"], 9)

    world.advance(60 * DAY)

    assert shop.get(f"subscriptions/{subscription['id']}")["status"] == "unpaid"
    assert person.post("/dashboard/settings", {"after_retries": "made up"}).status == 404


def test_the_rate_limit_can_be_switched_on_and_off(world, person):
    on = person.follow(person.post("/dashboard/settings", {"rate_limit": "on"}))
    limit = world.settings()["rate_limit"]
    off = person.follow(person.post("/dashboard/settings", {"rate_limit": "off"}))

    assert "Each key has 25 calls a second" in on.text
    assert (limit, world.settings()["rate_limit"]) == (25, None)
    assert off.has("rate-limit-on")


def test_a_change_can_be_declined(shop, person):
    person.post("/dashboard/faults", {"fault": "declined"})

    answer = shop.client.post("/v1/customers", base_url=HOST, headers=shop.headers)

    assert (answer.status_code, answer.get_json()["error"]["code"]) == (402, "card_declined")
    assert shop.customer()


@pytest.mark.parametrize("back", ["https://evil.example", "//evil.example", "/checkout/x", "/objects/../x"])
def test_buttons_lead_back_into_the_dashboard_only(person, back):
    answer = person.post("/dashboard/clock", {"to": "tomorrow", "back": back})

    assert answer.response.location == "/?done=clock"


@pytest.mark.parametrize(
    "kind", ["price", "invoice", "coupon", "subscription", "payment_method", "event", None, 7]
)
def test_an_event_about_nonsense_is_shown_as_it_is(person, kind):
    odd = {
        "id": "odd_1",
        "object": kind,
        "currency": 3,
        "amount": "many",
        "items": [],
        "card": {},
        "status": 5,
    }
    sent = person.client.post("/_sandbox/events", base_url=HOST, json={"type": "invoice.paid", "object": odd})

    pages = [person.get("/"), person.get("/events")]

    assert sent.status_code == 200
    assert [page.status for page in pages] == [200, 200]
    assert all("about odd_1" in page.text for page in pages)


@pytest.mark.parametrize(
    "part", ["currency", "amount_off", "card", "items", "unit_amount_decimal", "duration"]
)
def test_an_object_that_a_test_broke_keeps_its_page(world, shop, person, part):
    shop.subscribed()
    shop.post("coupons", percent_off=10, duration="once")
    for kind in ("invoice", "price", "coupon", "payment_method", "charge"):
        object_id = world.all(kind)[0]["id"]
        person.client.patch(f"/_sandbox/objects/{object_id}", base_url=HOST, json={"$unset": [part]})

        assert person.get(f"/objects/{object_id}").status == 200
        assert person.get("/objects", query_string={"kind": kind}).status == 200
    assert person.get("/").status == 200
