"""What becomes of a text, whoever wrote it?"""

import sys
import time

import pytest

from contactcenter_chat.actions.setup.centre_file.tree import (
    MAX_BYTES,
    MAX_DEPTH,
    MAX_VALUES,
    Items,
    Pairs,
    Word,
    read_tree,
)
from contactcenter_chat.exceptions import Unavailable

SECONDS = 60  # on a machine that has much else to do; it takes a tenth of that


def told(content):
    """The complaints about a text that is no tree."""
    faults = []
    read_tree(content if isinstance(content, bytes) else content.encode(), faults)
    return [fault.told for fault in faults]


def plain(node):
    """A tree without its lines."""
    if isinstance(node, Word):
        return node.text
    if isinstance(node, Items):
        return [plain(each) for each in node.items]
    return {word.text: plain(each) for word, each in node.pairs}


def test_words_lists_and_pairs_know_their_lines():
    faults = []
    tree = read_tree(b"\xef\xbb\xbf# a comment\na:\n  - 1\n  - 'two'\nb: {c: no}\n", faults)
    assert plain(tree) == {"a": ["1", "two"], "b": {"c": "no"}}
    assert [(word.text, word.line, node.line) for word, node in tree.pairs] == [("a", 2, 3), ("b", 5, 5)]
    assert [(word.line, word.plain) for word in tree.pairs[0][1].items] == [(3, True), (4, False)]
    assert faults == []


@pytest.mark.parametrize(
    ("text", "is_null", "is_text"),
    [
        ("", True, False),
        ("null", True, False),
        ("~", True, False),
        ("true", False, False),
        ("12", False, False),
        ("-1.5e3", False, False),
        ("2026-12-24", False, False),
        ("no", False, True),
        ("yes", False, True),
        ("1_000", False, True),
        ("09:00", False, True),
        ("0x1F", False, True),
    ],
)
def test_what_is_text_and_what_is_nothing(text, is_null, is_text):
    word = Word(1, text, plain=True)
    assert (word.is_null, word.is_text) == (is_null, is_text)
    assert Word(1, text, plain=False).is_text


HINT = "Look at indents, quotes, colons and brackets, here and in the line before."


@pytest.mark.parametrize(
    ("content", "complaints"),
    [
        ("a: 1\n\tb: 2\n", [f"line 2: This is not YAML: found character '\\t' that cannot start any token. {HINT}"]),
        ("a: [1\nb: 2\n", [f"line 2: This is not YAML: expected ',' or ']', but got ':'. {HINT}"]),
        ("a: 'x\n", [f"line 2: This is not YAML: found unexpected end of stream. {HINT}"]),
        ("a: b: c\n", [f"line 1: This is not YAML: mapping values are not allowed here. {HINT}"]),
        (b"a: \xff\n", ["line 1: This is not UTF-8. Save the file as UTF-8."]),
        ("a: 1\nb: é\n".encode("latin-1"), ["line 2: This is not UTF-8. Save the file as UTF-8."]),
        ("a: 1\n".encode("utf-16"), ["line 1: This is not UTF-8. Save the file as UTF-8."]),
        ("a: 1\nb: \x00\n", ["line 2: There is a character that YAML does not take. Take it out."]),
        ("a: 1\nb: \x1b[31m\n", ["line 2: There is a character that YAML does not take. Take it out."]),
        ("a: 1\n---\nb: 2\n", ["line 2: A second document begins here. Take out the line “---”."]),
        ("? [a, b]\n: 1\n", ["line 1: A key is a word. Write it as “key: value”."]),
        ("a: !!python/object:os.system {}\n", ["line 1: Types (!) are not taken. Take it out."]),
    ],
)
def test_what_cannot_be_read_is_told_with_its_line(content, complaints):
    assert told(content) == complaints


def test_characters_that_json_writes_as_two_are_one_and_half_of_one_is_none():
    assert plain(read_tree(b'{"a\\ud83d\\ude00": "\\ud83d\\ude00"}', [])) == {"a\U0001f600": "\U0001f600"}
    assert told('a: 1\nb: "\\ud83d"\n') == ["line 2: There is half a character. Take it out."]
    assert told('a: 1\n"\\ude00": 2\n') == [
        "line 2: There is half a character. Take it out.",
        "line 2: A key is a word. Write it as “key: value”.",
    ]


def test_references_are_refused_and_so_nothing_multiplies():
    bomb = "a: &a [x, x, x, x, x, x, x, x, x]\n"
    bomb += "".join(
        f"{name}: &{name} [{', '.join([f'*{before}'] * 9)}]\n"
        for before, name in zip("abcdefgh", "bcdefghi", strict=True)
    )
    begun = time.monotonic()
    complaints = told(bomb)
    assert time.monotonic() - begun < SECONDS
    assert set(complaints) == {
        f"line {line}: Names for parts (&, *) are not taken. Write it out at each place." for line in range(1, 10)
    }


@pytest.mark.parametrize("text", ["a: " + "[" * 50_000, "- " * 50_000, "{a: " * 50_000, "? " * 50_000])
def test_no_depth_breaks_it(text):
    deep = "line 1: This is nested too deeply. Divide it: what a file does not name is left alone."
    assert told(text)[-1] == deep
    assert len(told(text)) <= MAX_DEPTH


def test_a_depth_that_is_allowed():
    assert told("[" * MAX_DEPTH + "]" * MAX_DEPTH) != []
    assert told("[" * (MAX_DEPTH - 1) + "]" * (MAX_DEPTH - 1)) == []


@pytest.mark.parametrize(
    "text", ["a: '" + "x" * 999_000 + "'", "# " + "x" * 990_000 + "\na: 1", "a: " + "x " * 400_000]
)
def test_a_line_of_a_megabyte(text):
    begun = time.monotonic()
    assert told(text) == []
    assert time.monotonic() - begun < SECONDS


def test_what_is_too_large_or_too_much_is_not_read():
    large = f"The file is larger than {MAX_BYTES} bytes. Divide it: what a file does not name is left alone."
    assert told("a: " + "x" * MAX_BYTES) == [large]
    much = "line 1: There is too much in this file. Divide it: what a file does not name is left alone."
    assert told("[" + "x," * MAX_VALUES + "]") == [much]


@pytest.mark.parametrize("text", ["", "\n\n", "# nothing\n", "\ufeff"])
def test_nothing_is_no_tree(text):
    assert read_tree(text.encode(), []) is None


def test_without_the_extra_it_says_so(monkeypatch):
    monkeypatch.setitem(sys.modules, "ruamel.yaml", None)
    with pytest.raises(Unavailable, match="needs the extra “centre”"):
        read_tree(b"a: 1", [])


def test_nodes_are_what_they_are_called():
    assert isinstance(read_tree(b"{a: 1}", []), Pairs)
