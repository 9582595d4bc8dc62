"""What a search engine, a chat and a home screen learn about the product, and what they do not."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from io import BytesIO
from pathlib import Path
from urllib.parse import unquote
from urllib.robotparser import RobotFileParser

import pytest
from django.conf import settings
from django.urls import reverse
from PIL import Image

from apps.subscriptions.metadata import ENTERPRISE, FREE, PRO
from apps.subscriptions.tests.conftest import stripe  # noqa: F401 - a fixture
from apps.teams.tests.factories import TeamFactory
from apps.users.tests.factories import UserFactory
from apps.web.public_pages import PUBLIC_PAGES

pytestmark = pytest.mark.django_db

PICTURES = Path(settings.BASE_DIR) / "static" / "img"
public = pytest.mark.parametrize("name", PUBLIC_PAGES)


class Head(HTMLParser):
    """The title, the metas and the links of a page, as a program reads them."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.title, self.metas, self.links, self._tag = "", {}, {}, ""
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        values, self._tag = dict(attrs), tag
        if tag == "meta":
            self.metas[values.get("name") or values.get("property")] = values.get("content")
        if tag == "link":
            self.links.setdefault(values["rel"], []).append(values["href"])

    def handle_endtag(self, tag):
        self._tag = ""

    def handle_data(self, data):
        if self._tag == "title" and not self.title:  # later ones are of pictures
            self.title = data


def head_of(client, path: str) -> Head:
    response = client.get(path)
    assert response.status_code == 200
    return Head(response.content.decode())


@public
def test_a_public_page_has_one_address_whatever_stands_behind_it(client, settings, name):
    settings.SITE_DOMAIN, settings.USE_HTTPS_IN_ABSOLUTE_URLS = "acme.example.com", True

    head = head_of(client, reverse(name) + "?seats=12&utm_source=x")

    address = "https://acme.example.com" + reverse(name)
    assert head.links["canonical"] == [address]
    assert head.metas["og:url"] == address
    assert "robots" not in head.metas


@public
def test_a_shared_page_says_the_same_as_its_tab(client, name):
    head = head_of(client, reverse(name))

    assert head.metas["og:title"] == head.title
    assert head.metas["og:description"] == head.metas["description"]
    assert head.metas["og:image"] == "http://testserver/static/img/share.png"
    assert head.metas["twitter:card"] == "summary_large_image"


def test_each_public_page_has_words_of_its_own(client):
    heads = [head_of(client, reverse(name)) for name in PUBLIC_PAGES]

    assert len({head.title for head in heads}) == len(heads)
    assert len({head.metas["description"] for head in heads}) == len(heads)
    assert all(len(head.metas["description"]) <= 160 for head in heads)
    assert all(settings.PROJECT_NAME in head.title for head in heads)


@pytest.mark.team_holder
@pytest.mark.parametrize("name", ["web:dashboard", "team:members", "subscriptions:tab", "team:roles"])
def test_a_page_of_a_team_is_nothing_for_search_engines(client, name):
    team = TeamFactory()
    client.force_login(team.memberships.get().user)

    head = head_of(client, reverse(name, args=[team.slug]))

    assert head.metas["robots"] == "noindex"
    assert "canonical" not in head.links
    assert "og:title" not in head.metas


@pytest.mark.parametrize("name", ["teams:list", "users:profile", "account_email"])
def test_nor_is_a_page_of_a_person(client, name):
    client.force_login(UserFactory())

    assert head_of(client, reverse(name)).metas["robots"] == "noindex"


def test_the_sitemap_lists_what_is_public(client, settings, django_assert_num_queries):
    settings.SITE_DOMAIN, settings.USE_HTTPS_IN_ABSOLUTE_URLS = "acme.example.com", True

    with django_assert_num_queries(0):
        answer = client.get("/sitemap.xml")

    listed = re.findall(r"<loc>(.+?)</loc>", answer.content.decode())
    assert listed == ["https://acme.example.com" + reverse(name) for name in PUBLIC_PAGES]


def robots(client) -> RobotFileParser:
    answer = client.get("/robots.txt")
    assert answer["Content-Type"] == "text/plain"
    parser = RobotFileParser()
    parser.parse(answer.content.decode().splitlines())
    return parser


