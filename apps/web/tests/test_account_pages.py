"""The account pages wear our frame, and their forms help browsers and screen readers."""

from __future__ import annotations

import re

import pytest
from django.core import mail

from apps.users.tests.factories import PASSWORD, UserFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "path", ["login", "signup", "password/reset", "confirm-email", "inactive", "password/reset/done"]
)
def test_a_visitor_meets_our_pages(client, path):
    page = client.get(f"/accounts/{path}/").content.decode()

    assert 'class="entrance' in page
    assert "Menu:" not in page  # allauth's own frame


@pytest.mark.parametrize("path", ["email", "password/change"])
def test_somebody_signed_in_keeps_the_navigation(client, path):
    client.force_login(UserFactory())

    assert 'data-testid="team-switcher"' in client.get(f"/accounts/{path}/").content.decode()


def test_a_password_manager_can_fill_the_forms(client):
    login = client.get("/accounts/login/").content.decode()
    signup = client.get("/accounts/signup/").content.decode()

    assert 'autocomplete="current-password"' in login
    assert 'autocomplete="new-password"' in signup


def test_an_error_is_tied_to_its_field(client):
    page = client.post("/accounts/signup/", {"email": "no address", "password1": PASSWORD}).content.decode()

    assert re.search(r'<input[^>]+name="email"[^>]+aria-invalid="true"', page)
    assert re.search(r'aria-describedby="[^"]*id_email_error', page)
    assert 'id="id_email_error"' in page


def test_signing_up_sends_a_mail_whose_link_finishes_it(client):
    client.post("/accounts/signup/", {"email": "new@example.com", "password1": PASSWORD})

    message = mail.outbox[0]
    link = re.search(r"https?://\S+/confirm-email/\S+", message.body).group()
    page = client.get(link).content.decode()

    assert "Confirm my address" in page
    assert link in message.alternatives[0].content


def test_the_reset_mail_leads_to_a_new_password(client):
    user = UserFactory()

    client.post("/accounts/password/reset/", {"email": user.email})

    link = re.search(r"https?://\S+/password/reset/key/\S+", mail.outbox[0].body).group()
    assert "Save new password" in client.get(link, follow=True).content.decode()
