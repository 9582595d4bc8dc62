"""A database that is away: a page that says so, a line in the log, no mail; then everything goes on."""

from __future__ import annotations

import pytest
from django.core import mail
from django.db import InterfaceError, OperationalError, connection
from django.test import Client
from django.urls import include, path

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def visitor():
    return Client(raise_request_exception=False)


@pytest.fixture
def database_away(settings):
    """Nothing listens there. What was connected is cut off."""
    settings.ADMINS = [("Ops", "ops@example.com")]
    before = dict(connection.settings_dict)
    connection.close()
    if connection.vendor == "sqlite":
        connection.settings_dict["NAME"] = "/nowhere/at/all.sqlite3"
    else:
        connection.settings_dict.update(HOST="127.0.0.1", PORT=1)

    def back():
        connection.close()
        connection.settings_dict.update(before)

    yield back
    back()


def test_pages_say_that_it_passes_and_then_it_has_passed(visitor, database_away, caplog):
    visitor.cookies["sessionid"] = "somebody"

    answer = visitor.get("/teams/")

    assert answer.status_code == 503
    assert answer["Retry-After"] == "10"
    assert "Back in a moment" in answer.content.decode()
    assert "Database is away, answered 503: GET /teams/" in caplog.text
    assert "Traceback" not in caplog.text
    assert mail.outbox == []
    load_balancer = Client()
    assert load_balancer.get("/health/").status_code == 200
    assert load_balancer.get("/health/ready/").status_code == 503
    database_away()
    assert visitor.get("/teams/").status_code == 302


def breaks(request, what):
    connection.ensure_connection()
    raise {"deadlock": OperationalError, "closed cursor": InterfaceError, "ours": ValueError}[what](what)


def charges_and_loses_the_database(request):
    """Stripe has done its part; our row was to follow."""
    connection.close()
    raise OperationalError("server closed the connection unexpectedly")


urlpatterns = [
    path("breaks/<what>/", breaks),
    path("charges/", charges_and_loses_the_database),
    path("", include("config.urls")),
]
handler500 = "apps.web.failures.broken"


@pytest.mark.parametrize("what", ["deadlock", "closed cursor", "ours"])
def test_what_breaks_on_a_good_connection_stays_a_500(visitor, settings, what):
    settings.ROOT_URLCONF = __name__

    assert visitor.get(f"/breaks/{what}/").status_code == 500


@pytest.mark.parametrize(("address", "status"), [("/charges/", 503), ("/breaks/ours/", 500)])
def test_what_broke_is_told_in_the_chosen_theme(visitor, settings, address, status):
    settings.ROOT_URLCONF = __name__
    visitor.cookies["theme"] = "dark"

    answer = visitor.get(address)

    assert answer.status_code == status
    assert 'data-theme="dark"' in answer.content.decode()


@pytest.mark.parametrize(("address", "status"), [("/charges/", 503), ("/breaks/ours/", 500)])
def test_no_page_claims_that_nothing_was_done(visitor, settings, address, status):
    settings.ROOT_URLCONF = __name__

    answer = visitor.post(address)

    words = answer.content.decode()
    assert answer.status_code == status
    assert "was saved" not in words
    assert "was charged" not in words
    assert "ook whether what you sent was done before you try again" in words
    assert "Nothing is charged twice" in words
