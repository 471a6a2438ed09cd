"""How does a column go that processes of the version before still write?"""

from django.db import migrations


class LeaveColumn(migrations.RemoveField):
    """Take a field of times out of the models and leave its column, for which the database gives the time from now on.

    On SQLite, which no two versions share, the column goes.
    """

    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        if schema_editor.connection.vendor != "postgresql":
            super().database_forwards(app_label, schema_editor, from_state, to_state)
            return
        self._alter(app_label, schema_editor, from_state, "SET DEFAULT STATEMENT_TIMESTAMP()")

    def database_backwards(self, app_label, schema_editor, from_state, to_state):
        if schema_editor.connection.vendor != "postgresql":
            super().database_backwards(app_label, schema_editor, from_state, to_state)
            return
        self._alter(app_label, schema_editor, to_state, "DROP DEFAULT")

    def _alter(self, app_label, schema_editor, state, change):
        model = state.apps.get_model(app_label, self.model_name)
        table, column = (
            schema_editor.quote_name(name) for name in (model._meta.db_table, model._meta.get_field(self.name).column)
        )
        schema_editor.execute(f"ALTER TABLE {table} ALTER COLUMN {column} {change}")
