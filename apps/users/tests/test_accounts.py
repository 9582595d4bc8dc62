"""Signing up and in. The machinery is allauth's; here stands what we decided about it."""

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.db import IntegrityError

from apps.core.models import AuditEntry
from apps.users.models import CustomUser
from apps.users.selectors import verified_emails
from apps.users.tests.factories import PASSWORD, UserFactory

pytestmark = pytest.mark.django_db


def sign_up(client, email="ann@example.com"):
    return client.post("/accounts/signup/", {"email": email, "password1": PASSWORD, "password2": PASSWORD})


def test_nobody_is_in_before_the_address_is_proven(client):
    response = sign_up(client, "Ann@Example.com")

    assert response.url == "/accounts/confirm-email/"
    assert client.get("/teams/").url == "/accounts/login/?next=/teams/"
    assert mail.outbox[0].to == ["ann@example.com"]
    assert CustomUser.objects.get().email == "ann@example.com"


def test_the_link_in_the_mail_proves_the_address_by_a_click_not_by_a_look(client):
    sign_up(client)
    link = next(word for word in mail.outbox[0].body.split() if "confirm-email" in word)
    path = "/" + link.split("/", 3)[3]

    client.get(path)
    assert not EmailAddress.objects.get().verified
    client.post(path)

    assert EmailAddress.objects.get().verified
    assert client.get("/teams/").status_code == 200


def test_an_unproven_address_cannot_log_in(client):
    user = UserFactory(verified=False)

    response = client.post("/accounts/login/", {"login": user.email, "password": PASSWORD})

    assert response.url == "/accounts/confirm-email/"
    assert "_auth_user_id" not in client.session


def test_the_case_of_an_address_does_not_matter_at_login(client):
    UserFactory(email="ann@example.com")

    response = client.post("/accounts/login/", {"login": "ANN@Example.com", "password": PASSWORD})

    assert response.url == "/teams/home/"


def test_one_address_is_one_account(client):
    UserFactory(email="ann@example.com")

    sign_up(client, "ANN@example.com")

    assert CustomUser.objects.count() == 1
    with pytest.raises(IntegrityError):
        CustomUser.objects.create_user("ANN@EXAMPLE.COM")


def test_a_switched_off_account_stays_out(client):
    user = UserFactory(is_active=False)

    client.post("/accounts/login/", {"login": user.email, "password": PASSWORD})

    assert "_auth_user_id" not in client.session


def test_a_session_ends_when_its_account_is_switched_off(client):
    user = UserFactory()
    client.force_login(user)

    user.is_active = False
    user.save()

    assert client.get("/teams/").url == "/accounts/login/?next=/teams/"


@pytest.mark.parametrize(
    "address",
    ["login", "signup", "password/reset", "logout", "email", "password/change", "confirm-email"],
)
def test_every_account_page_opens(client, address):
    if address in ("logout", "email", "password/change"):
        client.force_login(UserFactory())

    assert client.get(f"/accounts/{address}/").status_code == 200


def test_the_fields_tell_password_managers_what_they_are(client):
    html = client.get("/accounts/signup/").content.decode()

    assert 'autocomplete="email"' in html
    assert 'autocomplete="new-password"' in html
    assert 'autocomplete="current-password"' in client.get("/accounts/login/").content.decode()


def test_only_proven_addresses_count_as_ones_own():
    user = UserFactory(email="ann@example.com")
    EmailAddress.objects.create(user=user, email="Second@Example.com", verified=True)
    EmailAddress.objects.create(user=user, email="third@example.com", verified=False)

    assert verified_emails(user) == {"ann@example.com", "second@example.com"}


def test_a_user_needs_an_address():
    with pytest.raises(ValueError, match="address"):
        CustomUser.objects.create_user("")


def test_a_superuser_may_enter_the_admin(client):
    client.force_login(CustomUser.objects.create_superuser("root@example.com", PASSWORD))

    assert client.get("/admin/").status_code == 200


class TestProfile:
    @pytest.fixture
    def user(self, client):
        user = UserFactory(name="Ann", email="ann@example.com")
        client.force_login(user)
        return user

    def test_name_and_time_zone_are_saved(self, client, user):
        response = client.post("/users/profile/", {"name": "Ann Lee", "time_zone": "Asia/Tokyo"}, follow=True)

        user.refresh_from_db()
        assert (user.name, user.time_zone) == ("Ann Lee", "Asia/Tokyo")
        assert "Your profile is saved." in response.content.decode()
        after = {"name": "Ann Lee", "time_zone": "Asia/Tokyo", "language": ""}
        assert AuditEntry.objects.get().after == after

    def test_a_language_is_chosen_and_given_up_for_the_browsers(self, client, user):
        mine = {"name": "Ann", "time_zone": "UTC"}

        client.post("/users/profile/", {**mine, "language": "en"})
        user.refresh_from_db()
        assert user.language == "en"

        client.post("/users/profile/", {**mine, "language": ""})
        user.refresh_from_db()
        assert user.language == ""
        assert AuditEntry.objects.first().before["language"] == "en"

    @pytest.mark.parametrize("language", ["tlh", "../en", "en\x00", "e" * 300])
    def test_a_language_we_do_not_speak_is_refused(self, client, user, language):
        response = client.post("/users/profile/", {"name": "Ann", "time_zone": "UTC", "language": language})

        user.refresh_from_db()
        assert response.status_code == 422
        assert user.language == ""

    @pytest.mark.parametrize("zone", ["Mars/Olympus", "", "../../etc/passwd", "x\x00"])
    def test_a_zone_that_does_not_exist_is_refused(self, client, user, zone):
        response = client.post("/users/profile/", {"name": "Ann", "time_zone": zone})

        user.refresh_from_db()
        assert response.status_code == 422
        assert user.time_zone == "UTC"

    def test_the_address_is_not_changed_here(self, client, user):
        client.post("/users/profile/", {"name": "Ann", "time_zone": "UTC", "email": "evil@example.com"})

        user.refresh_from_db()
        assert user.email == "ann@example.com"

    def test_it_needs_a_login(self, client):
        assert client.get("/users/profile/").url == "/accounts/login/?next=/users/profile/"

    def test_an_unknown_stored_zone_does_not_break_pages(self, client, user):
        CustomUser.objects.filter(pk=user.pk).update(time_zone="Gone/Zone")

        assert client.get("/users/profile/").status_code == 200
