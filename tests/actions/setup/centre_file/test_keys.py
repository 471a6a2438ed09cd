"""Does the description know every key of the format, and what is still to come?"""

import json

import pytest

from contactcenter_chat.actions.setup.centre_file.keys import CENTRE, NOT_YET, SECTIONS
from contactcenter_chat.actions.setup.centre_file.kinds import Entries, OrNothing, Record
from contactcenter_chat.actions.setup.centre_file.reading import read_file
from contactcenter_chat.actions.setup.centre_file.special import Codes, Listed, Steps


def patterns(kind, pattern=""):
    """Every key of the description, as NOT_YET writes them."""
    if isinstance(kind, OrNothing):
        kind = kind.kind
    if isinstance(kind, Record):
        for key, each in kind.keys.items():
            there = f"{pattern}.{key}" if pattern else key
            yield there
            yield from patterns(each, there)
    elif isinstance(kind, Codes | Listed):
        yield from patterns(kind.record, f"{pattern}.*")
    elif isinstance(kind, Entries | Steps):
        yield from patterns(kind.kind, f"{pattern}.*")


def test_what_is_supported_is_not_among_what_is_not_yet():
    assert set(patterns(CENTRE)) & set(NOT_YET) == set()
    assert len(set(NOT_YET)) == len(NOT_YET)


def test_the_patterns_of_records_are_where_they_stand():
    def stands(kind, pattern=""):
        kind = kind.kind if isinstance(kind, OrNothing) else kind
        if isinstance(kind, Record):
            assert kind.pattern == pattern
            for key, each in kind.keys.items():
                stands(each, f"{pattern}.{key}" if pattern else key)
        elif isinstance(kind, Codes | Listed):
            stands(kind.record, f"{pattern}.*")
        elif isinstance(kind, Entries | Steps):
            stands(kind.kind, f"{pattern}.*")

    stands(CENTRE)


def document_with(pattern):
    """A file in which the key of a pattern stands, and nothing is wrong but that."""
    *above, key = pattern.split(".")
    given = {
        "codes": {"label": "Fees"},
        "prepared_responses": {"title": "A", "text": "B"},
    }
    innermost = next((each for each in reversed(above) if each != "*"), "")
    value = {**given.get(innermost, {}), key: 1}
    lists = {"codes.*.codes", "prepared_responses"}
    while above:
        last = above.pop()
        is_item = last == "*" and ".".join(above) in lists
        value = [value] if is_item else {"General" if last == "*" else last: value}
    return json.dumps(value)[1:-1].replace('"', "'")


@pytest.mark.parametrize("pattern", NOT_YET)
def test_each_key_that_is_to_come_says_so_with_its_line(pattern):
    file = read_file(f"version: 1\n{document_with(pattern)}\n".encode())
    key = pattern.rpartition(".")[2]
    assert [(fault.line, fault.message, fault.hint) for fault in file.faults] == [
        (2, f"“{key}” is not yet supported.", "Leave it out.")
    ]


def test_the_sections():
    assert SECTIONS == (
        "centre",
        "skills",
        "agents",
        "hours",
        "queues",
        "departments",
        "codes",
        "prepared_responses",
        "articles",
        "channels",
    )
