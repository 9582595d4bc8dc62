"""Who did what, from where."""

import pytest

from apps.core.audit import ip_prefix, origin_of, record
from apps.core.models import AuditEntry
from apps.teams.tests.factories import TeamFactory
from apps.users.tests.factories import UserFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.77", "203.0.113.0/24"),
        ("2001:db8:1:2:3::4", "2001:db8:1::/48"),
        ("", ""),
        ("unix:", ""),
    ],
)
def test_only_the_network_of_an_address_is_kept(address, network):
    assert ip_prefix(address) == network


def test_an_entry_outlives_what_it_speaks_of():
    ann = UserFactory(email="ann@example.com")
    team = TeamFactory(name="Acme")
    record("team.created", actor=ann, target=team, after={"name": "Acme"}, holder=team)

    holder_id = team.pk
    team.delete()
    ann.delete()

    entry = AuditEntry.objects.get(action="team.created")
    assert (entry.actor, entry.actor_label) == (None, "ann@example.com")
    assert (entry.target_type, entry.target_id, entry.target_label) == ("teams.team", str(holder_id), "Acme")
    assert entry.holder_id == holder_id


def test_within_a_request_the_network_is_noted(rf):
    with origin_of(rf.get("/", REMOTE_ADDR="203.0.113.77")):
        inside = record("team.renamed", actor=None)
    outside = record("team.renamed", actor=None)

    assert (inside.ip_prefix, outside.ip_prefix) == ("203.0.113.0/24", "")


def test_what_a_page_changes_is_logged_with_its_network(client):
    team = TeamFactory()
    client.force_login(team.memberships.get().user)

    client.post(f"/a/{team.slug}/team/settings/", {"name": "New"}, REMOTE_ADDR="203.0.113.77")

    entry = AuditEntry.objects.get(action="team.renamed")
    assert entry.ip_prefix == "203.0.113.0/24"
    assert entry.actor == team.memberships.get().user


def test_the_log_can_be_read_but_not_changed_in_the_admin(admin_client):
    entry = record("team.created", actor=None)

    assert admin_client.get("/admin/core/auditentry/").status_code == 200
    assert admin_client.get(f"/admin/core/auditentry/{entry.pk}/change/").status_code == 200
    assert admin_client.post(f"/admin/core/auditentry/{entry.pk}/change/", {}).status_code == 403
    assert admin_client.post(f"/admin/core/auditentry/{entry.pk}/delete/", {}).status_code == 403
    assert admin_client.get("/admin/core/auditentry/add/").status_code == 403
