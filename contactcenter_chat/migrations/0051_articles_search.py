"""What only PostgreSQL has: full-text search over articles, each version as its own language has it.

The words are there as they are written as well: of *instalments*, English keeps but *instal*, and who types has come
to *instalm*.
"""

from django.db import migrations

# As in knowledge.languages when this was written: a generated column does not change with it.
CONFIGURATIONS = {
    "ar": "arabic",
    "ca": "catalan",
    "da": "danish",
    "de": "german",
    "el": "greek",
    "en": "english",
    "es": "spanish",
    "eu": "basque",
    "fi": "finnish",
    "fr": "french",
    "ga": "irish",
    "hi": "hindi",
    "hu": "hungarian",
    "hy": "armenian",
    "id": "indonesian",
    "it": "italian",
    "lt": "lithuanian",
    "nb": "norwegian",
    "ne": "nepali",
    "nl": "dutch",
    "nn": "norwegian",
    "no": "norwegian",
    "pt": "portuguese",
    "ro": "romanian",
    "ru": "russian",
    "sr": "serbian",
    "sv": "swedish",
    "ta": "tamil",
    "tr": "turkish",
    "yi": "yiddish",
}
CASES = " ".join(f"WHEN '{tag}' THEN '{name}'::regconfig" for tag, name in CONFIGURATIONS.items())
CONFIGURATION = f"CASE lower(split_part(language, '-', 1)) {CASES} ELSE 'simple'::regconfig END"

FORWARD = f"""
ALTER TABLE contactcenter_chat_articleversion ADD COLUMN search tsvector GENERATED ALWAYS AS (
    setweight(to_tsvector({CONFIGURATION}, questions) || to_tsvector('simple', questions), 'A')
        || setweight(to_tsvector({CONFIGURATION}, answer) || to_tsvector('simple', answer), 'D')
) STORED;
-- In the row itself: it is read for each row where a word is in most of them.
ALTER TABLE contactcenter_chat_articleversion ALTER COLUMN search SET STORAGE MAIN;
CREATE INDEX cc_article_search ON contactcenter_chat_articleversion USING gin (search);
"""

BACKWARD = """
DROP INDEX cc_article_search;
ALTER TABLE contactcenter_chat_articleversion DROP COLUMN search;
"""


def run(sql):
    def on_postgresql(apps, schema_editor):
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.execute(sql)

    return on_postgresql


class Migration(migrations.Migration):
    dependencies = [("contactcenter_chat", "0050_articles")]

    operations = [migrations.RunPython(run(FORWARD), run(BACKWARD))]
