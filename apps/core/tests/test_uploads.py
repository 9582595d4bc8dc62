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
