"""A team's logo: taken, shown, replaced, removed, and never lost by halves."""

import re
from io import BytesIO

import pytest
from django.core.files.storage import default_storage
from django.db import transaction

from apps.core.kept_pictures import PictureNotKept
from apps.core.models import AuditEntry
from apps.core.tests.pictures import SVG, bomb, picture, upload
from apps.core.tests.races import at_once
from apps.teams import services
from apps.teams.errors import NotAllowed
from apps.teams.mails.invitation import invitation_mail
from apps.teams.models import Team
from apps.teams.roles import Role
from apps.teams.tests.factories import InvitationFactory, MembershipFactory, TeamFactory

pytestmark = pytest.mark.django_db
LOGO = "/a/acme/team/settings/logo/"


@pytest.fixture
def owners_browser(client, owner):
    client.force_login(owner)
    return client


@pytest.fixture(autouse=True)
def stored():
    """The names of all files that are kept."""

    def stored():
        return (
            set(default_storage.listdir("team-logos")[1]) if default_storage.exists("team-logos") else set()
        )

    before = stored()
    yield lambda: stored() - before
    for name in stored() - before:
        default_storage.delete(f"team-logos/{name}")


def test_a_logo_is_uploaded_and_seen_by_everybody_in_the_team(owners_browser, team):
    response = owners_browser.post(LOGO, {"logo": upload(picture("JPEG"), "photo.jpg")}, follow=True)

    team.refresh_from_db()
    html = response.content.decode()
    assert response.redirect_chain == [("/a/acme/team/settings/", 302)]
    assert re.fullmatch(r"team-logos/[\w-]{24}\.png", team.logo.name)
    assert html.count(f'src="/media/{team.logo.name}"') == 3  # switcher, its menu, the form
    assert owners_browser.get(f"/media/{team.logo.name}").status_code == 200
    assert AuditEntry.objects.get().action == "team.logo_changed"


@pytest.mark.parametrize("path", ["/teams/", "/a/acme/"])
def test_the_logo_stands_where_the_team_is_named(owners_browser, team, owner, path):
    services.set_logo(team, upload(picture()), by=owner)
    team.refresh_from_db()

    assert f'src="/media/{team.logo.name}"' in owners_browser.get(path).content.decode()


def test_who_is_invited_sees_it_on_the_page_and_in_the_mail(client, team, owner):
    services.set_logo(team, upload(picture()), by=owner)
    offer = InvitationFactory(team=Team.objects.get())

    page = client.get(f"/teams/invitations/{offer.token}/").content.decode()
    mail = invitation_mail(offer).alternatives[0].content

    assert f'src="/media/{offer.team.logo.name}"' in page
    assert f'src="http://testserver/media/{offer.team.logo.name}"' in mail


def test_without_a_logo_page_and_mail_show_none(client, team):
    offer = InvitationFactory(team=team)

    assert "<img" not in invitation_mail(offer).alternatives[0].content
    assert "/media/" not in client.get(f"/teams/invitations/{offer.token}/").content.decode()


@pytest.mark.parametrize(
    ("file", "said"),
    [
        (upload(SVG, "logo.svg", "image/svg+xml"), "SVG"),
        (upload(SVG, "logo.png"), "SVG"),
        (upload(b"<html>", "logo.png"), "not a picture"),
        (upload(bomb(30_000, 30_000)), "million pixels"),
        (upload(b""), "empty"),
        (upload(b"x" * 3_000_000), "larger than 2 MB"),
        ("just a word", "This field is required"),
    ],
    ids=["svg", "svg that lies", "html that lies", "bomb", "empty", "too large", "no file"],
)
def test_a_bad_file_comes_back_with_the_reason(owners_browser, team, stored, file, said):
    response = owners_browser.post(LOGO, {"logo": file})

    team.refresh_from_db()
    assert response.status_code == 422
    assert said in str(response.context["logo_form"].errors["logo"])
    assert not team.logo
    assert not stored()


def test_the_name_a_file_had_does_not_matter(owners_browser, team):
    response = owners_browser.post(LOGO, {"logo": upload(picture(), "\u202e../" + "x" * 300 + ".exe")})

    team.refresh_from_db()
    assert response.status_code == 302
    assert team.logo.name.endswith(".png")


