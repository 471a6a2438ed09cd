"""The search vector says when a message was written, so that a search can go back in time step by step.

Beside its words a message has three marks: its tenant with the hour, with the span of 32 hours and with the span of
1024 hours it was written in, each numbered since 1970. A search for a common word reads the newest hours only.
"""

from django.db import migrations

HOUR = "floor(extract(epoch FROM created_at AT TIME ZONE 'UTC') / 3600)::bigint"
SEARCH = "ALTER TABLE contactcenter_chat_message DROP COLUMN search, ADD COLUMN search tsvector GENERATED ALWAYS AS ({}) STORED"
INDEX = "CREATE INDEX cc_message_search ON contactcenter_chat_message USING gin (search)"

WORDS_AND_TIME = f"""
    to_tsvector('simple', text) || array_to_tsvector(ARRAY[
        tenant_id::text || '/0/' || ({HOUR})::text,
        tenant_id::text || '/1/' || ({HOUR} >> 5)::text,
        tenant_id::text || '/2/' || ({HOUR} >> 10)::text
    ])
"""
WORDS_AND_TENANT = "to_tsvector('simple', text) || array_to_tsvector(ARRAY['tenant:' || tenant_id::text])"


def with_search(vector):
    def on_postgresql(apps, schema_editor):
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.execute(SEARCH.format(vector))
            schema_editor.execute(INDEX)

    return on_postgresql


class Migration(migrations.Migration):
    dependencies = [("contactcenter_chat", "0003_transcripts")]

    operations = [migrations.RunPython(with_search(WORDS_AND_TIME), with_search(WORDS_AND_TENANT))]
