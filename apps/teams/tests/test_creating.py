"""Making and renaming teams."""

import unicodedata

import pytest

from apps.core.models import AuditEntry
from apps.teams import services
from apps.teams.errors import BadName, NotAllowed
from apps.teams.roles import Role
from apps.teams.tests.factories import MembershipFactory, TeamFactory
from apps.users.tests.factories import UserFactory

pytestmark = pytest.mark.django_db


def test_the_creator_owns_the_team_and_gets_its_invoices():
    ann = UserFactory(email="ann@example.com")

    team = services.create_team("  Acme \n Cloud ", by=ann)

    assert team.name == "Acme Cloud"
    assert team.slug == "acme-cloud"
    assert team.memberships.get().role == Role.OWNER
    assert team.email == "ann@example.com"
    assert team.get_quantity() == 1
    assert AuditEntry.objects.get().action == "team.created"


def test_a_fixed_billing_address_comes_before_the_contacts():
    team = TeamFactory(billing_email="books@example.com")

    assert team.email == "books@example.com"


def test_names_that_look_alike_get_addresses_of_their_own():
    ann = UserFactory()

    slugs = [services.create_team(name, by=ann).slug for name in ("C", "C#", "c", "C-2", "c")]

    assert slugs == ["c", "c-2", "c-3", "c-2-2", "c-4"]


def test_an_accent_is_one_name_whether_composed_or_not():
    ann = UserFactory()
    composed, decomposed = (unicodedata.normalize(form, "Café Élan") for form in ("NFC", "NFD"))

    first = services.create_team(composed, by=ann)
    second = services.create_team(decomposed, by=ann)

    assert (first.slug, second.slug) == ("cafe-elan", "cafe-elan-2")
    assert first.name == second.name


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("株式会社リンテル", "zhushihuisherinteru"),
        ("Дом", "dom"),
        ("Straße 7", "strasse-7"),
        ("!!!", "team"),
        ("🚀", "rocket"),
        ("x" * 100, "x" * 50),
    ],
    ids=["japanese", "cyrillic", "german", "punctuation", "emoji", "long"],
)
def test_a_name_of_any_script_has_an_address(name, slug):
    assert services.create_team(name, by=UserFactory()).slug == slug


@pytest.mark.parametrize(
    "name",
    [
        "", "   ", "\u200d", "abc\u202egnp.exe", "a\u2066b", "a\x00b", "a\x1bb", "\ufeffa", "x" * 101,
        "\u3164\u2800", "\u0301", "\ud800",
    ],
    ids=[
        "empty", "spaces", "joiner", "bidi", "isolate", "null", "escape", "byte order", "long",
        "blank letters", "an accent alone", "half a character",
    ],
)  # fmt: skip
def test_a_name_nobody_could_read_is_refused(name):
    with pytest.raises(BadName):
        services.create_team(name, by=UserFactory())


def test_a_team_gets_a_new_name_and_keeps_its_address():
    team = TeamFactory(name="Old", slug="old")
    owner = team.memberships.get().user

    services.rename_team(team, "New", by=owner)

    team.refresh_from_db()
    assert (team.name, team.slug) == ("New", "old")
    entry = AuditEntry.objects.get()
    assert (entry.before, entry.after, entry.holder_id) == ({"name": "Old"}, {"name": "New"}, team.pk)


@pytest.mark.parametrize("role", [Role.BILLING, Role.MEMBER])
def test_only_those_who_manage_a_team_rename_it(role):
    member = MembershipFactory(role=role)

    with pytest.raises(NotAllowed):
        services.rename_team(member.team, "Mine now", by=member.user)
