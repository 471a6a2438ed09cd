"""What is found in a text that must not leave the house, and what is not."""

import random

import pytest
from django.core.exceptions import ValidationError

from contactcenter_chat.masking.base import Pseudonyms, Rules, matches, replaced
from contactcenter_chat.masking.cards import ISSUERS
from contactcenter_chat.masking.patterns import check, compiled

NO_RULES = Rules()


def found(text, rules=NO_RULES):
    return [(each.kind, text[each.start : each.end]) for each in matches(text, rules)]


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("card", "4242424242424242"),
        ("card", "4242 4242 4242 4242"),
        ("card", "4242-4242-4242-4242"),
        ("card", "4242\u00a04242\u00a04242\u00a04242"),
        ("card", "４２４２ ４２４２ ４２４２ ４２４２"),
        ("card", "378282246310005"),
        ("card", "3782 822463 10005"),
        ("card", "5555555555554444"),
        ("card", "2223003122003222"),
        ("card", "6011111111111117"),
        ("card", "30569309025904"),
        ("card", "3530111333300000"),
        ("iban", "DE89370400440532013000"),
        ("iban", "DE89 3704 0044 0532 0130 00"),
        ("iban", "gb29 nwbk 6016 1331 9268 19"),
        ("iban", "ES91 2100 0418 4502 0005 1332"),
        ("iban", "NO9386011117947"),
        ("email", "ada@example.org"),
        ("email", "ada.lovelace+chat@mail.example.co.uk"),
        ("email", "jörg@bücher.example"),
        ("phone", "+44 20 7946 0958"),
        ("phone", "+1 (415) 555-2671"),
        ("phone", "0049 30 901820"),
        ("phone", "030 901820"),
        ("phone", "(020) 7946 0958"),
        ("phone", "415-555-2671"),
        ("phone", "+34912345678"),
        ("phone", "612345678"),
        ("phone", "612 345 678"),
        ("phone", "612 34 56 78"),
        ("phone", "91 123 45 67"),
        ("phone", "712-345-678"),
        ("phone", "912.34.56.78"),
        ("phone", "(555)123-4567"),
        ("card", "4242\u20114242\u20134242/4242"),
        ("card", "4242 \u200b4242\n4242_4242"),
        ("iban", "DE89 3704\n0044 0532 0130 00"),
        ("email", "ada＠example.org"),
    ],
)
@pytest.mark.parametrize("around", ["{}", "My number is {}.", "({})", "room 12 {} please", "{}, thanks", "¿{}?"])
def test_what_is_found(kind, value, around):
    assert found(around.format(value)) == [(kind, value)]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Tel.0170 1234567", [("phone", "0170 1234567")]),
        ("call,+49 170 1234567/home", [("phone", "+49 170 1234567")]),
        ("_+49 170 1234567_", [("phone", "+49 170 1234567")]),
        ("DE89370400440532013000EUR", [("iban", "DE89370400440532013000")]),
    ],
)
def test_what_stands_close_to_others(text, told):
    assert found(text) == told


@pytest.mark.parametrize(
    "text",
    [
        "",
        "4242424242424241",  # the check digit is another
        "9242424242424249",  # nobody's first digits
        "Order 1234567890123456",
        "1 000 000 euros",
        "612 345 678 euros",
        "912345678 €",
        "612.345.678",
        "612,345,678",
        "512 345 678",
        "Ticket #612345678",
        "6123456789",
        "A612345678",
        "2026-11-27",
        "01.02.2026",
        "27/11/2026 10:30",
        "DE88370400440532013000",
        "ada@example",
        "at 10:30 in room 204",
        "3.14159265358979",
        "192.168.100.200",
        "https://college.test/fees?id=12345",
        "Student 20261234",
    ],
)
def test_what_is_not(text):
    assert found(text) == []


