"""Whether the keys that were moved lead to receivers. Others go on reading and writing meanwhile."""

from django.db import migrations

UNCHECKED = """
SELECT conrelid::regclass::text, quote_ident(conname) FROM pg_constraint
WHERE contype = 'f' AND NOT convalidated AND confrelid = 'contactcenter_chat_receiver'::regclass
"""


def check(apps, schema_editor):
    if schema_editor.connection.vendor != "postgresql":
        return  # checked when the tables were remade
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(UNCHECKED)
        for table, name in cursor.fetchall():
            cursor.execute(f"ALTER TABLE {table} VALIDATE CONSTRAINT {name}")


class Migration(migrations.Migration):
    atomic = False  # so that each lock ends with its own check

    dependencies = [("contactcenter_chat", "0012_webhooks_of_clients")]

    operations = [migrations.RunPython(check, migrations.RunPython.noop)]
