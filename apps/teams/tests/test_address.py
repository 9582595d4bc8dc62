"""Where a team lives: the address changes, and no link that carries an old one breaks."""

import re
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from apps.core.models import AuditEntry
from apps.core.tests.races import at_once
from apps.core.tests.test_architecture import TEAM_PREFIX, routes
from apps.teams import services
from apps.teams.errors import BadSlug, MovedTooOften, NotAllowed, SlugTaken
from apps.teams.models import Team, TeamSlug
from apps.teams.roles import Role
from apps.teams.slugs import MAX_SLUG, RESERVED
from apps.teams.tests.factories import InvitationFactory, MembershipFactory, TeamFactory
from apps.users.tests.factories import UserFactory, sign_in

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 28, 12, tzinfo=UTC)


@pytest.fixture
def owners_browser(client, owner):
    client.force_login(owner)
    return client


@pytest.fixture
def moved(team, owner):
    return services.change_slug(team, "acme-cloud", by=owner)


def test_a_team_moves_and_keeps_its_old_address(team, owner):
    services.change_slug(team, " acme-cloud ", by=owner)

    team.refresh_from_db()
    assert team.slug == "acme-cloud"
    assert {row.slug for row in team.slugs.all()} == {"acme", "acme-cloud"}
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.before, entry.after, entry.holder_id) == (
        "team.address_changed",
        {"slug": "acme"},
        {"slug": "acme-cloud"},
        team.pk,
    )


@pytest.mark.parametrize(
    "slug",
    [
        "", "a", "x" * (MAX_SLUG + 1), "Acme", "acme cloud", "acme_cloud", "-acme", "acme-", "acme--cloud",
        "аcme", "acme\u200b", "acme\u202e", "ac\x00me", "acme/team", "acme\n-cloud", "..", "１２",
        *sorted(RESERVED),
    ],
)  # fmt: skip
def test_an_address_that_no_link_could_carry_is_refused(team, owner, slug):
    with pytest.raises(BadSlug):
        services.change_slug(team, slug, by=owner)

    team.refresh_from_db()
    assert team.slug == "acme"


def test_an_address_of_another_team_is_taken_whether_it_lives_there_or_did(team, owner):
    other = TeamFactory(slug="first")
    services.change_slug(other, "second", by=other.memberships.get().user)

    for slug in ("first", "second"):
        with pytest.raises(SlugTaken):
            services.change_slug(team, slug, by=owner)


def test_a_new_team_does_not_get_an_address_that_was_left(moved):
    assert services.create_team("Acme", by=UserFactory()).slug == "acme-2"


def test_a_team_may_move_back(team, owner, moved):
    services.change_slug(team, "acme", by=owner)

    assert Team.objects.get(slug="acme") == team
    assert TeamSlug.all_teams.count() == 2


@pytest.mark.parametrize("role", [Role.BILLING, Role.MEMBER])
def test_only_those_who_manage_settings_move_it(team, role):
    with pytest.raises(NotAllowed):
        services.change_slug(team, "mine-now", by=MembershipFactory(team=team, role=role).user)


def test_five_times_a_day_and_the_sixth_hears_when(team, owner):
    with time_machine.travel(NOON, tick=False) as clock:
        for number in range(5):
            services.change_slug(team, f"acme-{number}", by=owner)
            clock.shift(timedelta(hours=1))

        with pytest.raises(MovedTooOften) as refusal:
            services.change_slug(team, "acme-x", by=owner)

        assert refusal.value.again_at == NOON + timedelta(days=1)
        assert "29 November, 12:00" in refusal.value.text
        clock.move_to(NOON + timedelta(days=1, seconds=1))
        services.change_slug(team, "acme-x", by=owner)


def test_the_same_address_again_is_no_change(team, owner):
    services.change_slug(team, "acme", by=owner)

    assert not AuditEntry.objects.exists()


@pytest.mark.parametrize("method", ["get", "head"])
def test_an_old_link_leads_to_the_same_page_with_its_query(owners_browser, moved, method):
    look = getattr(owners_browser, method)

    assert look("/a/acme/").url == "/a/acme-cloud/"
    response = look("/a/acme/team/?q=kim%20n&page=2")

    assert (response.status_code, response.url) == (302, "/a/acme-cloud/team/?q=kim%20n&page=2")


def pages_of_a_team(slug):
    """Every address below the team's, also those of apps that teams do not know."""
    for route, _view in routes():
        if route.startswith(TEAM_PREFIX):
            below = re.sub(r"<uuid:\w+>", str(uuid4()), route.removeprefix(TEAM_PREFIX))
            yield f"/a/{slug}/{re.sub(r'<[^>]+>', '7', below)}"


@pytest.mark.parametrize("method", ["get", "post"])
def test_every_page_of_a_team_is_led_on(owners_browser, moved, method):
    """Whatever is below the address: the page and its other arguments stay."""
    pages = list(pages_of_a_team("acme"))

    led_to = [getattr(owners_browser, method)(page).url for page in pages]

    assert len(pages) > 10
    assert led_to == [page.replace("/a/acme/", "/a/acme-cloud/", 1) for page in pages]


