"""Does the page on the centre's file say what the format has, and can its example be applied?"""

import re

import pytest
from django.utils.translation import override

from contactcenter_chat.actions.setup.articles_import import import_articles, read_articles_folder
from contactcenter_chat.actions.setup.centre_file.applying import Options, Users, apply_file
from contactcenter_chat.actions.setup.centre_file.faults import FileRefused
from contactcenter_chat.actions.setup.centre_file.keys import (
    CENTRE,
    CODE,
    CODE_LIST,
    NOT_YET,
    QUEUE_KEYS,
    SECTIONS,
    STEP,
)
from contactcenter_chat.actions.setup.centre_file.tree import MAX_BYTES
from contactcenter_chat.actions.setup.tenants import create_empty_tenant
from contactcenter_chat.exports.folder_reading import TextFile
from tests import factories

from .pages import blocks, code, page, rows, section

PAGE, KNOWLEDGE = page("centre.md"), page("knowledge.md")
EXAMPLE, CHANNELS = (block.text for block in blocks(PAGE, "yaml")[:2])
PLAN, ERRORS = (block.text for block in blocks(PAGE, "text"))
KEYS = section(PAGE, "## All keys\n", "## Not yet supported\n")
TABLES = dict(re.findall(r"^### (\w+)\n(.*?)(?=^### |\Z)", KEYS, re.MULTILINE | re.DOTALL))


def keys_of(section):
    """The keys that a section's tables have, table by table."""
    tables = re.split(r"\n\n(?!\|)", TABLES[section])
    return [[code(row[0])[0] for row in rows(table)] for table in tables if rows(table)]


@pytest.fixture
def tenant(db):
    tenant = create_empty_tenant(label="college")
    factories.make_webhook(tenant, name="Portal")
    return tenant


def applied(tenant, text, **options):
    with override("en"):
        return apply_file(text.encode(), tenant=tenant, options=Options(users=Users.MADE, **options))


def test_the_example_can_be_applied(tenant):
    assert len(applied(tenant, EXAMPLE).made) == 13
    assert len(applied(tenant, CHANNELS).made) == 1
    assert applied(tenant, EXAMPLE, prune=True).is_empty


def test_the_examples_of_the_knowledge_can_be_put_into_the_same_centre(tenant):
    responses = next(text for text in (block.text for block in blocks(KNOWLEDGE, "yaml")) if "acts:" in text)
    markdown = next(block.text for block in blocks(KNOWLEDGE, "markdown"))
    applied(tenant, EXAMPLE)
    assert applied(tenant, responses).lines == ["+ prepared_responses / /refund (en)"]
    both = EXAMPLE.replace("prepared_responses:\n", responses)
    assert applied(tenant, both).is_empty
    found = read_articles_folder([TextFile("fees.en.md", markdown.encode())])
    with override("en"):
        lines = import_articles(found, tenant=tenant).lines
    assert lines == ["~ articles / Can I pay in parts? (en) / review: – → 2027-01-31"]


def test_the_plan_that_it_shows_is_printed_so(tenant):
    before = EXAMPLE.replace("fees, visas, housing", "fees, housing").replace(", visas: 2", "").replace("900", "600")
    before = before.replace("tom: 2}", "tom: 2, petra: 1}").replace("overflow: [General]", "overflow: []")
    before = re.sub(r"^  General: .*\n", "", before, flags=re.MULTILINE)
    applied(tenant, before)
    printed = applied(tenant, EXAMPLE, prune=True).lines
    assert [line for line in printed if line in PLAN.splitlines()] == PLAN.splitlines()


def test_the_errors_that_it_shows_are_told_so(tenant):
    lines = [""] * 10 + ["queues:", "  General: {membres: {tom: 3},", "", "    priority: 99}"]
    with override("en"), pytest.raises(FileRefused) as refused:
        applied(tenant, "\n".join(lines))
    assert [fault.told for fault in refused.value.faults] == ERRORS.splitlines()


def test_it_has_every_section_and_key():
    assert tuple(TABLES) == SECTIONS
    for name, kind in CENTRE.keys.items():
        record = getattr(kind, "record", None) or getattr(kind, "kind", kind)
        if hasattr(record, "keys") and name != "codes":
            assert keys_of(name) == [list(record.keys)]
    assert keys_of("codes") == [list(CODE_LIST.keys), [*CODE.keys, "codes"]]
    assert set(STEP.keys) <= set(code(TABLES["queues"])) | {"asked"}
    assert set(QUEUE_KEYS.keys["texts"].keys) <= set(code(TABLES["queues"]))


def test_it_says_what_is_not_yet_supported():
    told = set()
    for where, keys in rows(PAGE.partition("## Not yet supported\n")[2]):
        for place in code(where) or [""]:
            told |= {f"{place}.{key}" if place else key for key in code(keys)}
    assert told == set(NOT_YET)


def test_a_megabyte():
    assert MAX_BYTES == 1_000_000