def test_cards_that_random_numbers_are():
    """Of numbers with 16 digits one in ten has the right check digit; few of them are a card's."""
    random.seed(7)
    numbers = [f"{random.randrange(10**15, 10**16)}" for _ in range(5000)]
    assert 50 < sum(bool(found(each)) for each in numbers) < 250


def test_a_thousand_cards():
    random.seed(11)
    for _ in range(1000):
        low, _high, lengths = random.choice(ISSUERS)
        length = random.choice(sorted(lengths))
        number = low + "".join(random.choice("0123456789") for _ in range(length - len(low) - 1))
        number += next(each for each in "0123456789" if luhn(number + each))
        assert [kind for kind, _ in found(f"It is {number}.")] == ["card"], number


def luhn(number):
    doubled = [int(each) * (2 if at % 2 else 1) for at, each in enumerate(reversed(number))]
    return sum(each - 9 if each > 9 else each for each in doubled) % 10 == 0


class TestOwnPatterns:
    RULES = Rules(patterns=compiled("K@#####\n SSN-###-#+ \n"), references=compiled("ORD-#+\n################"))

    def test_they_are_masked(self):
        text = "I am KX12345, ssn-123-4567, in KX123456 and aKX12345"
        assert found(text, self.RULES) == [("number", "KX12345"), ("number", "ssn-123-4567")]

    def test_references_never_are(self):
        assert found("ORD-4242424242424242 or 4242424242424242", self.RULES) == []

    def test_of_ten_thousand_references_none_is(self):
        """Also where they look like telephone numbers, as somebody would write them."""
        random.seed(13)
        rules = Rules(references=compiled("#########\n### ### ###\n## ### ## ##\nORD-########"))
        for _ in range(2_500):
            number = f"{random.randrange(6 * 10**8, 10**9)}"
            parts = (
                f"{number[:3]} {number[3:6]} {number[6:]}",
                f"{number[:2]} {number[2:5]} {number[5:7]} {number[7:]}",
            )
            for reference in (number, *parts, f"ORD-{number[:8]}"):
                assert found(f"My order is {reference}, please.", rules) == [], reference

    @pytest.mark.parametrize(
        ("lines", "told"),
        [
            ("###", "“###” would find too much: it needs four signs, and a # or * among them."),
            ("#+++", "“#+++” would find too much: it needs four signs, and a # or * among them."),
            ("@+*+##", "“@+*+##”: behind a + stands a sign that is itself, or nothing."),
            ("Hello", "“Hello” would find too much: it needs four signs, and a # or * among them."),
            ("#" * 61, f"“{'#' * 60}” is too long."),
            ("####\n" * 101, "At most 100 patterns."),
        ],
    )
    def test_what_is_no_pattern(self, lines, told):
        with pytest.raises(ValidationError) as refused:
            check(lines)
        assert refused.value.messages == [told]

    @pytest.mark.parametrize("lines", ["", "\n \n", "####", "ORD-#+", "(@@) ***+\n[####]", "##+-##+-##+-##+"])
    def test_what_is_one(self, lines):
        check(lines)
        compiled(lines)


class TestInstead:
    def test_of_each(self):
        told = replaced("Ada, ada@example.org, 4242 4242 4242 4242", lambda kind, value: f"<{kind} {value[-4:]}>")
        assert told == "Ada, <email .org>, <card 4242>"

    def test_the_way_back(self):
        hidden = Pseudonyms()
        assert hidden.hide("ada@a.test and bob@b.test") == "[email 1] and [email 2]"
        assert hidden.hide("Call +44 20 7946 0958, ada@a.test") == "Call [phone 1], [email 1]"
        assert hidden.show("I wrote to [email 2] and [ email  1 ], not [email 3].") == (
            "I wrote to bob@b.test and ada@a.test, not [email 3]."
        )


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("1 " * 50_000, 0),
        ("a@" * 50_000, 0),
        ("a." * 50_000, 0),
        ("+1 " * 40_000, 0),
        ("DE12 " * 20_000, 0),
        ("0" * 99_999, 0),
    ],
)
def test_long_texts(text, count):
    """What takes longer with the square of the length would not end."""
    rules = Rules(patterns=compiled("##+-##+-##+-##+\n**+-*+"))
    assert len(matches(text, rules)) == count


