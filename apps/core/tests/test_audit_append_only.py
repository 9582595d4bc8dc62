"""The audit log is written once; a person can be taken out of it, what they did cannot."""

import pytest

from apps.core.append_only import WrittenOnce
from apps.core.audit import forget_person, origin_of, record
from apps.core.models import DELETED, AuditEntry, label_text
from apps.teams.roles import Role
from apps.teams.services import accept_invitation, add_member, create_team, remove_member, transfer_ownership
from apps.teams.tests.factories import InvitationFactory
from apps.users.services import change_profile
from apps.users.tests.factories import UserFactory

pytestmark = pytest.mark.django_db


def everything_in_the_log() -> str:
    return "\n".join(str(row) for row in AuditEntry.objects.values_list())


def test_no_code_changes_or_deletes_an_entry():
    entry = record("team.created", actor=None)
    entry.action = "team.renamed"

    with pytest.raises(WrittenOnce):
        entry.save()
    with pytest.raises(WrittenOnce):
        entry.delete()
    with pytest.raises(WrittenOnce):
        AuditEntry.objects.update(action="team.renamed")
    with pytest.raises(WrittenOnce):
        AuditEntry.objects.filter(pk=entry.pk).delete()

    assert AuditEntry.objects.get().action == "team.created"


def test_an_entry_names_who_stood_behind_even_when_they_are_gone(rf):
    olive, ada = UserFactory(email="olive@staff.example"), UserFactory()
    request = rf.get("/")
    request.impersonator_id = olive.pk
    with origin_of(request):
        record("team.renamed", actor=ada)
    olive.delete()

    entry = AuditEntry.objects.get()

    assert entry.impersonator is None
    assert entry.impersonator_label == "olive@staff.example"
    assert entry.was_impersonated


def test_whoever_is_forgotten_stands_nowhere_in_the_log_and_what_they_did_does():
    owner, ada = (
        UserFactory(email="owner@example.com"),
        UserFactory(email="zuse@example.com", name="Konrad Zuse"),
    )
    team = create_team("Acme", by=owner)
    membership = accept_invitation(InvitationFactory(team=team, email=ada.email), user=ada)
    transfer_ownership(team, to=membership, by=owner)
    change_profile(ada, name="Prof. Zuse", time_zone="UTC", language="")
    record("user.address_added", actor=ada, target=ada, after={"email": "zuse@private.example"})
    record("team.invited", actor=owner, target=InvitationFactory(team=team, email="zuse@private.example"))
    before = list(AuditEntry.objects.order_by("pk").values_list("action", "at", "target_id"))

    word = forget_person(ada, addresses=["zuse@private.example"])

    assert "zuse" not in everything_in_the_log().lower()
    assert list(AuditEntry.objects.order_by("pk").values_list("action", "at", "target_id")) == before
    joined = AuditEntry.objects.get(action="team.member_joined")
    assert (joined.actor_label, joined.target_label, joined.after) == (word, word, {"role": "member"})
    handed_over = AuditEntry.objects.get(action="team.transferred")
    assert handed_over.after == {"owner": word, "role": "owner"}
    assert handed_over.actor_label == "owner@example.com"


def test_what_names_them_without_their_doing_is_said_by_the_caller():
    owner, bo = UserFactory(), UserFactory(name="Bo")
    team = create_team("Acme", by=owner)
    membership = add_member(team, bo, Role.MEMBER, by=owner)

    word = forget_person(bo, stands_for=[membership])

    assert AuditEntry.objects.get(action="team.member_added").target_label == word


def test_the_network_of_what_they_did_goes_and_that_of_others_stays(rf):
    ada, bo = UserFactory(), UserFactory()
    with origin_of(rf.get("/", REMOTE_ADDR="203.0.113.77")):
        record("user.signed_in", actor=ada, target=ada)
        record("user.signed_in", actor=bo, target=bo)

    forget_person(ada)

    networks = dict(AuditEntry.objects.values_list("actor_id", "ip_prefix"))
    assert networks == {ada.pk: "", bo.pk: "203.0.113.0/24"}


def test_somebody_with_the_same_name_or_a_longer_address_is_not_touched():
    ada, namesake = UserFactory(email="a@x.example", name="Ada"), UserFactory(name="Ada")
    owner = UserFactory()
    team = create_team("Acme", by=owner)
    other = add_member(team, namesake, Role.MEMBER, by=owner)
    remove_member(other, by=owner)
    record("team.noted", actor=owner, target=team, after={"of": ["aa@x.example", "a@x.example.org"]})

    forget_person(ada)

    assert AuditEntry.objects.get(action="team.member_removed").target_label == "Ada (Member)"
    assert AuditEntry.objects.get(action="team.noted").after == {"of": ["aa@x.example", "a@x.example.org"]}


def test_their_own_entries_keep_facts_that_tell_no_name():
    staff = UserFactory(name="Olive")
    facts = {"is_superuser": True, "groups": ["Support"], "email": "old@staff.example"}
    record("user.rights_changed", actor=None, target=staff, after=facts)

    word = forget_person(staff)

    after = AuditEntry.objects.get().after
    assert after == {"is_superuser": True, "groups": ["Support"], "email": word}


def test_a_long_log_is_gone_through_piece_by_piece(monkeypatch, django_assert_max_num_queries):
    monkeypatch.setattr("apps.core.forgetting.A_PIECE", 3)
    ada = UserFactory(email="ada@example.com")
    for _number in range(8):
        record("team.renamed", actor=ada)

    with django_assert_max_num_queries(16):
        word = forget_person(ada)

    assert set(AuditEntry.objects.values_list("actor_label", flat=True)) == {word}


def test_the_word_reads_as_a_deleted_account():
    assert label_text(f"{DELETED}1a2b3c4d") == "Deleted account 1a2b3c4d"
    assert label_text("ada@example.com") == "ada@example.com"
