"""A form that cannot be read is answered by a page, not by an error handler that tries to read it again."""

from __future__ import annotations

import pytest
from django.http import HttpResponse
from django.test import Client, RequestFactory

from config.wsgi import application

FORM = "application/x-www-form-urlencoded"
MANY = "a=1&" * 1200


@pytest.fixture
def browser() -> Client:
    """One that has been here: the token in its cookie is compared with the one in the form."""
    browser = Client(enforce_csrf_checks=True, raise_request_exception=False)
    browser.cookies["csrftoken"] = "a" * 32
    return browser


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/accounts/login/", "/sitemap.xml"])
@pytest.mark.parametrize(
    ("body", "kind"),
    [(MANY, FORM), ("a=1", f"{FORM}; charset=utf-16"), ("x", "multipart/form-data; boundary=")],
    ids=["too many fields", "another encoding", "no parts"],
)
def test_a_page_says_what_was_wrong(browser: Client, path: str, body: str, kind: str) -> None:
    response = browser.post(path, body, content_type=kind)

    assert response.status_code == 400
    assert "That request made no sense" in response.content.decode()


@pytest.mark.django_db
def test_where_nothing_is_nothing_of_the_form_is_read(browser: Client) -> None:
    response = browser.post("/not/here/", MANY, content_type=FORM)

    assert response.status_code == 404
    assert "There is nothing here" in response.content.decode()


def served(path: str, kind: str) -> HttpResponse:
    """By the application a server runs: Django's test client makes requests of its own."""
    path, _mark, query = path.partition("?")
    environ = RequestFactory()._base_environ(PATH_INFO=path, QUERY_STRING=query, CONTENT_TYPE=kind)
    return application.get_response(application.request_class(environ))


# "idna" and "rot13" are known to Python and read no query.
@pytest.mark.django_db
@pytest.mark.parametrize("charset", ["idna", "rot13", "utf-7", "utf-16", "latin-1"])
@pytest.mark.parametrize("query", ["seats=%C3%A9", MANY], ids=["short", "long"])
def test_a_query_is_not_read_in_the_encoding_a_request_names(charset: str, query: str) -> None:
    assert served(f"/pricing/?{query}", f"text/plain; charset={charset}").status_code == 400


@pytest.mark.django_db
@pytest.mark.parametrize("charset", ["utf-8", "UTF8", "nobody-knows-it", ""])
def test_utf8_by_any_name_is_read(charset: str) -> None:
    assert served("/pricing/?seats=%C3%A9", f"text/plain; charset={charset}").status_code == 200


@pytest.mark.django_db
def test_a_page_that_is_not_there_still_knows_who_asks(client: Client, django_user_model: type) -> None:
    client.force_login(django_user_model.objects.create_user("ada@example.com"))

    response = client.get("/not/here/")

    assert response.status_code == 404
    assert "Your teams" in response.content.decode()
