"""Commands run before `migrate`, or with the database away, say so instead of showing a traceback."""

from __future__ import annotations

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

TABLES = ["djstripe_account", "djstripe_price", "subscriptions_subscription", "subscriptions_webhookevent"]

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def no_tables():
    """As in a database that nobody has migrated: the tables these commands read first have other names."""
    _rename("{}", "away_{}")
    yield
    _rename("away_{}", "{}")


def _rename(before, after):
    with connection.cursor() as cursor:
        for table in TABLES:
            cursor.execute(f'ALTER TABLE "{before.format(table)}" RENAME TO "{after.format(table)}"')


@pytest.mark.parametrize(
    "command",
    [
        ["bootstrap_subscriptions"],
        ["bootstrap_webhooks", "--portal"],
        ["process_webhooks"],
        ["sync_subscriptions"],
    ],
)
def test_a_database_without_tables_is_a_sentence_with_the_cure(stripe_world, no_tables, command):
    with pytest.raises(CommandError, match=r"Run `manage\.py migrate`"):
        call_command(*command)
