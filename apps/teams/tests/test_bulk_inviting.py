"""Many invited at once: the list is checked, shown, and then sent."""

import pytest
from allauth.account.models import EmailAddress
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from apps.core.models import AuditEntry
from apps.teams import services
from apps.teams.errors import NotAllowed
from apps.teams.models import Invitation, InvitationStatus
from apps.teams.roles import Role
from apps.teams.tests.factories import InvitationFactory, MembershipFactory, TeamFactory
from apps.teams.wishes import InviteOutcome, Wish

pytestmark = pytest.mark.django_db

BULK = "/a/acme/team/invite/bulk/"
SENT = InviteOutcome.SENT


@pytest.fixture
def page(client, owner):
    """Posts a list to the page, as pasted text or as a file."""
    client.force_login(owner)

    def post(text="", *, file=None, role="member", **fields):
        data = {"people": text, "role": role, **fields}
        if file is not None:
            data["file"] = SimpleUploadedFile("people.csv", file)
        return client.post(BULK, data)

    return post


def wishes(*emails, role=Role.MEMBER):
    return [Wish(email, role, line) for line, email in enumerate(emails, 1)]


def outcomes(results):
    return [result.outcome for result in results]


def people(count):
    return [f"guest{n}@example.com" for n in range(count)]


def test_each_line_hears_what_became_of_it_in_the_order_given(team, owner):
    member = MembershipFactory(team=team)
    EmailAddress.objects.create(user=member.user, email="Second@example.com", verified=True)
    EmailAddress.objects.create(user=member.user, email="unproven@example.com", verified=False)
    InvitationFactory(team=team, email="open@example.com")

    results = services.invite_many(
        team,
        wishes(
            "new@example.com",
            "second@example.com",
            "unproven@example.com",
            "OPEN@example.com",
            "NEW@example.com",
        ),
        by=owner,
    )

    assert outcomes(results) == [
        SENT,
        InviteOutcome.ALREADY_MEMBER,
        SENT,
        InviteOutcome.ALREADY_INVITED,
        InviteOutcome.REPEATED,
    ]
    assert [(result.line, result.repeats) for result in results][-1] == (5, 1)
    assert [result.invitation.email for result in results if result.invitation] == [
        "new@example.com",
        "unproven@example.com",
    ]


@pytest.mark.parametrize(
    ("address", "outcome"),
    [
        ("", InviteOutcome.INVALID),
        ("nonsense", InviteOutcome.INVALID),
        ("a@b@example.com", InviteOutcome.INVALID),
        ("=cmd|' /C calc'!A0", InviteOutcome.INVALID),
        ("a@example", InviteOutcome.INVALID),
        (f"{'a' * 60}@{'.'.join(['b' * 60] * 4)}.com", InviteOutcome.TOO_LONG),
        ("ann\u202e@example.com", InviteOutcome.HIDDEN_CHARACTERS),
        ("ann@exam\u00adple.com", InviteOutcome.HIDDEN_CHARACTERS),
        ('"a\x07b"@example.com', InviteOutcome.HIDDEN_CHARACTERS),
        ("ann\x00@example.com", InviteOutcome.HIDDEN_CHARACTERS),
        ("ann\r\nBcc: all@example.com", InviteOutcome.HIDDEN_CHARACTERS),
        ("ü@müller.de", InviteOutcome.NOT_MAILABLE),
        ("info@müller.de", SENT),
        ("ann+team@example.com", SENT),
    ],
)
def test_only_addresses_that_can_be_reached_are_invited(team, owner, address, outcome):
    results = services.invite_many(team, wishes(address), by=owner)

    assert outcomes(results) == [outcome]
    assert team.invitations.count() == (outcome == SENT)


def test_the_first_that_fit_get_the_last_seats(team, owner, plan_with_seats):
    plan_with_seats(3)

    results = services.invite_many(team, wishes("bad", *people(4)), by=owner)

    assert outcomes(results) == [InviteOutcome.INVALID, SENT, SENT, *[InviteOutcome.TEAM_FULL] * 2]
    assert set(team.invitations.values_list("email", flat=True)) == set(people(2))


