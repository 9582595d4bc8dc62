"""Asking people in (P6, P8)."""

from datetime import timedelta

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.db import transaction
from django.utils import timezone

from apps.core.models import AuditEntry
from apps.teams import services
from apps.teams.errors import AskedTooOften, InvitationNotPending, NotAllowed, TeamIsFull, WrongAddress
from apps.teams.mails import outbox
from apps.teams.models import Invitation, InvitationStatus
from apps.teams.roles import Role
from apps.teams.selectors import MAILS, invitations_for
from apps.teams.services import InviteOutcome
from apps.teams.tasks import send_waiting_invitations
from apps.teams.tests.factories import InvitationFactory, MembershipFactory, TeamFactory
from apps.users.tests.factories import UserFactory

pytestmark = pytest.mark.django_db

TOO_LONG = f"{'a' * 60}@{'.'.join(['b' * 60] * 4)}.com"


@pytest.fixture
def team():
    return TeamFactory(name="Acme")


def outcomes(results):
    return {result.email: result.outcome for result in results}


def test_an_invitation_is_mailed_once_it_is_certain(
    team, owner, mailoutbox, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        results = services.invite(team, ["bob@example.com"], Role.MEMBER, by=owner)
        assert mailoutbox == []

    mail = mailoutbox[0]
    invitation = results[0].invitation
    assert mail.to == ["bob@example.com"]
    assert "Acme" in mail.subject
    assert f"/teams/invitations/{invitation.token}/" in mail.body
    assert f"/teams/invitations/{invitation.token}/" in mail.alternatives[0].content
    assert Invitation.all_teams.get().mail_sent_at


@pytest.mark.django_db(transaction=True)
def test_what_is_rolled_back_is_never_mailed(team, owner, mailoutbox):
    with transaction.atomic():
        services.invite(team, ["bob@example.com"], Role.MEMBER, by=owner)
        transaction.set_rollback(True)

    assert mailoutbox == []
    assert not Invitation.all_teams.exists()


def test_each_address_hears_what_became_of_it(team, owner):
    MembershipFactory(team=team, user__email="ann@example.com")
    InvitationFactory(team=team, email="kim@example.com")

    results = services.invite(
        team,
        ["ANN@Example.com", "Kim@Example.COM", "new@example.com", "nonsense", "NEW@example.com ", TOO_LONG],
        Role.MEMBER,
        by=owner,
    )

    assert outcomes(results) == {
        "ann@example.com": InviteOutcome.ALREADY_MEMBER,
        "kim@example.com": InviteOutcome.ALREADY_INVITED,
        "new@example.com": InviteOutcome.SENT,
        "nonsense": InviteOutcome.INVALID,
        TOO_LONG: InviteOutcome.TOO_LONG,
    }
    assert team.invitations.count() == 2


def test_a_members_second_address_is_known_too(team, owner):
    member = MembershipFactory(team=team)
    EmailAddress.objects.create(user=member.user, email="Second@example.com", verified=True)

    results = services.invite(team, ["second@example.com"], Role.MEMBER, by=owner)

    assert results[0].outcome == InviteOutcome.ALREADY_MEMBER


def test_an_expired_invitation_makes_room_for_a_new_one(team, owner):
    old = InvitationFactory(team=team, email="bob@example.com", expires_at=timezone.now())

    new = services.invite(team, ["bob@example.com"], Role.MEMBER, by=owner)[0].invitation

    old.refresh_from_db()
    assert (old.status, new.status) == (InvitationStatus.REVOKED, InvitationStatus.PENDING)


def test_an_invitation_lasts_a_week(team):
    invitation = InvitationFactory(team=team)

    with time_machine.travel(timezone.now() + timedelta(days=6, hours=23)):
        assert invitation.status == InvitationStatus.PENDING
    with time_machine.travel(timezone.now() + timedelta(days=7, seconds=1)):
        assert invitation.status == InvitationStatus.EXPIRED
        assert not Invitation.all_teams.pending().exists()


@pytest.mark.parametrize("role", [Role.BILLING, Role.MEMBER])
def test_only_those_who_manage_members_invite(team, role):
    member = MembershipFactory(team=team, role=role)

    with pytest.raises(NotAllowed):
        services.invite(team, ["bob@example.com"], Role.MEMBER, by=member.user)


def test_an_admin_invites_no_owner(team):
    admin = MembershipFactory(team=team, role=Role.ADMIN)

    with pytest.raises(NotAllowed):
        services.invite(team, ["bob@example.com"], Role.OWNER, by=admin.user)


def test_who_reads_the_address_joins_with_the_offered_role(team, seat_news):
    invitation = InvitationFactory(team=team, email="Ann@X.com", role=Role.BILLING)
    ann = UserFactory(email="ann@x.com")
    seat_news.clear()

    membership = services.accept_invitation(invitation, user=ann)

    assert (membership.team, membership.user, membership.role) == (team, ann, Role.BILLING)
    assert seat_news == [("joined", 1, 2)]
    assert Invitation.all_teams.get().status == InvitationStatus.ACCEPTED


def test_accepting_twice_is_accepting_once(team, seat_news):
    invitation = InvitationFactory(team=team)
    user = UserFactory(email=invitation.email)

    first = services.accept_invitation(invitation, user=user)
    second = services.accept_invitation(invitation, user=user)

    assert first == second
    assert seat_news == [("joined", 1, 2)]
    assert AuditEntry.objects.filter(action="team.invitation_accepted").count() == 1


def test_a_member_who_accepts_keeps_the_role_they_have(team, owner):
    invitation = InvitationFactory(team=team, email="other@example.com")
    EmailAddress.objects.create(user=owner, email="other@example.com", verified=True)

    membership = services.accept_invitation(invitation, user=owner)

    assert membership.role == Role.OWNER


def test_nobody_else_takes_an_invitation(team):
    invitation = InvitationFactory(team=team, email="ann@example.com")

    with pytest.raises(WrongAddress):
        services.accept_invitation(invitation, user=UserFactory())
    with pytest.raises(WrongAddress):
        services.decline_invitation(invitation, user=UserFactory())


def test_the_address_must_be_proven(team):
    invitation = InvitationFactory(team=team, email="ann@example.com")

    with pytest.raises(WrongAddress):
        services.accept_invitation(invitation, user=UserFactory(email="ann@example.com", verified=False))


def inviter_leaves(invitation):
    MembershipFactory(team=invitation.team, role=Role.OWNER)
    services.leave_team(invitation.team, by=invitation.invited_by)


def inviter_becomes_member(invitation):
    MembershipFactory(team=invitation.team, role=Role.OWNER)
    membership = invitation.team.memberships.get(user=invitation.invited_by)
    services.change_role(membership, Role.MEMBER, by=invitation.invited_by)


def inviter_is_switched_off(invitation):
    MembershipFactory(team=invitation.team, role=Role.OWNER)
    invitation.invited_by.is_active = False
    invitation.invited_by.save()


def inviter_is_deleted(invitation):
    MembershipFactory(team=invitation.team, role=Role.OWNER)
    invitation.invited_by.delete()


@pytest.mark.parametrize(
    "change",
    [inviter_leaves, inviter_becomes_member, inviter_is_switched_off, inviter_is_deleted],
    ids=lambda change: change.__name__,
)
def test_an_invitation_is_void_when_its_inviter_may_no_longer_invite(team, change):
    invitation = InvitationFactory(team=team)
    user = UserFactory(email=invitation.email)

    change(invitation)

    assert Invitation.all_teams.get().status == InvitationStatus.VOID
    assert not invitations_for(user)
    with pytest.raises(InvitationNotPending):
        services.accept_invitation(invitation, user=user)


def test_an_owner_made_admin_can_no_longer_have_promised_ownership(team, owner):
    MembershipFactory(team=team, role=Role.OWNER)
    promised = InvitationFactory(team=team, invited_by=owner, role=Role.OWNER)
    plain = InvitationFactory(team=team, invited_by=owner, role=Role.MEMBER)

    services.change_role(team.memberships.get(user=owner), Role.ADMIN, by=owner)

    assert (promised.status, plain.status) == (InvitationStatus.VOID, InvitationStatus.PENDING)
    assert list(Invitation.all_teams.pending()) == [plain]


def test_a_revoked_invitation_cannot_be_taken(team, owner):
    invitation = InvitationFactory(team=team)

    services.revoke_invitation(invitation, by=owner)

    with pytest.raises(InvitationNotPending) as refusal:
        services.accept_invitation(invitation, user=UserFactory(email=invitation.email))
    assert refusal.value.status == InvitationStatus.REVOKED


def test_a_declined_invitation_is_over(team, owner):
    invitation = InvitationFactory(team=team)
    user = UserFactory(email=invitation.email)

    services.decline_invitation(invitation, user=user)

    for answer in (
        lambda: services.accept_invitation(invitation, user=user),
        lambda: services.resend_invitation(invitation, by=owner),
        lambda: services.revoke_invitation(invitation, by=owner),
    ):
        with pytest.raises(InvitationNotPending):
            answer()


def test_resending_gives_an_expired_invitation_its_full_time_again(
    team, owner, mailoutbox, django_capture_on_commit_callbacks
):
    invitation = InvitationFactory(team=team, expires_at=timezone.now(), mail_sent_at=timezone.now())

    with django_capture_on_commit_callbacks(execute=True):
        resent = services.resend_invitation(invitation, by=owner)

    assert resent.status == InvitationStatus.PENDING
    assert resent.token == invitation.token
    assert [mail.to for mail in mailoutbox] == [[invitation.email]]


def test_resending_mends_an_invitation_whose_inviter_left(team, owner):
    successor = MembershipFactory(team=team, role=Role.OWNER).user
    invitation = InvitationFactory(team=team, invited_by=owner)
    services.leave_team(team, by=owner)

    resent = services.resend_invitation(invitation, by=successor)

    assert resent.status == InvitationStatus.PENDING


def test_open_invitations_count_against_the_limit_when_inviting(team, owner, plan_with_seats):
    plan_with_seats(3)

    results = services.invite(
        team, ["a@example.com", "b@example.com", "c@example.com"], Role.MEMBER, by=owner
    )

    assert [result.outcome for result in results] == [
        InviteOutcome.SENT,
        InviteOutcome.SENT,
        InviteOutcome.TEAM_FULL,
    ]
    assert team.get_quantity() == 1


def test_an_expired_invitation_does_not_come_back_into_a_full_team(team, owner, plan_with_seats):
    invitation = InvitationFactory(team=team, expires_at=timezone.now())
    plan_with_seats(1)

    with pytest.raises(TeamIsFull):
        services.resend_invitation(invitation, by=owner)


def test_when_the_limit_fell_meanwhile_accepting_is_refused(team, plan_with_seats):
    invitation = InvitationFactory(team=team)
    plan_with_seats(1)

    with pytest.raises(TeamIsFull):
        services.accept_invitation(invitation, user=UserFactory(email=invitation.email))

    assert Invitation.all_teams.get().status == InvitationStatus.PENDING


def test_the_sweeper_sends_what_got_lost_and_nothing_twice(team, mailoutbox):
    InvitationFactory(team=team, email="waits@example.com")
    InvitationFactory(team=team, email="sent@example.com", mail_sent_at=timezone.now())
    InvitationFactory(team=team, email="late@example.com", expires_at=timezone.now())

    send_waiting_invitations()
    send_waiting_invitations()

    assert [mail.to for mail in mailoutbox] == [["waits@example.com"]]


def test_a_mail_server_that_is_away_is_tried_again_a_minute_later(team, mailoutbox, settings, caplog):
    invitation = InvitationFactory(team=team)
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1

    assert outbox.send(invitation.team, invitation.pk) is False
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    send_waiting_invitations()

    assert mailoutbox == []
    with time_machine.travel(timezone.now() + timedelta(seconds=61)):
        send_waiting_invitations()
    assert len(mailoutbox) == 1


def test_no_inbox_is_filled_by_withdrawing_and_asking_anew(
    team, owner, mailoutbox, django_capture_on_commit_callbacks
):
    for _time in range(MAILS + 3):
        with django_capture_on_commit_callbacks(execute=True):
            results = services.invite(team, ["bob@example.com"], Role.MEMBER, by=owner)
        for offer in team.invitations.open():
            services.revoke_invitation(offer, by=owner)

    assert outcomes(results) == {"bob@example.com": InviteOutcome.ASKED_TOO_OFTEN}
    assert len(mailoutbox) == MAILS


def test_nor_by_sending_the_same_one_again_and_again(team, owner):
    offer = services.invite(team, ["bob@example.com"], Role.MEMBER, by=owner)[0].invitation

    with time_machine.travel(timezone.now(), tick=False) as clock:
        for _time in range(MAILS - 1):
            clock.shift(timedelta(minutes=2))
            services.resend_invitation(offer, by=owner)
        clock.shift(timedelta(minutes=2))
        with pytest.raises(AskedTooOften):
            services.resend_invitation(offer, by=owner)
        clock.shift(timedelta(days=1))
        services.resend_invitation(offer, by=owner)


def test_nor_by_a_team_for_each_mail(owner, django_capture_on_commit_callbacks, mailoutbox):
    for number in range(MAILS + 2):
        own = services.create_team(f"Acme {number}", by=owner)
        with django_capture_on_commit_callbacks(execute=True):
            results = services.invite(own, ["bob@example.com"], Role.MEMBER, by=owner)

    assert outcomes(results) == {"bob@example.com": InviteOutcome.ASKED_TOO_OFTEN}
    assert len(mailoutbox) == MAILS


def test_another_team_can_still_ask_whom_somebody_asked_too_often(team, owner):
    for _time in range(MAILS):
        offer = services.invite(team, ["bob@example.com"], Role.MEMBER, by=owner)[0].invitation
        services.revoke_invitation(offer, by=owner)
    other = TeamFactory()

    results = services.invite(other, ["bob@example.com"], Role.MEMBER, by=other.memberships.get().user)

    assert outcomes(results) == {"bob@example.com": InviteOutcome.SENT}
