"""The dashboard: what happened, and the switches."""

from __future__ import annotations

import threading
import time
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from stripe_sandbox.tests.person import HOST, Person, Shop
from stripe_sandbox.tests.shop import DAY
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


def test_the_newest_events_and_calls_are_listed(shop, person):
    shop.customer(email="ada@example.com")

    page = person.get("/")

    assert page.count("event-row") >= 1
    assert "customer.created" in page.text
    assert "ada@example.com" in page.text
    assert "/v1/customers" in page.text


def test_ids_in_a_payload_lead_to_the_object(shop, person):
    subscription = shop.subscribed()

    page = person.get(f"/objects/{subscription['id']}")

    assert f'href="/objects/{subscription["customer"]}"' in page.response.get_data(as_text=True)
    assert "customer.subscription.created" in page.text


def test_objects_are_listed_by_kind_with_their_pages(shop, person):
    session = shop.checkout()

    page = person.get("/objects", query_string={"kind": "checkout.session"})

    assert f'href="/checkout/{session["id"]}"' in page.response.get_data(as_text=True)
    assert person.get("/objects", query_string={"kind": "made-up"}).status == 404
    assert person.get("/objects/cus_made_up").status == 404


def test_tomorrow_is_a_day_later(world, person):
    before = world.now()

    person.post("/dashboard/clock", {"to": "tomorrow"})

    assert DAY <= world.now() - before < DAY + 60


def test_a_month_later_the_renewal_is_paid(shop, person):
    subscription = shop.subscribed()

    person.post("/dashboard/clock", {"to": "month"})

    invoices = shop.get("invoices", customer=subscription["customer"])["data"]
    assert [invoice["status"] for invoice in invoices] == ["paid", "paid"]


def test_ending_the_trial_makes_the_subscription_active(shop, person):
    subscription = shop.subscribed(subscription_data={"trial_period_days": 14})

    person.post("/dashboard/clock", {"to": "trial-end"})

    assert subscription["status"] == "trialing"
    assert shop.get(f"subscriptions/{subscription['id']}")["status"] == "active"


def test_a_test_clock_moves_its_customers_alone(world, shop, person):
    clock = shop.post("test_helpers/test_clocks", frozen_time=world.now())["id"]
    alone = shop.subscribed(customer=shop.customer(test_clock=clock))
    others = shop.subscribed()

    page = person.follow(person.post("/dashboard/clock", {"clock": clock, "to": "month"}))

    assert "Time moved" in page.text
    assert len(shop.get("invoices", customer=alone["customer"])["data"]) == 2
    assert len(shop.get("invoices", customer=others["customer"])["data"]) == 1
    assert person.post("/dashboard/clock", {"clock": "clock_made_up", "to": "month"}).status == 404


def test_the_next_renewal_can_be_made_to_fail(shop, person):
    subscription = shop.subscribed()

    person.post(f"/dashboard/customers/{subscription['customer']}/decline")
    person.post("/dashboard/clock", {"to": "month"})

    assert shop.get(f"subscriptions/{subscription['id']}")["status"] == "past_due"
    assert person.post("/dashboard/customers/cus_made_up/decline").status == 404


@pytest.mark.parametrize(
    "fields",
    [{"to": "trial-end"}, {"amount": "-3", "unit": "days"}, {"amount": "x", "unit": "days"},
     {"amount": "3", "unit": "eons"}, {"amount": "99999", "unit": "days"}, {}],
)  # fmt: skip
def test_a_move_to_nowhere_says_so_and_moves_nothing(world, person, fields):
    before = world.now()

    page = person.post("/dashboard/clock", fields)

    assert page.status == 422
    assert world.now() - before < 60


def test_a_fault_can_be_set_and_cleared(shop, person):
    page = person.follow(person.post("/dashboard/faults", {"fault": "down"}))
    answer = shop.client.get("/v1/account", base_url=HOST, headers=shop.headers)

    cleared = person.follow(person.post("/dashboard/faults/clear"))

    assert page.count("fault-row") == 1
    assert answer.status_code == 503
    assert cleared.count("fault-row") == 0
    assert shop.get("account")["object"] == "account"


def test_webhooks_can_be_held_and_released(world, shop, person):
    shop.post("webhook_endpoints", url="http://127.0.0.1:9/", enabled_events=["*"])
    person.post("/dashboard/delivery", {"mode": "hold"})
    shop.customer()

    held = person.get("/")
    person.post("/dashboard/delivery", {"mode": "immediate"})

    assert "Webhooks are held: 1" in held.text
    assert world.courier.held() == []


def test_resend_delivers_the_event_again(world, shop, person, inbox):
    shop.post("webhook_endpoints", url=inbox.url, enabled_events=["customer.created"])
    shop.customer()
    inbox.wait_for(1)
    event = shop.get("events", type="customer.created")["data"][0]["id"]

    person.post(f"/dashboard/events/{event}/resend")

    inbox.wait_for(2)
    assert person.post("/dashboard/events/evt_made_up/resend").status == 404


def test_an_event_s_page_shows_where_it_went_and_what_was_answered(shop, person, inbox):
    shop.post("webhook_endpoints", url=inbox.url, enabled_events=["customer.created"])
    shop.customer()
    inbox.wait_for(1)
    event = shop.get("events", type="customer.created")["data"][0]["id"]

    deadline = time.monotonic() + 10
    while "Attempt 1" not in (page := person.get(f"/objects/{event}")).text and time.monotonic() < deadline:
        time.sleep(0.02)

    assert page.says("event-delivery") == f"✓ 200 {inbox.url}"


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://127.0.0.1:8000"])
def test_another_site_cannot_press_the_buttons(world, person, origin):
    before = world.now()

    page = person.post("/dashboard/clock", {"to": "tomorrow"}, origin=origin)

    assert page.status == 403
    assert world.now() - before < 60


def test_an_address_without_a_page_says_so_and_leads_home(person):
    page = person.get("/made/up")

    assert page.status == 404
    assert page.attributes["message-link"]["href"] == "/"


def test_a_rebound_host_name_sees_nothing(person):
    answer = person.client.get("/", base_url="http://evil.example:12111")

    assert answer.status_code == 403


class Inbox:
    """A webhook endpoint that counts what arrives."""

    def __init__(self) -> None:
        self.arrived = threading.Semaphore(0)
        arrived = self.arrived

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                self.rfile.read(int(self.headers["Content-Length"]))
                self.send_response(200)
                self.end_headers()
                arrived.release()

            def log_message(self, *args: object) -> None:
                """Quiet."""

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/"
        self.seen = 0

    def wait_for(self, count: int) -> None:
        while self.seen < count:
            assert self.arrived.acquire(timeout=10), f"{self.seen} of {count} deliveries came"
            self.seen += 1


@pytest.fixture
def inbox(world):
    inbox = Inbox()
    thread = threading.Thread(target=inbox.server.serve_forever, daemon=True)
    thread.start()
    world.courier.start()
    yield inbox
    world.courier.stop()
    inbox.server.shutdown()
    inbox.server.server_close()
