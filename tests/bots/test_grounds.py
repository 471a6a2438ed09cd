"""What a model says is sent when it stands in its sources."""

import pytest

from contactcenter_chat.bots.grounds import all_known, is_grounded, is_question, sources_named, without_sources

FEES = "The fee is 1,500 euros, due on 2026-12-01. Write to fees@college.test or see https://college.test/fees."


@pytest.mark.parametrize(
    ("text", "names", "plain"),
    [
        ("Yes [A1].", ["A1"], "Yes."),
        ("Yes [A1][R2], and no (A1, A3)", ["A1", "R2", "A3"], "Yes, and no"),
        ("Yes [A1 R1]", ["A1", "R1"], "Yes"),
        ("Yes", [], "Yes"),
        ("Write to [email 1] [A1]", ["A1"], "Write to [email 1]"),
        ("Room A1", [], "Room A1"),
    ],
)
def test_names(text, names, plain):
    assert (sources_named(text), without_sources(text)) == (names, plain)


@pytest.mark.parametrize(
    "text",
    [
        "You pay 1500 euros.",
        "You pay 1 500 euros until 2026-12-01.",
        "1. Write to FEES@college.test.\n2. Or look at https://college.test/fees!",
        "Nothing to count.",
    ],
)
def test_what_stands_there(text):
    assert is_grounded(text, [FEES])


@pytest.mark.parametrize(
    "text",
    [
        "You pay 1,600 euros.",
        "You pay 15 euros.",
        "It is due on 2026-12-11.",
        "Write to ada@college.test.",
        "See https://college.example/fees.",
        "See http://college.test/fees.",
        "Your address is [email 1].",
        "10 % off.",
        "See www.evil.example/login.",
        "See evil.example!",
        "See HTTPS://EVIL.EXAMPLE/x",
        "See <a href=//evil.example>this</a>",
        "See [this](evil.example)",
        "See ftp://evil.example or mailto:ada@evil.example",
        "Opens on\n15. March",
        "⑨⑨ euros",
        "½ of 1,500",
        "九百",
    ],
)
def test_what_does_not(text):
    assert not is_grounded(text, [FEES])


@pytest.mark.parametrize("text", ["Which room?", "¿Qué sala?", "Do you mean the fees of this term?", "Why?"])
def test_questions(text):
    assert is_question(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "?",
        "Yes.",
        "We are closed. Anything else?",
        "Do you know that it costs 5 euros?",
        "Why " + "x" * 200 + "?",
        "Your refund was approved and you owe nothing any more, ok?",
        "Your refund was approved?",
        "学费全免。您无需付款。好吗？",
        "Is it evil.example?",
        "Why: so?",
    ],
)
def test_what_is_none(text):
    assert not is_question(text)


def test_which_sources_there_are():
    assert all_known(["A1"], {"A1": ""})
    assert not all_known([], {"A1": ""})
    assert not all_known(["A1", "A2"], {"A1": ""})


@pytest.mark.parametrize(
    "text", ["[" + "A1 " * 6000 + "x", "[A1" * 6000, "\n" * 20_000, " " * 20_000, "a." * 10_000, "1 " * 10_000]
)
def test_whatever_a_model_says_is_soon_looked_at(text):
    """What takes longer with each sign, or with the square of the length, would not end."""
    assert sources_named(text) in ([], ["A1"])
    assert set(without_sources(text)) <= set(text)
    assert not is_question(text)
    assert is_grounded(text, [FEES]) is not any(sign.isdigit() for sign in without_sources(text))