def test_each_line_has_its_own_role_and_none_above_the_inviters(team):
    admin = MembershipFactory(team=team, role=Role.ADMIN).user

    results = services.invite_many(
        team,
        [
            Wish("a@example.com", Role.OWNER, 1),
            Wish("b@example.com", None, 2),
            Wish("c@example.com", Role.BILLING, 3),
            Wish("a@example.com", Role.ADMIN, 4),
        ],
        by=admin,
    )

    assert outcomes(results) == [InviteOutcome.ROLE_ABOVE_YOURS, InviteOutcome.UNKNOWN_ROLE, SENT, SENT]
    assert set(team.invitations.values_list("email", "role")) == {
        ("c@example.com", "billing"),
        ("a@example.com", "admin"),
    }


def test_who_may_not_invite_is_refused_as_a_whole(team):
    member = MembershipFactory(team=team).user

    with pytest.raises(NotAllowed):
        services.invite_many(team, wishes("a@example.com"), by=member)


def test_expired_and_void_offers_make_room(team, owner):
    gone = MembershipFactory(team=team, role=Role.ADMIN)
    expired = InvitationFactory(team=team, email="a@example.com", expires_at=timezone.now())
    void = InvitationFactory(team=team, email="b@example.com", invited_by=gone.user)
    gone.delete()

    results = services.invite_many(team, wishes("a@example.com", "b@example.com"), by=owner)

    assert outcomes(results) == [SENT, SENT]
    for old in (expired, void):
        old.refresh_from_db()
        assert old.status == InvitationStatus.REVOKED


def test_a_thousand_cost_a_fixed_number_of_queries(team, owner, mailoutbox):
    counts = []
    for number in (1, 60):
        with CaptureQueriesContext(
            connection,
        ) as queries:
            services.invite_many(team, wishes(*(f"{number}-{name}" for name in people(number))), by=owner)
        counts.append(len(queries))

    with CaptureQueriesContext(connection) as queries:
        results = services.invite_many(team, wishes(*people(1000)), by=owner)

    assert counts[0] == counts[1]
    assert outcomes(results) == [SENT] * 1000
    # SQLite takes about a thousand values a statement, so the two inserts come in parts there.
    inserts = sum(query["sql"].startswith("INSERT") for query in queries)
    assert len(queries) - inserts == counts[0] - 2
    assert AuditEntry.objects.filter(action="team.invited", holder_id=team.pk).count() == 1061


def test_one_task_sends_all_mails_and_each_leaves_once(
    team, owner, mailoutbox, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True) as callbacks:
        services.invite_many(team, wishes(*people(30)), by=owner)

    assert len(callbacks) == 1
    assert sorted(mail.to[0] for mail in mailoutbox) == sorted(people(30))


def test_a_list_is_checked_before_anything_is_made(team, page, mailoutbox):
    response = page("new@example.com,admin\n\nnew@example.com\nnonsense")

    html = response.content.decode()
    assert response.status_code == 200
    assert 'data-testid="bulk-result" data-value="1"' in html
    assert "new@example.com stands in line 1 already." in html
    assert "nonsense is not an email address." in html
    assert "Send 1 invitation" in html
    assert not Invitation.all_teams.exists()
    assert not AuditEntry.objects.filter(action="team.invited").exists()


def test_what_was_checked_is_sent_by_the_second_step(team, page):
    checked = page("new@example.com,admin\nnonsense", role="billing")

    sent = page(checked.context["text"], role=checked.context["role"], action="send")

    html = sent.content.decode()
    assert "1 invitation is on its way" in html
    assert "nonsense is not an email address." in html
    assert team.invitations.get().role == "admin"


def test_lines_keep_their_numbers_in_both_steps(page):
    checked = page("\n\nnonsense\nann@example.com\n")
    sent = page(checked.context["text"], action="send")

    for step in (checked, sent):
        assert [row["line"] for row in step.context["refused"]] == [3]
        assert [result.line for result in step.context["fitting"]] == [4]


def test_the_second_step_is_checked_again(team, page, plan_with_seats):
    text = "a@example.com\nb@example.com\nc@example.com"
    page(text)
    InvitationFactory(team=team, email="b@example.com")
    plan_with_seats(3)

    response = page(text, action="send")

    assert [result.email for result in response.context["fitting"]] == ["a@example.com"]
    assert [row["outcome"] for row in response.context["refused"]] == [
        InviteOutcome.ALREADY_INVITED,
        InviteOutcome.TEAM_FULL,
    ]
    assert "See plans" in response.content.decode()


