"""A person's name is read by others: in lists, in mails, beside a button that removes them."""

import pytest
from django.urls import reverse

from apps.users.tests.factories import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada():
    return UserFactory(name="Ada Lovelace")


def call(client, user, name):
    client.force_login(user)
    return client.post(reverse("users:profile"), {"name": name, "time_zone": "UTC"})


@pytest.mark.parametrize(
    "name",
    ["\u202emoc.elpmaxe@renwo", "Ada\u200b", "Ada\x07", "\u2800\u3164", "\u2066Ada", "Ada\ue000", "\u0301"],
)
def test_a_name_that_hides_something_is_refused(client, ada, name):
    response = call(client, ada, name)

    assert response.status_code == 422
    assert "characters that cannot be seen" in response.content.decode()
    ada.refresh_from_db()
    assert ada.name == "Ada Lovelace"


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("", ""),
        ("  Zoe\u0308   Łódź ", "Zoë Łódź"),
        ("Ada\r\nBcc: x@evil.example", "Ada Bcc: x@evil.example"),
        ("نازنین\u200cزهرا", "نازنین\u200cزهرا"),
        ("Ada 👩\u200d💻", "Ada 👩\u200d💻"),
    ],
)
def test_any_other_name_is_kept_on_one_line(client, ada, name, kept):
    assert call(client, ada, name).status_code == 302

    ada.refresh_from_db()
    assert ada.name == kept


def test_staff_cannot_write_one_either(client, ada):
    client.force_login(UserFactory(is_staff=True, is_superuser=True))
    page = reverse("admin:users_customuser_change", args=[ada.pk])

    response = client.post(page, {"email": ada.email, "name": "Ada\u202e", "time_zone": "UTC"})

    assert "characters that cannot be seen" in response.content.decode()
    ada.refresh_from_db()
    assert ada.name == "Ada Lovelace"