def test_a_form_in_an_old_tab_is_sent_on_and_done_once(owners_browser, team, moved):
    response = owners_browser.post("/a/acme/team/settings/", {"name": "Acme Cloud"})
    assert response.status_code == 307
    team.refresh_from_db()
    assert team.name == "Acme"

    owners_browser.post("/a/acme/team/settings/", {"name": "Acme Cloud"}, follow=True)

    team.refresh_from_db()
    assert team.name == "Acme Cloud"
    assert AuditEntry.objects.filter(action="team.renamed").count() == 1


def test_a_form_from_elsewhere_is_not_led_on(owner, team, moved):
    client = Client(enforce_csrf_checks=True)
    client.force_login(owner)

    assert client.post("/a/acme/team/settings/", {"name": "Evil"}).status_code == 403


def test_htmx_follows_to_the_fragment(owners_browser, moved):
    headers = {"HX-Request": "true", "HX-Target": "members"}

    response = owners_browser.get("/a/acme/team/", headers=headers, follow=True)

    assert response.redirect_chain == [("/a/acme-cloud/team/", 302)]
    assert "<html" not in response.content.decode()


def test_a_stranger_cannot_tell_an_old_address_from_none(client, moved):
    client.force_login(UserFactory())

    answers = [client.get(f"/a/{slug}/team/") for slug in ("acme", "acme-cloud", "never")]

    assert [answer.status_code for answer in answers] == [404] * 3
    assert len({len(answer.content) for answer in answers}) == 1


def test_a_former_member_is_a_stranger(client, team, moved):
    member = MembershipFactory(team=team).user
    services.leave_team(team, by=member)
    client.force_login(member)

    assert client.get("/a/acme/").status_code == 404


def test_a_visitor_signs_in_and_is_led_on(client, owner, moved):
    login = client.get("/a/acme/team/").url
    client.force_login(owner)

    response = client.get(login, follow=True)

    assert response.redirect_chain[-1][0] == "/a/acme-cloud/team/"


def test_the_way_costs_one_query_and_a_page_at_its_address_none(
    owners_browser, owner, moved, django_assert_num_queries
):
    sign_in(owners_browser, owner)
    owners_browser.get("/a/acme-cloud/team/roles/")
    with django_assert_num_queries(3):  # session and user, membership, the old address
        owners_browser.get("/a/acme/team/roles/")


def test_a_mail_with_an_old_link_still_opens(client, team, moved):
    offer = InvitationFactory(team=team)

    page = client.get(reverse("teams:invitation", args=[offer.token]))

    assert page.status_code == 200
    assert "Acme" in page.content.decode()


def test_the_address_is_changed_on_the_page(owners_browser, team):
    response = owners_browser.post("/a/acme/team/settings/address/", {"slug": "acme-cloud"}, follow=True)

    assert response.redirect_chain == [("/a/acme-cloud/team/settings/", 302)]
    assert "/a/acme-cloud/ now" in response.content.decode()


@pytest.mark.parametrize(
    ("slug", "said"),
    [
        ("", "This field is required."),
        ("Acme Cloud", "small letters"),
        ("x" * 51, "50 characters"),
        ("ac\x00me", "Null characters"),
        ("admin", "kept for the product"),
        ("taken", "is taken"),
    ],
)
def test_a_bad_address_comes_back_with_the_reason(owners_browser, slug, said):
    TeamFactory(slug="taken")

    response = owners_browser.post("/a/acme/team/settings/address/", {"slug": slug})

    assert response.status_code == 422
    assert said in str(response.context["address_form"].errors["slug"])
    assert response.context["address_form"]["slug"].value() == slug
    assert Team.objects.filter(slug="acme").exists()


@pytest.mark.parametrize("page", ["address", "logo"])
def test_who_opens_the_address_of_a_form_is_led_to_it(owners_browser, team, page):
    assert owners_browser.get(reverse(f"team:{page}", args=["acme"])).url == "/a/acme/team/settings/"


@pytest.mark.django_db(transaction=True)
def test_two_teams_reach_for_one_address_and_one_gets_it():
    teams = TeamFactory.create_batch(4)

    def move(team):
        try:
            return services.change_slug(team, "wanted", by=team.memberships.get().user)
        except SlugTaken:
            return None

    reached = at_once(*(lambda team=team: move(team) for team in teams))

    assert len(list(filter(None, reached))) == 1
    assert TeamSlug.all_teams.filter(slug="wanted").count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_admins_move_the_team_at_once_and_both_links_work(client):
    team = TeamFactory(slug="acme")
    owner = team.memberships.get().user
    client.force_login(owner)

    at_once(
        lambda: services.change_slug(team, "one-way", by=owner),
        lambda: services.change_slug(team, "other-way", by=owner),
    )

    team.refresh_from_db()
    others = {"acme", "one-way", "other-way"} - {team.slug}
    assert {client.get(f"/a/{slug}/").url for slug in others} == {f"/a/{team.slug}/"}
