import pytest

from apps.core.tests.pictures import upload
from apps.core.uploads import MAX_BYTES


@pytest.mark.parametrize("debug", [True, False])
def test_an_absurdly_large_form_is_not_read_and_a_page_says_so(client, settings, debug):
    settings.DEBUG = debug

    response = client.post("/accounts/login/", {"file": upload(bytes(MAX_BYTES))})

    assert response.status_code == 413
    assert "10 MB at most, and nothing of yours was saved" in response.content.decode()


def test_a_large_one_reaches_the_page_that_may_refuse_it(client, db):
    response = client.post("/accounts/login/", {"file": upload(bytes(3_000_000))})

    assert response.status_code in (200, 422)


@pytest.mark.parametrize("length", ["", "-1", "many", "٢" * 30])
def test_a_length_that_is_none_is_the_forms_own_business(client, db, length):
    response = client.post("/accounts/login/", {"login": "ann@example.com"}, CONTENT_LENGTH=length)

    assert response.status_code < 500


@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "application/json", "text/plain", ""])
@pytest.mark.parametrize("path", ["/accounts/login/", "/stripe/webhook/"])
def test_a_body_without_files_is_held_to_less(client, kind, path):
    response = client.post(path, b"a" * 2_621_441, content_type=kind)

    assert response.status_code == 413
    assert "2.5 MB at most" in response.content.decode()


def test_words_in_a_form_with_files_are_held_to_less_too(client):
    response = client.post("/accounts/login/", {"login": "a" * 2_700_000, "file": upload(b"x")})

    assert response.status_code == 413
    assert "2.5 MB at most" in response.content.decode()


@pytest.mark.parametrize("fields", [{f"f{n}": "" for n in range(1001)}, {"file": [upload(b"x")] * 11}])
def test_so_many_fields_or_files_make_no_sense(client, fields):
    response = client.post("/accounts/login/", fields)

    assert response.status_code == 400
    assert "made no sense" in response.content.decode()


def test_a_body_that_does_not_tell_its_length_is_not_taken_for_an_empty_one(client):
    response = client.generic("POST", "/accounts/login/", headers={"Transfer-Encoding": "chunked"})

    assert response.status_code == 411