def test_robots_may_read_what_is_public_and_learn_where_it_is_listed(client):
    rules = robots(client)

    assert [name for name in PUBLIC_PAGES if not rules.can_fetch("*", reverse(name))] == []
    assert rules.can_fetch("*", "/static/css/app.css")
    assert rules.site_maps() == ["http://testserver/sitemap.xml"]


@pytest.mark.parametrize(
    "path", ["/a/demo/", "/teams/", "/users/profile/", "/accounts/email/", "/admin/", "/_mail/", "/health/"]
)
def test_robots_are_kept_off_what_is_private(client, path):
    assert not robots(client).can_fetch("*", path)


def test_a_home_screen_finds_name_and_icons(client, settings):
    settings.PROJECT_NAME = 'Acme "Cloud"'

    manifest = client.get(head_of(client, "/").links["manifest"][0]).json()

    assert manifest["name"] == 'Acme "Cloud"'
    for icon in manifest["icons"]:
        assert Image.open(served(client, icon["src"])).size == size_of(icon["sizes"])


def served(client, path: str) -> BytesIO:
    return BytesIO(b"".join(client.get(path).streaming_content))


def size_of(text: str) -> tuple[int, ...]:
    return tuple(map(int, text.split("x")))


def test_every_icon_a_page_names_is_there(client):
    links = head_of(client, "/").links

    assert Image.open(served(client, links["apple-touch-icon"][0])).size == (180, 180)
    svg, ico = links["icon"]
    assert unquote(svg).startswith("data:image/svg+xml,<svg")  # in the page: one request less
    assert {(16, 16), (32, 32), (48, 48)} == Image.open(served(client, ico)).info["sizes"]
    assert client.get("/favicon.ico")["Location"].endswith("favicon.ico")


def test_the_picture_for_chats_has_their_size_and_little_weight():
    picture = (PICTURES / "share.png").read_bytes()

    assert Image.open(BytesIO(picture)).size == (1200, 630)
    assert len(picture) <= 60_000


def data_of(client, path: str) -> dict:
    page = client.get(path).content.decode()
    (block,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page, re.S)
    return json.loads(block)


def amounts(offers: list[dict]) -> dict[str, tuple[str, str]]:
    return {offer["name"]: (offer["price"], offer["priceCurrency"]) for offer in offers}


def test_the_pricing_page_offers_what_it_shows(client, stripe):  # noqa: F811
    year = data_of(client, "/pricing/?interval=year&seats=12")

    assert amounts(year["offers"]) == {
        "Free": ("0", "USD"),
        "Starter": ("290.00", "USD"),
        "Pro": ("2320.00", "USD"),  # 10 at $200, 2 at $160
    }
    pro = year["offers"][-1]["priceSpecification"]
    assert pro["referenceQuantity"] == {"@type": "QuantitativeValue", "value": 1, "unitCode": "ANN"}
    assert year["offers"][-1]["url"] == "http://testserver/pricing/#plan-pro-name"


def test_the_landing_page_says_who_makes_what(client, stripe):  # noqa: F811
    maker, product = data_of(client, "/")["@graph"]

    assert (maker["@type"], maker["name"]) == ("Organization", settings.PROJECT_NAME)
    assert (product["@type"], product["url"]) == ("SoftwareApplication", "http://testserver/")
    assert amounts(product["offers"])["Pro"] == ("20.00", "USD")


def test_without_a_catalogue_only_what_is_free_is_offered(client):
    assert amounts(data_of(client, "/pricing/")["offers"]) == {"Free": ("0", "USD")}


def test_a_name_cannot_break_out_of_the_data(client, monkeypatch):
    evil = "</script><script>alert(1)</script>"
    plans = [replace(FREE, name=evil), PRO, ENTERPRISE]
    monkeypatch.setattr("apps.subscriptions.pricing.offer.ACTIVE_PRODUCTS", plans)

    page = client.get("/pricing/").content.decode()

    assert "<script>alert" not in page
    assert data_of(client, "/pricing/")["offers"][0]["name"] == evil
