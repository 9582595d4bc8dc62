"""What belongs to a team is asked for by team: no way around it by accident, and Django's own ways go on."""

import json

import pytest
from django.apps import apps
from django.core import serializers
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db.models import QuerySet
from django.db.models.manager import BaseManager
from django.forms import modelform_factory

from apps.teams.managers import UnscopedQuery
from apps.teams.models import Invitation, Membership, Team, TeamScoped, TeamSlug
from apps.teams.tests.factories import InvitationFactory, MembershipFactory, TeamFactory
from apps.users.models import CustomUser

pytestmark = pytest.mark.django_db
MODELS = [model for model in apps.get_models() if issubclass(model, TeamScoped)]
METHODS = sorted(BaseManager._get_queryset_methods(QuerySet))

each_model = pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label)


@each_model
@pytest.mark.parametrize("method", [*METHODS, "all"])
def test_nothing_is_asked_before_the_team_is_known(model, method, django_assert_num_queries):
    with (
        django_assert_num_queries(0),
        pytest.raises(UnscopedQuery, match=rf"{model.__name__}.objects.of\(team\)"),
    ):
        getattr(model.objects, method)()


def test_there_are_such_models_and_such_methods():
    assert {Membership, Invitation, TeamSlug} <= set(MODELS)
    assert {"get", "filter", "create", "bulk_create", "update_or_create", "count", "aget", "none"} <= set(
        METHODS
    )


@each_model
def test_a_team_gets_its_own_rows_only(model):
    mine, theirs = TeamFactory(), TeamFactory()
    InvitationFactory(team=mine)
    InvitationFactory(team=theirs)

    own = set(model.objects.of(mine))

    assert {row.team_id for row in own} == {mine.pk}
    assert not own & set(model.objects.of(theirs))


@each_model
def test_the_id_of_another_teams_row_finds_nothing(model):
    theirs = InvitationFactory().team
    mine, foreign = TeamFactory(), model.all_teams.filter(team=theirs).first()

    assert not model.objects.of(mine).filter(pk=foreign.pk).exists()


@each_model
def test_for_no_team_there_is_nothing(model):
    InvitationFactory()

    assert list(model.objects.of(None)) == []


def test_related_rows_are_reached_from_both_sides():
    membership = MembershipFactory()
    team, user = membership.team, membership.user

    assert membership in team.memberships.all()
    assert membership in user.memberships.all()
    assert user in team.members.all()
    assert team in user.teams.all()


def test_related_rows_are_fetched_ahead(django_assert_num_queries):
    InvitationFactory(team=MembershipFactory().team)

    with django_assert_num_queries(3):
        (team,) = Team.objects.prefetch_related("memberships", "invitations")
        counts = len(team.memberships.all()), len(team.invitations.all())

    assert counts == (2, 1)


def test_a_row_is_read_again_and_goes_with_its_team():
    offer = InvitationFactory()
    Invitation.all_teams.filter(pk=offer.pk).update(role="billing")

    offer.refresh_from_db()
    offer.team.delete()

    assert offer.role == "billing"
    assert not Invitation.all_teams.exists()
    assert not Membership.all_teams.exists()


def test_a_key_from_a_row_to_another_one_is_followed():
    offer = InvitationFactory()

    again = Invitation.all_teams.get(pk=offer.pk)

    assert again.team == offer.team
    assert again.invited_by in CustomUser.objects.filter(sent_invitations=offer)


def test_a_backup_holds_the_rows_and_can_be_read_back(tmp_path):
    offer = InvitationFactory()
    backup = tmp_path / "backup.json"

    call_command("dumpdata", "teams", output=str(backup), verbosity=0)
    found = {row.object for row in serializers.deserialize("json", backup.read_text())}

    assert offer in found
    assert {row["model"] for row in json.loads(backup.read_text())} >= {"teams.membership", "teams.teamslug"}


def test_a_form_still_sees_that_somebody_is_in_the_team_already():
    present = MembershipFactory()
    form = modelform_factory(Membership, fields=["team", "user", "role"])(
        {"team": present.team_id, "user": present.user_id, "role": "member"}
    )

    assert not form.is_valid()
    assert "already exists" in str(form.errors)


def test_uniqueness_is_checked_over_all_teams_where_it_holds_over_all():
    taken = TeamFactory().slug

    with pytest.raises(ValidationError, match="already exists"):
        TeamSlug(team=TeamFactory(), slug=taken).full_clean()
