from apps.core.tests.pictures import upload
from apps.core.uploads import MAX_BYTES


def test_an_absurdly_large_form_is_not_read(client):
    response = client.post("/accounts/login/", {"file": upload(bytes(MAX_BYTES))})

    assert response.status_code == 400


def test_a_large_one_reaches_the_page_that_may_refuse_it(client, db):
    response = client.post("/accounts/login/", {"file": upload(bytes(3_000_000))})

    assert response.status_code in (200, 422)
