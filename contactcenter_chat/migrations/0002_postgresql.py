"""What only PostgreSQL has: full-text search over messages, and an index over customers' data.

The tenant is a word of the search vector too, so that one tenant's search never reads another's rows.
"""

from django.db import migrations

FORWARD = """
ALTER TABLE contactcenter_chat_message ADD COLUMN search tsvector GENERATED ALWAYS AS (
    to_tsvector('simple', text) || array_to_tsvector(ARRAY['tenant:' || tenant_id::text])
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
