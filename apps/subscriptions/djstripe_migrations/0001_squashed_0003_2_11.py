"""Create dj-stripe's tables in their final shape.

Upstream creates 63 models and then removes 514 fields; rendering the state between those steps takes 30 of
the 33 seconds. Here the same operations run on an unrendered state, and the tables are created once, at the
end. The operations come from the installed package, so an edit upstream is followed.
"""

from importlib import import_module

from django.db.migrations import Migration as BaseMigration
from django.db.migrations.operations.base import Operation

REPLACES = ["0001_initial", "0002_2_10", "0003_2_11"]
UPSTREAM = [import_module(f"djstripe.migrations.{name}").Migration for name in REPLACES]


class CreateFinalTables(Operation):
    reduces_to_sql = True
    reversible = True

    def __init__(self, operations):
        self.operations = operations

    def describe(self):
        return "Create dj-stripe's tables in their final shape"

    def state_forwards(self, app_label, state):
        state.__dict__.pop("apps", None)  # a cached property: dropped, it is rendered once, afterwards
        for operation in self.operations:
            operation.state_forwards(app_label, state)

    def _models(self, schema_editor, app_label, state):
        models = [state.apps.get_model(*key) for key in state.models if key[0] == app_label]
        return [model for model in models if self.allow_migrate_model(schema_editor.connection.alias, model)]

    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        for model in self._models(schema_editor, app_label, to_state):
            schema_editor.create_model(model)

    def database_backwards(self, app_label, schema_editor, from_state, to_state):
        for model in reversed(self._models(schema_editor, app_label, from_state)):
            schema_editor.delete_model(model)


class Migration(BaseMigration):
    initial = True
    replaces = [("djstripe", name) for name in REPLACES]
    dependencies = [
        dependency
        for migration in UPSTREAM
        for dependency in migration.dependencies
        if dependency[0] != "djstripe"
    ]
    run_before = [entry for migration in UPSTREAM for entry in migration.run_before]
    operations = [
        CreateFinalTables([operation for migration in UPSTREAM for operation in migration.operations])
    ]