def test_a_new_logo_takes_the_place_of_the_old_one(team, owner, stored, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        services.set_logo(team, upload(picture(colour="red")), by=owner)
    first = stored()

    with django_capture_on_commit_callbacks(execute=True):
        services.set_logo(team, upload(picture(colour="blue")), by=owner)

    assert len(stored()) == 1
    assert stored() != first


def test_a_logo_is_removed(owners_browser, team, owner, stored, django_capture_on_commit_callbacks):
    services.set_logo(team, upload(picture()), by=owner)

    with django_capture_on_commit_callbacks(execute=True):
        response = owners_browser.post(LOGO, {"remove": "1"}, follow=True)

    team.refresh_from_db()
    assert not team.logo
    assert not stored()
    assert "The logo is removed." in response.content.decode()


def test_removing_none_changes_nothing(owners_browser, team):
    owners_browser.post(LOGO, {"remove": "1"})

    assert not AuditEntry.objects.exists()


def test_the_old_logo_goes_only_with_the_commit(team, owner, stored, django_capture_on_commit_callbacks):
    services.set_logo(team, upload(picture()), by=owner)
    first = stored()

    with django_capture_on_commit_callbacks(execute=True), transaction.atomic():
        services.remove_logo(team, by=owner)
        transaction.set_rollback(True)

    team.refresh_from_db()
    assert team.logo
    assert stored() == first


def test_a_storage_that_fails_leaves_the_old_logo(owners_browser, team, owner, monkeypatch):
    services.set_logo(team, upload(picture()), by=owner)
    team.refresh_from_db()
    monkeypatch.setattr(type(default_storage._wrapped), "_save", failing)

    response = owners_browser.post(LOGO, {"logo": upload(picture())})

    assert response.status_code == 422
    assert "could not be stored" in response.content.decode()
    assert Team.objects.get().logo.name == team.logo.name


def test_a_storage_that_cannot_delete_keeps_nobody_from_a_new_logo(
    team, owner, monkeypatch, django_capture_on_commit_callbacks
):
    services.set_logo(team, upload(picture()), by=owner)
    first = Team.objects.get().logo.name
    monkeypatch.setattr(type(default_storage._wrapped), "delete", failing)

    with django_capture_on_commit_callbacks(execute=True):
        services.set_logo(team, upload(picture()), by=owner)

    monkeypatch.undo()
    assert Team.objects.get().logo.name != first


def failing(*args, **kwargs):
    raise OSError("the disk is full")


def test_whoever_may_not_leaves_no_file_behind(team, stored):
    member = MembershipFactory(team=team, role=Role.BILLING).user

    with pytest.raises(NotAllowed):
        services.set_logo(team, upload(picture()), by=member)

    assert not stored()


class TakesLong(BytesIO):
    """While it is read, the one who sends it is made a plain member."""

    def __init__(self, content, membership):
        super().__init__(content)
        self.membership = membership

    def read(self, *args):
        self.membership.role = Role.MEMBER
        self.membership.save()
        return super().read(*args)


def test_who_loses_the_right_while_the_file_is_read_leaves_none_behind(team, stored):
    admin = MembershipFactory(team=team, role=Role.ADMIN)

    with pytest.raises(NotAllowed):
        services.set_logo(team, TakesLong(picture(), admin), by=admin.user)

    assert not stored()
    assert not Team.objects.get().logo


def test_the_service_tells_a_storage_that_is_away(team, owner, monkeypatch):
    monkeypatch.setattr(type(default_storage._wrapped), "_save", failing)

    with pytest.raises(PictureNotKept):
        services.set_logo(team, upload(picture()), by=owner)


def test_a_team_that_goes_takes_its_logo_along(team, owner, stored, django_capture_on_commit_callbacks):
    services.set_logo(team, upload(picture()), by=owner)

    with django_capture_on_commit_callbacks(execute=True):
        Team.objects.get().delete()

    assert not stored()


@pytest.mark.django_db(transaction=True)
def test_two_logos_at_once_leave_one_file(stored):
    team = TeamFactory()
    owner = team.memberships.get().user

    at_once(*[lambda: services.set_logo(team, upload(picture()), by=owner)] * 3)

    team.refresh_from_db()
    assert stored() == {team.logo.name.removeprefix("team-logos/")}


def test_staff_take_a_logo_down(admin_client, team, owner, stored, django_capture_on_commit_callbacks):
    services.set_logo(team, upload(picture()), by=owner)
    chosen = [team.pk, TeamFactory().pk]
    form = {"action": "take_logos_down", "_selected_action": chosen}

    with django_capture_on_commit_callbacks(execute=True):
        response = admin_client.post("/admin/teams/team/", form, follow=True)

    team.refresh_from_db()
    assert not team.logo
    assert not stored()
    assert "1 logo was taken down." in response.content.decode()
    assert AuditEntry.objects.latest("pk").actor.is_superuser
