"""Ways into a team, each as it is really gone. A door is prepared first; what it answers then goes through.

come = by_an_invitation(team)
said = come()           # what the person is told; "" or a page without a refusal when they are in
"""

from __future__ import annotations

import html
from collections.abc import Callable
from datetime import timedelta

from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from apps.core.errors import Refused
from apps.teams import services
from apps.teams.models import Membership, Team
from apps.teams.roles import Role
from apps.teams.tests.factories import InvitationFactory, MembershipFactory
from apps.users.models import CustomUser
from apps.users.tests.factories import UserFactory

Come = Callable[[], str]
Door = Callable[[Team], Come]


def words_of(page: HttpResponse) -> str:
    return html.unescape(page.content.decode())


def told(call: Callable[[], object]) -> Come:
    """What a refusal says; "" without one."""

    def come() -> str:
        try:
            call()
        except Refused as refusal:
            return refusal.text
        return ""

    return come


def signed_in(user: CustomUser) -> Client:
    client = Client()
    client.force_login(user)
    return client


def staff() -> Client:
    return signed_in(UserFactory(is_staff=True, is_superuser=True))


def owner_of(team: Team) -> CustomUser:
    return team.memberships.owners().first().user


def by_an_invitation(team: Team) -> Come:
    offer = InvitationFactory(team=team)
    client = signed_in(UserFactory(email=offer.email))
    address = reverse("teams:invitation", args=[offer.token])
    return lambda: words_of(client.post(address, {"action": "accept"}, follow=True))


def accepted_by_a_service(team: Team) -> Come:
    offer = InvitationFactory(team=team)
    person = UserFactory(email=offer.email)
    return told(lambda: services.accept_invitation(offer, user=person))


def added_by_the_owner(team: Team) -> Come:
    owner, person = owner_of(team), UserFactory()
    return told(lambda: services.add_member(team, person, Role.MEMBER, by=owner))


def added_by_a_script(team: Team) -> Come:
    person = UserFactory()
    return told(lambda: services.add_member(team, person, Role.MEMBER, by=None))


def saved(team: Team) -> Come:
    person = UserFactory()
    return told(lambda: Membership(team=team, user=person).save())


def created_of_the_team(team: Team) -> Come:
    person = UserFactory()
    return told(lambda: team.memberships.create(user=person))


def created_of_the_person(team: Team) -> Come:
    person = UserFactory()
    return told(lambda: person.memberships.get_or_create(team=team))


def updated_or_created(team: Team) -> Come:
    person = UserFactory()
    return told(lambda: Membership.all_teams.update_or_create(team=team, user=person))


def _switched_off(team: Team) -> CustomUser:
    return CustomUser.objects.get(pk=MembershipFactory(team=team, user__is_active=False).user_id)


def switched_on(team: Team) -> Come:
    person = _switched_off(team)

    def switch_on() -> None:
        person.is_active = True
        person.save()

    return told(switch_on)


def switched_on_alone(team: Team) -> Come:
    """Only this column is written."""
    person = _switched_off(team)

    def switch_on() -> None:
        person.is_active = True
        person.save(update_fields=["is_active"])

    return told(switch_on)


def switched_on_by_a_default(team: Team) -> Come:
    person = _switched_off(team)
    return told(lambda: CustomUser.objects.update_or_create(pk=person.pk, defaults={"is_active": True}))


class StaffInTheAdmin:
    """The form of a team with its members below it."""

    __name__ = "staff_in_the_admin"

    def __call__(self, team: Team) -> Come:
        client, person = staff(), UserFactory()
        return lambda: self.post(client, team, add=person)

    def post(
        self, client: Client, team: Team, *, add: CustomUser | None = None, instead: CustomUser | None = None
    ) -> str:
        """Sends the form as it is shown, with one more member or another person in the last row."""
        rows = [(row.pk, row.user_id, row.role) for row in team.memberships.order_by("created_at", "pk")]
        form = {
            "name": team.name,
            "slug": team.slug,
            "billing_contact": team.billing_contact_id,
            "billing_email": "",
            "memberships-INITIAL_FORMS": len(rows),
        }
        if instead:
            rows[-1] = (rows[-1][0], instead.pk, rows[-1][2])
        if add:
            rows.append(("", add.pk, Role.MEMBER))
        for number, row in enumerate(rows):
            for name, value in zip(("id", "user", "role"), row, strict=True):
                form[f"memberships-{number}-{name}"] = value
        address = f"/admin/teams/team/{team.pk}/change/"
        return words_of(client.post(address, {**form, "memberships-TOTAL_FORMS": len(rows)}, follow=True))


def switched_on_in_the_admin(team: Team) -> Come:
    client, person = staff(), _switched_off(team)
    form = {"email": person.email, "name": person.name, "time_zone": "UTC", "is_active": "on"}
    address = f"/admin/users/customuser/{person.pk}/change/"
    return lambda: words_of(client.post(address, form, follow=True))


def invited(team: Team) -> Come:
    client, address = signed_in(owner_of(team)), reverse("team:invite", args=[team.slug])
    form = {"emails": "late@example.com", "role": "member"}
    return lambda: words_of(client.post(address, form, follow=True))


def invited_again(team: Team) -> Come:
    """An invitation that has expired is sent once more."""
    offer = InvitationFactory(team=team, expires_at=timezone.now() - timedelta(days=1))
    client = signed_in(owner_of(team))
    address = reverse("team:invitation_resend", args=[team.slug, offer.pk])
    return lambda: words_of(client.post(address, follow=True))


JOINING: list[Door] = [
    by_an_invitation,
    accepted_by_a_service,
    added_by_the_owner,
    added_by_a_script,
    saved,
    created_of_the_team,
    created_of_the_person,
    updated_or_created,
    switched_on,
    switched_on_alone,
    switched_on_by_a_default,
    StaffInTheAdmin(),
    switched_on_in_the_admin,
]
# Nobody comes in yet, but a place is promised (P6).
ASKING: list[Door] = [invited, invited_again]
BY_NAME = {door.__name__: door for door in JOINING}
