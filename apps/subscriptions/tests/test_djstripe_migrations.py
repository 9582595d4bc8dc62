from __future__ import annotations

from importlib import import_module
from pathlib import Path

from apps.subscriptions import djstripe_migrations

SQUASH = import_module("apps.subscriptions.djstripe_migrations.0001_squashed_0003_2_11")
# Operations that only shape tables: none moves data, so creating the final tables leaves nothing out.
ONLY_SHAPE = {
    "AddConstraint",
    "AddField",
    "AddIndex",
    "AlterField",
    "AlterModelOptions",
    "AlterUniqueTogether",
    "CreateModel",
    "DeleteModel",
    "RemoveField",
}


def test_the_folded_migrations_only_shape_tables():
    used = {type(operation).__name__ for migration in SQUASH.UPSTREAM for operation in migration.operations}

    assert used <= ONLY_SHAPE


def test_no_generated_migration_strays_into_the_folder():
    names = {path.name for path in Path(djstripe_migrations.__path__[0]).glob("*.py")}

    assert names == {"__init__.py", "0001_squashed_0003_2_11.py"}