CARDS = ("4111 1111 1111 1111", "5500 0000 0000 0004", "4012 8888 8888 1881", "3782 822463 10005")


@pytest.mark.parametrize("between", [" ", "\n", "-", " - ", "\u200b", "\u00a0"])
@pytest.mark.parametrize("inside", [" ", "-", ""])
def test_cards_in_a_row(between, inside):
    """However many there are: none is cut in the middle because of those before it."""
    told = between.join(each.replace(" ", inside) for each in CARDS * 5)
    if between == "\u200b" and inside == "":
        assert [kind for kind, _ in found(told)] == ["card"] * 20
    masked = replaced(told, lambda kind, value: "*")
    assert not any(sign.isdecimal() for sign in masked), masked


def test_a_card_after_other_numbers():
    for before in ("order 2024 11 30 14 55 10 20 22", "tickets 123456 234567 345678 456789 567890 678901 789012"):
        assert replaced(f"{before} 4111 1111 1111 1111", lambda kind, value: "*").endswith(" *")


def test_a_card_that_begins_in_what_looks_like_one():
    """The first sixteen of these digits are a card's by chance: those that are left are not told."""
    both = "4000 0004 4111 1111 1111 1111"
    assert luhn(both[:19].replace(" ", ""))
    assert luhn(both[10:].replace(" ", ""))
    assert found(f"My number is {both}.") == [("card", both)]


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("email", "maria\u200b@example.com"),
        ("email", "maria\u00ad@example.com"),
        ("email", "maria@exam\u200bple.com"),
        ("email", "maria@example．com"),
        ("email", "ｍａｒｉａ＠ｅｘａｍｐｌｅ．ｃｏｍ"),
        ("email", "jo\u0308rg@example.com"),
        ("iban", "ＥＳ９１ ２１００ ０４１８ ４５０２ ０００５ １３３２"),
        ("iban", "ES\u200b9121000418450200051332"),
        ("iban", "E\u2060S91 2100 0418 4502 0005 1332"),
        ("phone", "６１２３４５６７８"),
        ("phone", "٦١٢٣٤٥٦٧٨"),
        ("phone", "612\u200b345\u200b678"),
        ("phone", "+34\u200b612345678"),
        ("card", "4242\u200b4242\u00ad42424242"),
        ("card", "4️⃣2️⃣4️⃣2️⃣4️⃣2️⃣4️⃣2️⃣4️⃣2️⃣4️⃣2️⃣4️⃣2️⃣4️⃣2".removesuffix("\u20e3")),
    ],
)
@pytest.mark.parametrize("around", ["{}", "My number is {}.", "\u200bＭy ﷺ ½ number: {}, thanks"])
def test_what_is_written_oddly(kind, value, around):
    assert found(around.format(value)) == [(kind, value)]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("612345678²", [("phone", "612345678")]),
        ("4242424242424242\u200b1", [("card", "4242424242424242")]),
    ],
)
def test_what_only_the_text_itself_shows(text, told):
    """What nobody sees may also part what would be found from what stands beside it."""
    assert found(text) == told


def test_own_patterns_that_are_written_oddly():
    rules = Rules(patterns=compiled("№-####"), references=compiled("#########"))
    assert found("№-1234 and ６１２３４５６７８ or 612\u200b345678", rules) == [("number", "№-1234")]
    assert found("ＫX\u200b12345", Rules(patterns=compiled("K@#####"))) == [("number", "ＫX\u200b12345")]


@pytest.mark.parametrize(
    "text", ["\ufdfa" * 16_000, "４ " * 50_000, "4 " * 50_000, "a\u200b@" * 30_000, "1\u0301" * 50_000]
)
def test_long_texts_that_are_written_oddly(text):
    matches(text)
