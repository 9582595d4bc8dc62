"""What htmx gets: nothing that a cache keeps, and never a part of a page the person is not on."""

import pytest
from django.urls import reverse

from apps.teams.tests.factories import InvitationFactory, TeamFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def team():
    return TeamFactory(name="Acme")


@pytest.fixture
def owner_client(client, team):
    client.force_login(team.memberships.get().user)
    return client


def htmx_on(page, target="content"):
    """The headers of a request by htmx from this page."""
    return {"HX-Request": "true", "HX-Target": target, "HX-Current-URL": f"http://testserver{page}"}


def test_a_fragment_of_a_public_page_is_not_kept_in_its_place(client):
    fragment = client.get(reverse("pricing"), {"seats": 3}, headers=htmx_on("/pricing/"))
    page = client.get(reverse("pricing"), {"seats": 3})

    assert "no-store" in fragment["Cache-Control"]
    assert "HX-Request" in fragment["Vary"]
    assert "HX-Request" in page["Vary"]


def test_a_form_that_leads_back_to_its_page_is_followed(owner_client, team):
    members = reverse("team:members", args=[team.slug])
    offer = InvitationFactory(team=team)

    response = owner_client.post(
        reverse("team:invitation_revoke", args=[team.slug, offer.pk]), headers=htmx_on(members, "invitations")
    )

    assert response.status_code == 302
    assert response["Location"] == members


def test_a_form_that_leads_elsewhere_takes_the_whole_page_and_its_sentence_along(owner_client, team):
    members = reverse("team:members", args=[team.slug])

    response = owner_client.post(
        reverse("team:address", args=[team.slug]),
        {"slug": "moved"},
        headers=htmx_on(members, "team-settings"),
    )

    assert response.status_code == 200
    assert response["HX-Redirect"] == "/a/moved/team/settings/"
    page = owner_client.get("/a/moved/team/").content.decode()
    assert "The team&#x27;s address is /a/moved/ now." in page


def test_after_a_form_the_address_is_not_written_into_the_history_again(owner_client, team):
    members = reverse("team:members", args=[team.slug])

    again = owner_client.get(members, headers=htmx_on(members, "members"))
    search = owner_client.get(members, {"q": "kim"}, headers=htmx_on(members, "members"))

    assert "HX-Push-Url" not in again
    assert search["HX-Push-Url"] == f"{members}?q=kim"


def test_who_was_signed_out_meanwhile_reads_so_at_the_door(client, team):
    members = reverse("team:members", args=[team.slug])

    leads = client.post(
        reverse("team:invite", args=[team.slug]), {"emails": "a@example.com"}, headers=htmx_on(members)
    )

    door = client.get(leads["HX-Redirect"]).content.decode()
    assert "You were signed out meanwhile. Sign in to go on where you were." in door


@pytest.mark.parametrize("address", ["http://testserver//[", "http://[", "http://testserver//evil.example/x"])
def test_a_page_that_is_none_is_no_page(owner_client, team, address):
    headers = {**htmx_on("/"), "HX-Current-URL": address}

    assert owner_client.get(reverse("team:members", args=[team.slug]), headers=headers).status_code == 200
