from __future__ import annotations

import factory
from factory.django import DjangoModelFactory

from apps.teams.models import Invitation, Membership, Team
from apps.teams.roles import Role
from apps.users.models import CustomUser
from apps.users.tests.factories import UserFactory


class TeamFactory(DjangoModelFactory):
    """A team with one owner, who gets the invoices. `owner=` names them; `members=3` adds plain members."""

    class Meta:
        model = Team
        skip_postgeneration_save = True

    name = factory.Sequence(lambda n: f"Team {n}")
    slug = factory.Sequence(lambda n: f"team-{n}")

    @factory.post_generation
    def owner(self, create: bool, extracted: CustomUser | None, **kwargs) -> None:
        if create:
            owner = extracted or UserFactory(**kwargs)
            MembershipFactory(team=self, user=owner, role=Role.OWNER)
            self.billing_contact = owner
            self.save(update_fields=["billing_contact"])

    @factory.post_generation
    def members(self, create: bool, extracted: int | None, **kwargs) -> None:
        if create and extracted:
            MembershipFactory.create_batch(extracted, team=self)


class TeamScopedFactory(DjangoModelFactory):
    """`Model.objects` would want to know the team first."""

    class Meta:
        abstract = True

    @classmethod
    def _get_manager(cls, model_class):
        return model_class.all_teams


class MembershipFactory(TeamScopedFactory):
    class Meta:
        model = Membership

    team = factory.SubFactory(TeamFactory)
    user = factory.SubFactory(UserFactory)
    role = Role.MEMBER


class InvitationFactory(TeamScopedFactory):
    """Open, sent by the team's owner."""

    class Meta:
        model = Invitation

    team = factory.SubFactory(TeamFactory)
    email = factory.Sequence(lambda n: f"invited{n}@example.com")
    invited_by = factory.LazyAttribute(lambda o: o.team.memberships.owners().first().user)
