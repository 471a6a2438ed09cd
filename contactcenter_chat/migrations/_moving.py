"""How does a key come to lead to another table, without a lock that others wait for?

On PostgreSQL the column is renamed. That the keys of rows which are there lead somewhere is checked by a later
migration; indexes are not made anew.
"""

from django.db import migrations
from django.db.migrations.operations.base import Operation


class MoveKey(Operation):
    """Rename a key and let it lead to another table, in one step."""

    reduces_to_sql = True
    reversible = True

    def __init__(self, model_name, old_name, new_name, field):
        self.model_name, self.old_name, self.new_name, self.field = model_name, old_name, new_name, field

    def state_forwards(self, app_label, state):
        state.rename_field(app_label, self.model_name, self.old_name, self.new_name)
        state.alter_field(app_label, self.model_name, self.new_name, self.field, preserve_default=True)

    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        before = from_state.apps.get_model(app_label, self.model_name)
        after = to_state.apps.get_model(app_label, self.model_name)
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.sql_create_fk = f"{type(schema_editor).sql_create_fk} NOT VALID"
        schema_editor.alter_field(before, before._meta.get_field(self.old_name), after._meta.get_field(self.new_name))
        schema_editor.sql_create_fk = type(schema_editor).sql_create_fk

    def database_backwards(self, app_label, schema_editor, from_state, to_state):
        after = from_state.apps.get_model(app_label, self.model_name)
        before = to_state.apps.get_model(app_label, self.model_name)
        schema_editor.alter_field(after, after._meta.get_field(self.new_name), before._meta.get_field(self.old_name))

    def describe(self):
        return f"Move the key {self.old_name} on {self.model_name} to {self.new_name}"


class FollowsItsColumn:
    """PostgreSQL's indexes know of a renamed column by themselves; to make them anew would take long, and a lock."""

    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        if schema_editor.connection.vendor != "postgresql":
            super().database_forwards(app_label, schema_editor, from_state, to_state)

    def database_backwards(self, app_label, schema_editor, from_state, to_state):
        if schema_editor.connection.vendor != "postgresql":
            super().database_backwards(app_label, schema_editor, from_state, to_state)


class RemoveIndex(FollowsItsColumn, migrations.RemoveIndex):
    pass


class AddIndex(FollowsItsColumn, migrations.AddIndex):
    pass


class RemoveConstraint(FollowsItsColumn, migrations.RemoveConstraint):
    pass


class AddConstraint(FollowsItsColumn, migrations.AddConstraint):
    pass