def test_sending_twice_invites_once(team, page, mailoutbox, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        page("a@example.com", action="send")
        again = page("a@example.com", action="send")

    assert "already invited" in again.content.decode()
    assert len(mailoutbox) == 1


def test_a_spreadsheet_is_uploaded(team, page):
    file = "Name;E-Mail;Role\r\nMüller;ann@example.com;Admin\r\n=cmd;ben@example.com;\r\n".encode("latin-1")

    checked = page(file=file)
    page(checked.context["text"], action="send")

    assert set(team.invitations.values_list("email", "role")) == {
        ("ann@example.com", "admin"),
        ("ben@example.com", "member"),
    }


@pytest.mark.parametrize(
    ("file", "text"),
    [
        (b"", "The list is empty."),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "not a text file"),
        (b"email;role\n", "only the names of its columns"),
        (b'"ann@example.com\n', "is opened and not closed"),
        (b"x" * 999_000, "too long for an address"),
        (b"ann@example.com\n" * 100_000, "larger than 1 MB"),
        (b"ann@example.com\n" * 10_000, "The list has 10,000 people, and 1,000 is the most"),
    ],
    ids=["empty", "image", "only header", "open quote", "one line", "large", "many"],
)
def test_a_file_that_is_no_list_changes_nothing(team, page, file, text):
    for step in ({}, {"action": "send"}):
        response = page(file=file, **step)

        assert response.status_code == 422
        assert text in response.content.decode()
    assert not Invitation.all_teams.exists()


@pytest.mark.parametrize(
    "fields", [{"role": "emperor"}, {"role": ""}, {"text": "a\x00@example.com"}, {"text": " "}]
)
def test_a_wrong_form_comes_back(team, page, fields):
    response = page(**{"text": "a@example.com", "action": "send", **fields})

    assert response.status_code == 422
    assert not Invitation.all_teams.exists()


def test_a_line_without_an_address_says_so(page):
    html = page("name,email\nAnn,\nBen,ben@example.com").content.decode()

    assert "There is no email address." in html


def test_what_stood_there_is_shown_but_harmless(page):
    html = page("<script>alert(1)</script>\nann\u202e@example.com\n" + "x" * 5_000).content.decode()

    assert "<script>alert" not in html
    assert "ann[U+202E]@example.com contains characters that cannot be seen." in html
    assert (
        "x" * 100
        not in html.split("</textarea>")[0].split('data-testid="bulk-result"')[1].split("<textarea")[0]
    )


def test_an_admin_cannot_slip_in_an_owner(team, client, page):
    client.force_login(MembershipFactory(team=team, role=Role.ADMIN).user)

    by_line = page("a@example.com,owner", action="send")
    by_form = page("a@example.com", role="owner", action="send")

    assert "You cannot invite a@example.com as Owner: it is above your own role." in by_line.content.decode()
    assert (by_line.status_code, by_form.status_code) == (200, 422)
    assert not Invitation.all_teams.exists()


@pytest.mark.parametrize(("role", "status"), [(Role.MEMBER, 403), (Role.BILLING, 403), (Role.ADMIN, 200)])
def test_who_manages_members_sees_the_page(team, client, role, status):
    client.force_login(MembershipFactory(team=team, role=role).user)

    assert client.get(BULK).status_code == status
    assert client.post(BULK, {"people": "a@example.com", "role": "member"}).status_code == status


def test_strangers_and_visitors_see_nothing(team, client):
    assert client.get(BULK).url == f"/accounts/login/?next={BULK}"
    client.force_login(TeamFactory().memberships.get().user)
    assert client.get(BULK).status_code == 404


def test_a_thousand_refused_lines_ask_no_more_than_one(page, django_assert_max_num_queries, plan_with_seats):
    plan_with_seats(1)

    with django_assert_max_num_queries(25):
        response = page("\n".join(people(1000)))

    assert len(response.context["refused"]) == 1000


def test_a_list_sent_a_second_time_says_that_nobody_was_invited(page):
    page("new@example.com", action="send")

    again = page("new@example.com", action="send").content.decode()

    assert "Nobody was invited" in again
    assert "0 invitations" not in again


def test_of_a_text_and_a_file_the_file_is_read_and_the_page_says_so(page):
    response = page("typed@example.com", file=b"filed@example.com")

    assert [result.email for result in response.context["fitting"]] == ["filed@example.com"]
    assert "It is read instead of the text above." in response.content.decode()
