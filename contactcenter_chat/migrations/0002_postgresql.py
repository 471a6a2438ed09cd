"""What only PostgreSQL has: full-text search over messages, and an index over customers' data.

Beside its words a message has three marks in the search vector: its tenant with the hour, with the span of 32 hours
and with the span of 1024 hours it was written in, each numbered since 1970. So one tenant's search never reads
another's rows, and a search for a common word goes back in time step by step and reads the newest hours only.
"""

from django.db import migrations

HOUR = "floor(extract(epoch FROM created_at AT TIME ZONE 'UTC') / 3600)::bigint"

FORWARD = f"""
ALTER TABLE contactcenter_chat_message ADD COLUMN search tsvector GENERATED ALWAYS AS (
    to_tsvector('simple', text) || array_to_tsvector(ARRAY[
        tenant_id::text || '/0/' || ({HOUR})::text,
        tenant_id::text || '/1/' || ({HOUR} >> 5)::text,
        tenant_id::text || '/2/' || ({HOUR} >> 10)::text
    ])
) STORED;
CREATE INDEX cc_message_search ON contactcenter_chat_message USING gin (search);
CREATE INDEX cc_conv_data ON contactcenter_chat_conversation USING gin (data jsonb_path_ops);
"""

BACKWARD = """
DROP INDEX cc_conv_data;
DROP INDEX cc_message_search;
ALTER TABLE contactcenter_chat_message DROP COLUMN search;
"""


def run(sql):
    def on_postgresql(apps, schema_editor):
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.execute(sql)

    return on_postgresql


class Migration(migrations.Migration):
    dependencies = [("contactcenter_chat", "0001_initial")]

    operations = [migrations.RunPython(run(FORWARD), run(BACKWARD))]
