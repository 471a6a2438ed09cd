"""When is it the same question in other words?"""

import pytest

from contactcenter_chat.knowledge.nearness import packed
from contactcenter_chat.knowledge.phrasings import Phrasing, phrasing_of
from contactcenter_chat.masking.base import Rules


def known(digest="", model="", vector=None):
    return digest, model, packed([vector])[1] if vector else b""


def test_the_same_words_have_the_same_digest_however_they_are_written():
    digest = phrasing_of("Can I pay in parts?", Rules()).digest
    assert len(digest) == 32
    assert phrasing_of("  can I\npay, in PARTS", Rules()).digest == digest
    assert phrasing_of("Can I pay in part?", Rules()).digest != digest


def test_the_digest_is_the_projects(settings):
    digest = phrasing_of("Can I pay in parts?", Rules()).digest
    settings.SECRET_KEY = "another"
    assert phrasing_of("Can I pay in parts?", Rules()).digest != digest


def test_what_must_not_leave_is_not_in_it():
    one, other = (phrasing_of(f"Write to {name}@college.test!", Rules()) for name in ("ann", "bob"))
    assert one == other
    assert one.text == "Write to [email]!"


@pytest.mark.parametrize("question", ["", "?!", "x" * 201])
def test_what_is_no_phrasing(question):
    assert phrasing_of(question, Rules()) is None


@pytest.mark.parametrize(
    ("row", "is_same"),
    [
        (known("d"), True),
        (known("e"), False),
        (known("e", "m", [1, 0]), True),
        (known("e", "m", [0.96, 0.28]), True),
        (known("e", "m", [0.94, 0.3412]), False),
        (known("e", "n", [1, 0]), False),  # another model
        (known("d", "n", [0, 1]), True),
        (known("e", "m", [1, 0, 0]), False),  # somebody's server has changed its model without a word
        (known("e", "m"), False),
    ],
)
def test_the_same_words_or_the_same_meaning(row, is_same):
    phrasing = Phrasing("", "d").meaning("m", [2, 0])
    assert phrasing.same_as([row]) == [is_same]
    assert phrasing.same_as([known("e"), row, known("d")]) == [False, is_same, True]


def test_without_an_embedder_only_the_same_words_are():
    assert Phrasing("", "d").same_as([known("d", "m", [1, 0]), known("e", "m", [1, 0]), known("e")]) == [
        True,
        False,
        False,
    ]
