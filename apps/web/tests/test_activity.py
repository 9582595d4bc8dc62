"""All that happened in a team, page by page."""

from __future__ import annotations

import re
from html import unescape

import pytest
from django.utils.html import strip_tags

from apps.core.audit import record
from apps.teams.roles import Role
from apps.teams.services import accept_invitation, add_member, create_team, leave_team, rename_team
from apps.teams.tests.factories import InvitationFactory, MembershipFactory
from apps.users.tests.factories import UserFactory, sign_in
from apps.web import account_words
from apps.web.activity import A_PAGE
from apps.web.activity_words import LEFT_OUT, SENTENCES, STORIES
from apps.web.tests.recorded_actions import recorded_actions

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner():
    return UserFactory(name="Ada Lovelace")


@pytest.fixture
def team(owner):
    return create_team("Acme", by=owner)


def page_of(client, team, user, query: str = "") -> str:
    client.force_login(user)
    return client.get(f"/a/{team.slug}/activity/{query}").content.decode()


def read(client, team, user) -> list[str]:
    """The list as somebody reads it, newest first."""
    lines = re.findall(r'<p class="row-main">(.*?)</p>', page_of(client, team, user), re.DOTALL)
    return [" ".join(unescape(strip_tags(line)).split()) for line in lines]


def test_the_home_page_leads_to_all_of_it(client, team, owner):
    client.force_login(owner)

    home = client.get(f"/a/{team.slug}/").content.decode()

    assert f'href="/a/{team.slug}/activity/"' in home
    assert "created the team" in page_of(client, team, owner)


def test_a_plain_member_reads_it_and_another_team_s_stays_out(client, team, owner):
    member = MembershipFactory(team=team).user
    rename_team(create_team("Other", by=owner), "Elsewhere", by=owner)

    page = page_of(client, team, member)

    assert "created the team" in page
    assert "Elsewhere" not in page


def test_older_entries_stand_on_the_next_page(client, team, owner):
    for number in range(A_PAGE):
        record("team.renamed", actor=owner, target=team, after={"name": f"Name {number}."}, holder=team)

    first, second = page_of(client, team, owner), page_of(client, team, owner, "?page=2")

    assert f"Name {A_PAGE - 1}." in first
    assert "created the team" not in first
    assert "created the team" in second
    assert "Name 0." not in second
    assert "created the team" in page_of(client, team, owner, "?page=99")


def test_a_hundred_entries_cost_no_query_more(client, team, owner, django_assert_num_queries):
    for _number in range(100):
        record("team.renamed", actor=owner, target=team, after={"name": "Again"}, holder=team)
    sign_in(client, owner)

    # Session and person, membership with seats and plan, how many entries, a page of them.
    with django_assert_num_queries(4):
        client.get(f"/a/{team.slug}/activity/")


def test_a_name_with_markup_is_shown_as_written(client, team):
    member = MembershipFactory(team=team, user__name="<i>Bo</i>").user
    record("team.invited", actor=member, target=team, holder=team)

    page = page_of(client, team, member)

    assert "&lt;i&gt;Bo&lt;/i&gt;" in page
    assert "<i>Bo" not in page


def test_who_accepts_an_invitation_and_takes_a_name_later_has_joined(client, team, owner):
    nico = UserFactory(email="nico@example.com", name="")
    accept_invitation(InvitationFactory(team=team, email=nico.email), user=nico)
    nico.name = "Nico New"
    nico.save()

    assert read(client, team, owner)[0] == "Nico New joined the team"


def test_who_adds_somebody_of_a_similar_name_has_added_them(client, team, owner):
    owner.name = "Jo"
    owner.save()

    add_member(team, UserFactory(name="Joanna"), Role.MEMBER, by=owner)

    assert read(client, team, owner)[0] == "Jo added Joanna (Member)"


def test_who_was_added_by_a_script_has_joined(client, team, owner):
    add_member(team, UserFactory(name="Grace Hopper"), Role.MEMBER, by=None)

    assert read(client, team, owner)[0] == "Grace Hopper joined the team"


