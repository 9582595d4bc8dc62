"""The hosted invoice: its page in every state, and its PDF."""

from __future__ import annotations

import io

import pytest
from pypdf import PdfReader

from stripe_sandbox.hosted.pdf.right_to_left import visual
from stripe_sandbox.tests.person import CARD, Person, Shop
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


def invoice_of(shop, subscription, **filters):
    return shop.get("invoices", customer=subscription["customer"], **filters)["data"][0]


def printed(person, invoice):
    """What the PDF says, by page."""
    answer = person.client.get(f"/invoice/{invoice['id']}/pdf", base_url="http://127.0.0.1:12111")
    assert answer.status_code == 200
    return answer, [page.extract_text() for page in PdfReader(io.BytesIO(answer.data)).pages]


def owed(world, shop):
    """An invoice whose renewal was refused."""
    subscription = shop.subscribed()
    world.decline_next_renewal(subscription["customer"])
    world.advance(32 * 86400)
    return invoice_of(shop, subscription, status="open")


def test_the_pdf_says_who_pays_what_for_what(shop, person):
    address = {"line1": "Lange Straße 1", "postal_code": "10115", "city": "Berlin", "country": "DE"}
    customer = shop.customer(name="Müller & Söhne", email="kasse@example.com", address=address)
    subscription = shop.subscribed("pro-month", 14, customer=customer)

    answer, (page,) = printed(person, invoice_of(shop, subscription))

    number = invoice_of(shop, subscription)["number"]
    assert answer.mimetype == "application/pdf"
    assert answer.headers["Content-Disposition"] == f'inline; filename="Invoice-{number}.pdf"'
    for words in (f"Invoice {number}", "Müller & Söhne", "Lange Straße 1", "10115 Berlin", "Germany",
                  "kasse@example.com", "Total", "$264.00", "Amount paid", "−$264.00", "Paid"):  # fmt: skip
        assert words in page


def test_the_pdf_names_the_discount(shop, person):
    coupon = shop.post("coupons", percent_off=25, duration="once", name="Welcome")["id"]
    subscription = shop.subscribed("pro-month", 4, discounts=[{"coupon": coupon}])

    _, (page,) = printed(person, invoice_of(shop, subscription))

    assert "Welcome (25% off the first invoice)" in " ".join(page.split())
    assert "−$20.00" in page
    assert "$60.00" in page


@pytest.mark.parametrize(
    "name",
    ["株式会社サンプル", "Ελληνική Εταιρεία", "ООО Ромашка", "한국 회사", "测试公司", "A" * 80, "<b>&amp;"],
)
def test_a_name_in_any_script_is_printed(shop, person, name):
    subscription = shop.subscribed(customer=shop.customer(name=name))

    _, (page,) = printed(person, invoice_of(shop, subscription))

    assert name in page.replace("\n", "")


def test_letters_that_no_font_has_are_spelled_in_latin_ones(shop, person):
    subscription = shop.subscribed(customer=shop.customer(name="บริษัท \N{ROCKET} Ltd"))

    _, (page,) = printed(person, invoice_of(shop, subscription))

    assert "brisath" in page
    assert "Ltd" in page


@pytest.mark.parametrize(
    ("written", "set_as"),
    [
        ("Acme 12", "Acme 12"),
        ("שלום 12 עולם", "םלוע 12 םולש"),
        ("\u0633\u0644\u0627\u0645", "\ufee1\ufefc\ufeb3"),
        ("\u0628\u0628\u0628 2026", "\ufe90\ufe92\ufe91 2026"),
    ],
    ids=["Latin", "Hebrew", "lam-alef", "forms"],
)
def test_right_to_left_letters_are_turned_and_joined(written, set_as):
    assert visual(written) == set_as


def test_sixty_lines_go_over_pages_that_know_how_many_they_are(shop, person):
    customer = shop.customer()
    for number in range(60):
        shop.post(
            "invoiceitems",
            customer=customer,
            amount=100 + number,
            currency="usd",
            description=f"Desk {number}",
        )
    invoice = shop.post("invoices", customer=customer, pending_invoice_items_behavior="include")
    invoice = shop.post(f"invoices/{invoice['id']}/finalize")

    _, pages = printed(person, invoice)

    assert len(pages) >= 2
    assert f"page 2 of {len(pages)}" in pages[1]
    assert all("Description" in page for page in pages[:2])
    assert all(f"Desk {number}" in "".join(pages) for number in range(60))


def test_the_same_invoice_gives_the_same_file(shop, person):
    invoice = invoice_of(shop, shop.subscribed())

    assert printed(person, invoice)[0].data == printed(person, invoice)[0].data


@pytest.mark.parametrize(
    ("currency", "amount", "words"), [("jpy", 5000, "¥5,000"), ("kwd", 12340, "KWD 12.340")]
)
def test_money_without_and_with_three_decimals(shop, person, currency, amount, words):
    product = shop.post("products", name="Desk")["id"]
    made = {"product": product, "currency": currency, "unit_amount": amount}
    price = shop.post("prices", **made, recurring={"interval": "month"})["id"]
    subscription = shop.subscribed(line_items=[{"price": price, "quantity": 1}])
    invoice = invoice_of(shop, subscription)

    page = person.get(f"/invoice/{invoice['id']}")

    assert words in page.text
    assert words in printed(person, invoice)[1][0].replace("\N{NO-BREAK SPACE}", " ")


@pytest.mark.parametrize(
    ("action", "words"), [("void", "This invoice is void"), ("mark_uncollectible", "was given up")]
)
def test_an_invoice_that_is_over_says_so(world, shop, person, action, words):
    invoice = owed(world, shop)
    shop.post(f"invoices/{invoice['id']}/{action}")

    page = person.get(f"/invoice/{invoice['id']}")

    assert page.status == 200
    assert words in page.text
    assert page.has("invoice-pay") is (action == "mark_uncollectible")


def test_an_invoice_that_was_given_up_can_still_be_paid(world, shop, person):
    invoice = owed(world, shop)
    shop.post(f"invoices/{invoice['id']}/mark_uncollectible")

    page = person.follow(person.post(f"/invoice/{invoice['id']}", CARD))

    assert page.value("invoice-status") == "paid"


def test_a_made_up_invoice_is_not_found(person):
    assert person.get("/invoice/in_made_up").status == 404
    assert person.get("/invoice/in_made_up/pdf").status == 404
