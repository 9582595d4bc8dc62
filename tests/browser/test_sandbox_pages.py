"""The sandbox's own pages as axe-core sees them, in light and dark, on desk and phone; and by keyboard."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect
from stripe import StripeClient

from stripe_sandbox.server import Running, start_in_thread
from stripe_sandbox.tests.shop import KEY, Shop
from stripe_sandbox.world import World
from tests.browser.audit import AXE, DESK, TOO_WIDE
from tests.browser.house import LONG_EMAIL, LONG_NAME
from tests.browser.visitor import Visitor

PHONE = {"width": 375, "height": 740}
OVER = {
    "checkout-expired": 410,
    "checkout-complete": 410,
    "checkout-unknown": 404,
    "portal-unknown": 404,
    "invoice-unknown": 404,
    "nowhere": 404,
}
NAMES = [
    "checkout-all", "checkout-trial", "checkout-dinar", "checkout-recover", *OVER,
    "portal", "portal-cancel", "portal-update", "portal-confirm", "portal-card", "portal-customer",
    "invoice-paid", "invoice-open", "invoice-void", "invoice-long",
    "dashboard", "events", "requests", "deliveries", "list", "customer", "subscription", "endpoint", "event",
    "search",
]  # fmt: skip


@dataclass(frozen=True)
class Town:
    """A sandbox in which a lot has happened, and where to see it."""

    sandbox: Running
    shop: Shop
    pages: dict[str, str]


@pytest.fixture(scope="module")
def town() -> Iterator[Town]:
    world = World()
    world.reset("demo")
    sandbox = start_in_thread(world=world, ticks=False)
    api = StripeClient(KEY, base_addresses={"api": sandbox.url}).v1
    shop = Shop(api, world)
    api.webhook_endpoints.create({"url": "http://127.0.0.1:9/", "enabled_events": ["*"]})
    pages = invoices(shop) | checkouts(shop) | portals(shop) | dashboard(shop)
    yield Town(sandbox, shop, pages)
    sandbox.stop()


def invoices(shop: Shop) -> dict[str, str]:
    owing = shop.buy()
    shop.world.decline_next_renewal(owing.customer)
    shop.wait(32)
    customer = shop.customer(name=LONG_NAME, email=LONG_EMAIL, address={"country": "DE", "city": "Ulm"}).id
    for number in range(60):
        desk = {"customer": customer, "amount": 100 + number, "currency": "usd"}
        shop.api.invoice_items.create({**desk, "description": f"Desk {number}, {LONG_NAME}"})
    long = finalized(shop, customer)
    shop.api.invoice_items.create({"customer": customer, "amount": 500, "currency": "usd"})
    void = shop.api.invoices.void_invoice(finalized(shop, customer)).id
    found = {
        "open": next(i for i in shop.invoices(owing) if i.status == "open").id,
        "paid": next(i for i in shop.invoices(owing) if i.status == "paid").id,
        "long": long,
        "void": void,
        "unknown": "in_made_up",
    }
    return {f"invoice-{name}": f"/invoice/{invoice}" for name, invoice in found.items()}


def finalized(shop: Shop, customer: str) -> str:
    kept = {"customer": customer, "pending_invoice_items_behavior": "include"}
    return str(shop.api.invoices.finalize_invoice(shop.api.invoices.create(kept).id).id)


def checkouts(shop: Shop) -> dict[str, str]:
    coupon = shop.api.coupons.create({"percent_off": 20, "duration": "forever", "name": LONG_NAME[:40]}).id
    shop.api.promotion_codes.create({"promotion": {"type": "coupon", "coupon": coupon}, "code": "WELCOME"})
    done, left = shop.session(), shop.session(after_expiration={"recovery": {"enabled": True}})
    shop.world.complete_checkout(done.id)
    shop.api.checkout.sessions.expire(left.id)
    desk = {"product_data": {"name": "Desk"}, "currency": "kwd", "unit_amount": 12340}
    dinar = [{"price_data": {**desk, "recurring": {"interval": "month"}}, "quantity": 2}]
    trial = {"trial_period_days": 14}
    found = {
        "all": everything(shop),
        "trial": shop.session("pro-year", 3, subscription_data=trial).id,
        "dinar": shop.session(line_items=dinar).id,
        "complete": done.id,
        "expired": left.id,
        "recover": f"{left.id}/recover",
        "unknown": "cs_test_made_up",
    }
    return {f"checkout-{name}": f"/checkout/{session}" for name, session in found.items()}


def everything(shop: Shop) -> str:
    """A session that asks all that can be asked."""
    size = [{"label": "Small", "value": "s"}, {"label": LONG_NAME, "value": "l"}]
    fields = [
        {"key": "po", "label": {"type": "custom", "custom": "Order number"}, "type": "numeric"},
        {"key": "size", "label": {"type": "custom", "custom": "Size"}, "type": "dropdown"},
    ]
    fields[1]["dropdown"] = {"options": size}
    adjustable = {"enabled": True, "minimum": 3, "maximum": 40}
    item = {"price": shop.price("pro-month"), "quantity": 14, "adjustable_quantity": adjustable}
    customer = shop.customer(name=LONG_NAME, email=LONG_EMAIL).id
    return str(
        shop.session(
            customer=customer,
            line_items=[item],
            allow_promotion_codes=True,
            automatic_tax={"enabled": True},
            tax_id_collection={"enabled": True},
            customer_update={"address": "auto", "name": "auto"},
            billing_address_collection="required",
            phone_number_collection={"enabled": True},
            consent_collection={"terms_of_service": "required", "promotions": "auto"},
            custom_fields=fields,
            custom_text={"submit": {"message": LONG_NAME}},
        ).id
    )


def portals(shop: Shop) -> dict[str, str]:
    customer = shop.customer(name=LONG_NAME, email=LONG_EMAIL).id
    subscription = shop.buy("pro-month", 7, customer=customer)
    prices = [shop.api.prices.retrieve(shop.price(key)) for key in ("pro-month", "pro-year")]
    offered = [{"product": prices[0].product, "prices": [price.id for price in prices]}]
    features = {
        "invoice_history": {"enabled": True},
        "payment_method_update": {"enabled": True},
        "customer_update": {"enabled": True, "allowed_updates": ["name", "email", "address", "tax_id"]},
        "subscription_cancel": {
            "enabled": True,
            "cancellation_reason": {"enabled": True, "options": ["unused", "other"]},
        },
        "subscription_update": {
            "enabled": True,
            "default_allowed_updates": ["price"],
            "products": offered,
            "proration_behavior": "always_invoice",
        },
    }
    configuration = shop.api.billing_portal.configurations.create({"features": features}).id
    session = shop.api.billing_portal.sessions.create({"customer": customer, "configuration": configuration})
    base, step = f"/portal/{session.id}", f"/portal/{session.id}/subscriptions/{subscription.id}"
    return {
        "portal": base,
        "portal-cancel": f"{step}/cancel",
        "portal-update": f"{step}/update",
        "portal-confirm": f"{step}/update?price={prices[1].id}",
        "portal-card": f"{base}/payment-methods/add",
        "portal-customer": f"{base}/customer",
        "portal-unknown": "/portal/bps_made_up",
    }


def dashboard(shop: Shop) -> dict[str, str]:
    subscription = shop.buy()
    shop.api.subscriptions.update(subscription.id, {"metadata": {"note": LONG_NAME}})
    event = shop.api.events.list({"type": "customer.subscription.updated"}).data[0].id
    endpoint = shop.api.webhook_endpoints.list().data[0].id
    found: dict[str, Any] = {
        "customer": subscription.customer,
        "subscription": subscription.id,
        "endpoint": endpoint,
        "event": event,
    }
    return {name: f"/objects/{object_id}" for name, object_id in found.items()} | {
        "dashboard": "/",
        "events": "/events",
        "requests": "/requests",
        "deliveries": "/deliveries",
        "list": "/objects?kind=invoice",
        "search": "/search?q=ada",
        "nowhere": "/made/up",
    }


@pytest.mark.parametrize("name", NAMES)
def test_axe_finds_nothing_and_nothing_scrolls_sideways(town: Town, browser: Browser, name: str) -> None:
    visitor = Visitor(browser, town.sandbox.url)
    page = visitor.page
    if name in OVER:
        visitor.foresee(str(OVER[name]))

    answer = page.goto(town.pages[name])

    assert answer is not None
    assert answer.status == OVER.get(name, 200)
    page.evaluate(AXE)  # not a script tag: the page's policy would rightly refuse it
    for size in (DESK, PHONE):
        page.set_viewport_size(size)
        assert page.evaluate(TOO_WIDE) == [], size
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            assert violations(page) == [], (size, scheme)
    assert visitor.leave() == []


SMALL = """() => [...document.querySelectorAll("a[href], button, input, select, textarea, summary")]
  .map(e => e.matches("[type=radio], [type=checkbox]") ? e.closest("label") : e)
  .filter(e => e.checkVisibility({visibilityProperty: true}) && e.getBoundingClientRect().height < 44)
  .filter(e => getComputedStyle(e).clipPath === "none" && !e.closest(".json"))
  .map(e => e.outerHTML.slice(0, 120))"""
"""What a thumb misses; links within JSON are text."""


@pytest.mark.parametrize("name", [name for name in NAMES if name not in OVER])
def test_everything_to_touch_is_large_enough_for_a_thumb(town: Town, browser: Browser, name: str) -> None:
    visitor = Visitor(browser, town.sandbox.url, viewport=PHONE, has_touch=True, is_mobile=True)
    page = visitor.page

    page.goto(town.pages[name])
    page.evaluate("document.querySelectorAll('.all-kinds, .more-time').forEach(e => e.open = true)")

    assert page.evaluate(SMALL) == []
    assert visitor.leave() == []


def test_on_a_phone_the_page_comes_before_the_kinds_and_the_time_machine_stays(
    town: Town, browser: Browser
) -> None:
    visitor = Visitor(browser, town.sandbox.url, viewport=PHONE, has_touch=True, is_mobile=True)
    page = visitor.page
    page.goto(town.pages["list"])

    expect(page.get_by_role("heading", name="Invoices")).to_be_in_viewport()
    expect(page.get_by_role("link", name="Customers")).to_be_hidden()
    page.get_by_test_id("all-kinds").click()
    expect(page.get_by_role("link", name="Customers")).to_be_visible()
    page.mouse.wheel(0, 4000)

    expect(page.get_by_test_id("clock-tomorrow")).to_be_in_viewport()
    expect(page.get_by_test_id("search")).not_to_be_in_viewport()
    page.set_viewport_size(DESK)
    expect(page.get_by_test_id("all-kinds")).to_be_hidden()
    expect(page.get_by_role("link", name="Customers")).to_be_visible()
    assert visitor.leave() == []


def violations(page: Page) -> list[str]:
    found = page.evaluate("() => axe.run(document, {resultTypes: ['violations']})")["violations"]
    return [f"{entry['id']}: {entry['nodes'][0]['html'][:160]}" for entry in found]


def test_the_enter_key_pays_and_updates_nothing(town: Town, browser: Browser) -> None:
    shop = town.shop
    session = shop.session(allow_promotion_codes=True, success_url=f"{town.sandbox.url}/?paid")
    visitor = Visitor(browser, town.sandbox.url)
    page = visitor.page
    page.goto(f"/checkout/{session.id}")

    for name, text in (("card", "4242424242424242"), ("exp", "12/34"), ("cvc", "123"), ("name", "Ada")):
        page.locator(f"#{name}").fill(text)
    page.locator("#name").press("Enter")
    page.wait_for_url("**/?paid")

    assert shop.api.checkout.sessions.retrieve(session.id).status == "complete"
    assert visitor.leave() == []


def test_the_enter_key_moves_time_as_far_as_the_field_says(town: Town, browser: Browser) -> None:
    visitor = Visitor(browser, town.sandbox.url)
    page = visitor.page
    page.goto("/")
    before = int(str(page.get_by_test_id("sandbox-now").get_attribute("data-value")))

    page.locator(".more-time summary").click()
    page.get_by_label("Move by").fill("5")
    page.get_by_label("Move by").press("Enter")
    expect(page.get_by_text("Time moved.")).to_be_visible()

    after = int(str(page.get_by_test_id("sandbox-now").get_attribute("data-value")))
    assert (after - before) // 86400 == 5
    assert visitor.leave() == []


def test_a_purchase_with_code_tax_and_authentication_needs_no_script(town: Town, browser: Browser) -> None:
    shop = town.shop
    session = shop.session(
        "pro-month",
        5,
        allow_promotion_codes=True,
        automatic_tax={"enabled": True},
        customer_update={"address": "auto"},
        success_url=f"{town.sandbox.url}/?paid",
    )
    visitor = Visitor(browser, town.sandbox.url, java_script_enabled=False)
    page = visitor.page
    page.goto(f"/checkout/{session.id}")

    page.get_by_test_id("promotion-code").fill("welcome")
    page.get_by_test_id("promotion-apply").click()
    page.get_by_test_id("card-4000002500003155").click()
    page.get_by_test_id("country").select_option("DE")
    page.get_by_test_id("update-total").click()
    expect(page.get_by_test_id("due-today")).to_have_attribute("data-value", "9520")
    page.get_by_test_id("pay").click()
    page.get_by_test_id("3ds-complete").click()
    page.wait_for_url("**/?paid")

    done = shop.api.checkout.sessions.retrieve(session.id)
    assert (done.status, done.amount_total) == ("complete", 9520)
    assert visitor.leave() == []
