"""The section of the members page that shows whom the team has asked."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from apps.teams import services
from apps.teams.errors import SentJustNow
from apps.teams.models import Invitation, Membership
from apps.teams.roles import Role
from apps.teams.tests.factories import InvitationFactory, MembershipFactory
from apps.users.tests.factories import UserFactory

pytestmark = pytest.mark.django_db

PAGE = "/a/acme/team/"


@pytest.fixture
def html(client, owner):
    """What the owner reads on the members page."""

    def read(query=""):
        client.force_login(owner)
        return client.get(PAGE + query).content.decode()

    return read


def rows_in(html):
    return html.count('data-testid="invitation-row"')


def test_a_thousand_open_invitations_are_shown_page_by_page(team, owner, client, queries_of):
    client.force_login(owner)
    InvitationFactory.create_batch(26, team=team)  # two pages
    of_few = queries_of(lambda: client.get(PAGE))
    team.invitations.all().delete()
    wishes = [services.Wish(f"guest{n}@example.com", Role.MEMBER, n) for n in range(1000)]
    services.invite_many(team, wishes, by=owner)

    assert queries_of(lambda: client.get(PAGE)) == of_few
    first = client.get(PAGE).content.decode()
    assert rows_in(first) == 25
    assert "Page 1 of 40" in first
    assert "?invitations=2#pending" in first
    assert rows_in(client.get(f"{PAGE}?invitations=40").content.decode()) == 25


@pytest.mark.parametrize("page", ["999", "0", "abc", "-1", "%00"])
def test_a_page_that_does_not_exist_shows_one_that_does(team, html, page):
    InvitationFactory.create_batch(26, team=team)

    assert rows_in(html(f"?invitations={page}")) in (1, 25)


def test_one_whose_mail_has_not_left_says_so(team, html):
    InvitationFactory(team=team, email="waits@example.com")
    assert "The mail has not left yet" in html()

    Invitation.all_teams.update(mail_sent_at=timezone.now())

    assert "The mail has not left yet" not in html()


def test_an_expired_one_can_be_sent_again(team, html):
    InvitationFactory(team=team, expires_at=timezone.now())

    page = html()

    assert "Expired on" in page
    assert "Send again" in page


def inviter_left(team, inviter):
    inviter.delete()
    return "Kim Novak, who sent it, is no longer in the team."


def inviter_is_a_member_now(team, inviter):
    inviter.role = Role.MEMBER
    inviter.save()
    return "Kim Novak, who sent it, may no longer invite as Admin."


def account_is_deleted(team, inviter):
    inviter.user.delete()
    return "The account of the person who sent it is gone."


@pytest.mark.parametrize(
    "change", [inviter_left, inviter_is_a_member_now, account_is_deleted], ids=lambda change: change.__name__
)
def test_a_void_one_says_why(team, html, change):
    inviter = MembershipFactory(team=team, role=Role.ADMIN, user__name="Kim Novak")
    InvitationFactory(team=team, invited_by=inviter.user, role=Role.ADMIN)

    why = change(team, inviter)

    assert f"{why} Send it again to make it yours." in html()


def test_a_declined_one_is_shown_for_a_week_or_until_it_is_made_anew(team, owner, html):
    offer = InvitationFactory(team=team, email="ben@example.com")
    services.decline_invitation(offer, user=UserFactory(email="ben@example.com"))
    assert "Declined on" in html()

    with time_machine.travel(timezone.now() + timedelta(days=7, minutes=1)):
        assert rows_in(html()) == 0
    services.invite(team, ["ben@example.com"], Role.MEMBER, by=owner)

    page = html()
    assert rows_in(page) == 1
    assert "Declined on" not in page


def test_an_admin_has_no_buttons_for_an_offer_above_their_role(team, client):
    InvitationFactory(team=team, role=Role.OWNER)
    client.force_login(MembershipFactory(team=team, role=Role.ADMIN).user)

    page = client.get(PAGE).content.decode()

    assert rows_in(page) == 1
    assert "Send again" not in page


def test_sending_again_takes_a_minute_between(team, owner, client, mailoutbox):
    offer = InvitationFactory(team=team)
    again = f"{PAGE}invitations/{offer.pk}/resend/"
    client.force_login(owner)

    hasty = client.post(again, follow=True).content.decode()
    with time_machine.travel(timezone.now() + timedelta(seconds=61)):
        client.force_login(owner)
        patient = client.post(again, follow=True).content.decode()
        hasty_again = client.post(again, follow=True).content.decode()

    assert "left a moment ago. Wait a minute, then send it again." in hasty
    assert "is sent again." in patient
    assert "left a moment ago" in hasty_again


def test_sending_again_renews_the_time_and_keeps_the_link(team, owner):
    offer = InvitationFactory(team=team, expires_at=timezone.now() + timedelta(days=1))

    renewed = services.resend_invitation(offer, by=owner)

    assert renewed.token == offer.token
    assert renewed.expires_at - timezone.now() > timedelta(days=6, hours=23)
    with pytest.raises(SentJustNow):
        services.resend_invitation(offer, by=owner)


@pytest.mark.parametrize("action", ["revoke", "resend"])
def test_what_was_answered_meanwhile_is_said_so(team, owner, client, action):
    offer = InvitationFactory(team=team, email="ben@example.com")
    services.accept_invitation(offer, user=UserFactory(email="ben@example.com"))
    client.force_login(owner)

    response = client.post(f"{PAGE}invitations/{offer.pk}/{action}/", follow=True)

    assert "This invitation has been accepted already." in response.content.decode()
    assert team.memberships.count() == 2


def test_staff_read_a_long_list_with_the_queries_of_a_short_one(team, admin_client, queries_of):
    path = "/admin/teams/invitation/"
    InvitationFactory(team=team)
    of_one = queries_of(lambda: admin_client.get(path))
    InvitationFactory.create_batch(29)  # of other teams, by other people

    assert queries_of(lambda: admin_client.get(path)) == of_one
    page = admin_client.get(path).content.decode()
    assert page.count(">pending<") == 30


def test_the_team_s_home_counts_who_may_still_come_together_with_the_team(
    client, team, owner, django_assert_max_num_queries
):
    past = timezone.now() - timedelta(days=1)
    InvitationFactory.create_batch(2, team=team)
    InvitationFactory(team=team, email="late@example.com", expires_at=past)
    InvitationFactory(email="elsewhere@example.com")
    client.force_login(owner)

    with django_assert_max_num_queries(10) as asked:
        page = client.get("/a/acme/")

    assert page.wsgi_request.membership.seats_pending == 2
    about = [query["sql"] for query in asked if Invitation._meta.db_table in query["sql"]]
    assert len(about) == 1
    assert Membership._meta.db_table in about[0]
