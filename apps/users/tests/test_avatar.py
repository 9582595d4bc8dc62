"""A person's picture: taken, shown to their teams, replaced, removed, and never lost by halves."""

import re

import pytest
from django.core.files.storage import default_storage

from apps.core.models import AuditEntry
from apps.core.tests.pictures import SVG, bomb, picture, upload
from apps.core.tests.races import at_once
from apps.teams.tests.factories import InvitationFactory, MembershipFactory, TeamFactory
from apps.users import avatars
from apps.users.models import CustomUser
from apps.users.tests.factories import UserFactory

pytestmark = pytest.mark.django_db
PICTURE = "/users/profile/picture/"


@pytest.fixture
def ada():
    return UserFactory(name="Ada", email="ada@example.com")


@pytest.fixture
def adas_browser(client, ada):
    client.force_login(ada)
    return client


@pytest.fixture(autouse=True)
def stored():
    """The names of all pictures that are kept."""

    def stored():
        return set(default_storage.listdir("avatars")[1]) if default_storage.exists("avatars") else set()

    before = stored()
    yield lambda: stored() - before
    for name in stored() - before:
        default_storage.delete(f"avatars/{name}")


def test_a_picture_is_uploaded_and_shown_on_every_page(adas_browser, ada):
    response = adas_browser.post(PICTURE, {"picture": upload(picture("JPEG"), "photo.jpg")}, follow=True)

    ada.refresh_from_db()
    html = response.content.decode()
    assert response.redirect_chain == [("/users/profile/", 302)]
    assert "You have a new picture." in html
    assert re.fullmatch(r"avatars/[\w-]{24}\.png", ada.avatar.name)
    assert html.count(f'src="/media/{ada.avatar.name}"') == 2  # the form, and the menu of every page
    assert adas_browser.get(f"/media/{ada.avatar.name}").status_code == 200
    assert AuditEntry.objects.get().action == "user.picture_changed"


def test_the_people_of_a_team_see_it(client, ada):
    grace = MembershipFactory(team=MembershipFactory(user=ada).team).user
    avatars.set_avatar(ada, upload(picture()))
    ada.refresh_from_db()
    client.force_login(grace)

    team = grace.memberships.get().team
    html = client.get(f"/a/{team.slug}/team/").content.decode()

    assert html.count(f'src="/media/{ada.avatar.name}"') == 1


def test_who_is_invited_sees_who_invites(client, ada):
    offer = InvitationFactory(team=TeamFactory(owner=ada), invited_by=ada)
    avatars.set_avatar(ada, upload(picture()))
    ada.refresh_from_db()

    html = client.get(f"/teams/invitations/{offer.token}/").content.decode()

    assert f'src="/media/{ada.avatar.name}"' in html


def test_without_one_the_first_letter_stands_there(adas_browser):
    html = adas_browser.get("/users/profile/").content.decode()

    assert "/media/" not in html
    assert re.search(r'<span class="avatar" aria-hidden="true">\s*A\s*</span>', html)
    assert "Remove picture" not in html


@pytest.mark.parametrize(
    ("file", "said"),
    [
        (upload(SVG, "me.svg", "image/svg+xml"), "SVG"),
        (upload(SVG, "me.png"), "SVG"),
        (upload(b"<html>", "me.png"), "not a picture"),
        (upload(bomb(30_000, 30_000)), "million pixels"),
        (upload(b""), "empty"),
        (upload(b"x" * 3_000_000), "larger than 2 MB"),
        ("just a word", "This field is required"),
    ],
    ids=["svg", "svg that lies", "html that lies", "bomb", "empty", "too large", "no file"],
)
def test_a_bad_file_comes_back_with_the_reason(adas_browser, ada, stored, file, said):
    response = adas_browser.post(PICTURE, {"picture": file})

    ada.refresh_from_db()
    assert response.status_code == 422
    assert said in response.content.decode()
    assert not ada.avatar
    assert not stored()


def test_a_new_picture_takes_the_place_of_the_old_one(ada, stored, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        avatars.set_avatar(ada, upload(picture(colour="red")))
    first = stored()

    with django_capture_on_commit_callbacks(execute=True):
        avatars.set_avatar(ada, upload(picture(colour="blue")))

    assert len(stored()) == 1
    assert stored() != first


def test_a_picture_is_removed(adas_browser, ada, stored, django_capture_on_commit_callbacks):
    avatars.set_avatar(ada, upload(picture()))

    with django_capture_on_commit_callbacks(execute=True):
        response = adas_browser.post(PICTURE, {"remove": "1"}, follow=True)

    ada.refresh_from_db()
    assert not ada.avatar
    assert not stored()
    assert "Your picture is removed." in response.content.decode()
    assert AuditEntry.objects.first().action == "user.picture_removed"


def test_a_storage_that_fails_leaves_the_old_picture(adas_browser, ada, monkeypatch):
    avatars.set_avatar(ada, upload(picture()))
    before = CustomUser.objects.get().avatar.name
    monkeypatch.setattr(type(default_storage._wrapped), "_save", failing)

    response = adas_browser.post(PICTURE, {"picture": upload(picture())})

    assert response.status_code == 422
    assert "could not be stored" in response.content.decode()
    assert CustomUser.objects.get().avatar.name == before


def failing(*args, **kwargs):
    raise OSError("the disk is full")


def test_who_goes_takes_the_picture_along(ada, stored, django_capture_on_commit_callbacks):
    avatars.set_avatar(ada, upload(picture()))

    with django_capture_on_commit_callbacks(execute=True):
        CustomUser.objects.get().delete()

    assert not stored()


@pytest.mark.django_db(transaction=True)
def test_two_pictures_at_once_leave_one_file(ada, stored):
    at_once(*[lambda: avatars.set_avatar(ada, upload(picture()))] * 3)

    ada.refresh_from_db()
    assert stored() == {ada.avatar.name.removeprefix("avatars/")}


def test_staff_take_a_picture_down(admin_client, ada, stored, django_capture_on_commit_callbacks):
    avatars.set_avatar(ada, upload(picture()))
    form = {"action": "take_avatars_down", "_selected_action": [ada.pk, UserFactory().pk]}

    with django_capture_on_commit_callbacks(execute=True):
        response = admin_client.post("/admin/users/customuser/", form, follow=True)

    ada.refresh_from_db()
    assert not ada.avatar
    assert not stored()
    assert "1 picture was taken down." in response.content.decode()
    assert AuditEntry.objects.first().actor.is_superuser


def test_opening_the_forms_address_leads_to_the_profile(adas_browser):
    assert adas_browser.get(PICTURE).url == "/users/profile/"


def test_pictures_without_end_are_refused(ada, adas_browser, settings):
    settings.RATE_LIMITS = {**settings.RATE_LIMITS, "upload": "2/m/user"}

    told = [adas_browser.post("/users/profile/picture/", {"remove": ""}).status_code for _ in range(3)]

    assert told == [422, 422, 429]