def test_older_entries_of_those_who_were_added_tell_who_came(client, team, owner):
    """They were written as if the newcomer's own act."""
    joanna = MembershipFactory(team=team, user__name="Joanna (Jo)")
    record("team.member_joined", actor=owner, target=joanna, holder=team)

    assert read(client, team, owner)[0] == "Joanna (Jo) joined the team"


@pytest.mark.parametrize(
    ("action", "facts", "line"),
    [
        ("comp.given", {"after": {"plan": "pro", "reason": "A friend"}}, "gave the team the plan Pro"),
        ("comp.ended", {"before": {"plan": "pro", "reason": "A friend"}}, "ended the given plan Pro"),
        ("subscription.trial_extended", {}, "extended the trial"),
        ("subscription.cancel_requested", {}, "cancelled the plan"),
        ("subscription.cancelled_now", {}, "ended the plan at once"),
        ("subscription.resumed", {}, "kept the plan"),
        ("team.logo_removed", {}, "removed the team's logo"),
    ],
)
@pytest.mark.parametrize("account", ["there", "no longer staff", "gone"])
def test_what_staff_did_is_told_without_their_name(client, team, owner, action, facts, line, account):
    staff = UserFactory(name="Olive Staff", email="olive@staff.example", is_staff=True)
    record(action, actor=staff, target=team, holder=team, **facts)
    if account == "gone":
        staff.delete()
    elif account == "no longer staff":
        staff.is_staff = False
        staff.save()

    assert read(client, team, owner)[0] == f"Support {line}"
    assert "olive" not in page_of(client, team, owner).lower()


def test_the_team_s_own_people_keep_their_names_when_they_are_gone(client, team, owner):
    former = UserFactory(name="Bo")
    accept_invitation(InvitationFactory(team=team, email=former.email), user=former)
    record("subscription.cancel_requested", actor=former, target=team, holder=team)
    leave_team(team, by=former)

    assert read(client, team, owner)[1] == "Bo cancelled the plan"

    former.delete()

    assert read(client, team, owner)[1] == f"{former.email} cancelled the plan"


def test_a_member_whose_coming_is_in_no_log_keeps_their_name_too(client, team, owner):
    """Staff may have put them into the team."""
    member = MembershipFactory(team=team, user__name="Bo").user
    record("subscription.cancel_requested", actor=member, target=team, holder=team)

    assert read(client, team, owner)[0] == "Bo cancelled the plan"


def test_what_a_person_chose_and_what_stripe_made_of_it_are_two_lines(client, team, owner):
    chosen = {"plan": "starter", "interval": "month", "when": "at_renewal"}
    before = {"status": "active", "plan": "pro", "next_plan": ""}
    record("subscription.plan_changed", actor=owner, holder=team, before=before, after=chosen)
    after = {**before, "next_plan": "starter"}
    record("subscription.changed", actor=None, holder=team, before=before, after=after)

    assert read(client, team, owner)[:2] == [
        "Stripe noted the change to Starter at the renewal",
        "Ada Lovelace chose Starter from the renewal on",
    ]


def test_inner_work_and_what_stripe_tells_already_are_left_out(client, team, owner):
    staff = UserFactory(is_staff=True)
    for action in ["subscription.synced_by_staff", "subscription.quantity_pushed", "drift.mended"]:
        record(action, actor=staff, target=team, holder=team)
    record("subscription.resumed", actor=None, target=team, holder=team)

    assert read(client, team, owner) == ["Ada Lovelace created the team"]


def test_an_action_of_your_own_without_a_sentence_is_shown_all_the_same(client, team, owner):
    record("project.put_away", actor=owner, target=team, holder=team)

    assert read(client, team, owner)[0] == "Ada Lovelace project: put away"


def test_each_action_has_a_sentence_or_is_left_out_and_no_sentence_is_dead():
    told = [*SENTENCES, *STORIES, *LEFT_OUT, *account_words.SENTENCES]

    assert len(told) == len(set(told))
    assert set(told) == recorded_actions()


def test_actions_of_each_shape_are_found():
    shapes = {
        "team.created",  # a text
        "team.logo_removed",  # one of two
        "team.first_steps_hidden",  # made of parts
        "team.address_changed",  # a name
        "team.member_left",  # a name for one of two names
        "team.invited",  # many at once
        "subscription.cancelled_now",  # once
    }

    assert shapes <= recorded_actions()
