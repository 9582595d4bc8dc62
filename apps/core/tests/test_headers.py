"""Whatever answers - a page, a file, an error, a redirect, Stripe's door - says the same to the browser."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.test import Client
from django.urls import include, path

from apps.core.tests.pictures import picture

pytestmark = pytest.mark.django_db

ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Strict-Transport-Security": "max-age=3600; includeSubDomains; preload",
}


def breaks(request: Any) -> None:
    raise ValueError


urlpatterns = [path("breaks/", breaks), path("", include("config.urls"))]
handler500 = "apps.web.failures.broken"


class ByHttps(Client):
    def generic(self, *args: Any, **options: Any) -> Any:
        return super().generic(*args, **{**options, "secure": True})


@pytest.fixture
def browser(settings: Any) -> Client:
    """By https, as on a server."""
    settings.ROOT_URLCONF = __name__
    settings.SECURE_HSTS_SECONDS = 3600
    settings.SECURE_HSTS_INCLUDE_SUBDOMAINS = settings.SECURE_HSTS_PRELOAD = True
    settings.ALLOWED_HOSTS = ["testserver"]
    return ByHttps(raise_request_exception=False)


@pytest.fixture
def answers(browser: Client) -> Iterator[dict[str, Any]]:
    given = _ask(browser)
    yield given
    for answer in given.values():
        answer.close()


def _ask(browser: Client) -> dict[str, Any]:
    name = default_storage.save("team-logos/8Jk_2mQ-x0aZ3bY7cW9dV1eU.png", ContentFile(picture()))
    return {
        "page": browser.get("/accounts/login/"),
        "admin": browser.get("/admin/login/"),
        "static": browser.get("/static/css/brand.css"),
        "upload": browser.get(f"/media/{name}"),
        "redirect": browser.get("/teams/"),
        "no upload": browser.get("/media/nothing"),
        "webhook": browser.post("/stripe/webhook/", b"{}", content_type="application/json"),
        "json": browser.get("/health/ready/"),
        "400": browser.get("/", headers={"Host": "evil.example"}),
        "404": browser.get("/nowhere/"),
        "405": browser.get("/stripe/webhook/"),
        "413": browser.post("/accounts/login/", {"file": ContentFile(bytes(11_000_000), "big")}),
        "500": browser.get("/breaks/"),
    }


def test_every_kind_of_answer_has_every_header(answers: dict[str, Any]) -> None:
    wrong = {
        kind: {name: answer.get(name) for name, value in ALWAYS.items() if answer.get(name) != value}
        for kind, answer in answers.items()
    }
    assert {kind: missing for kind, missing in wrong.items() if missing} == {}
    assert [answer.status_code for kind, answer in answers.items() if kind.isdigit()] == [
        int(kind) for kind in answers if kind.isdigit()
    ]


def test_no_answer_may_be_framed_or_run_what_is_not_ours(answers: dict[str, Any]) -> None:
    for kind, answer in answers.items():
        policy = answer["Content-Security-Policy"]
        assert "frame-ancestors 'none'" in policy or policy == "default-src 'none'; sandbox", kind
        assert "unsafe" not in policy, kind
        assert "https:" not in policy.replace("https://", ""), kind
        assert "camera=()" in answer["Permissions-Policy"], kind
        shared = "cross-origin" if kind == "static" else "same-origin"
        assert answer["Cross-Origin-Resource-Policy"] == shared, kind


def test_a_maintenance_page_has_them_too(browser: Client, settings: Any) -> None:
    settings.MAINTENANCE = True

    answer = ByHttps().get("/")

    assert answer.status_code == 503
    assert {name: answer.get(name) for name in ALWAYS} == ALWAYS


def test_a_developers_page_about_an_error_is_readable(settings: Any) -> None:
    settings.DEBUG = True
    settings.ALLOWED_HOSTS = ["testserver"]

    answer = Client(raise_request_exception=False).get("/nowhere/")

    assert answer.status_code == 404
    assert "Content-Security-Policy" not in answer
