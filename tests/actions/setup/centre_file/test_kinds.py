"""Does each kind take what it should, and say of all else what may stand there?"""

import pytest

from contactcenter_chat.actions.setup.centre_file.kinds import (
    MISSING,
    Choice,
    Day,
    Entries,
    Flag,
    Listing,
    Name,
    Number,
    OrNothing,
    Reading,
    Record,
    Reference,
    Table,
    Tag,
    Text,
    Whole,
)
from contactcenter_chat.actions.setup.centre_file.reading import read_file
from contactcenter_chat.actions.setup.centre_file.tree import read_tree

LEVEL = Whole(1, 5)
WHOLE = "Write a whole number from 1 to 5."


def read(kind, text):
    """The value and the complaints."""
    reading = Reading()
    value = kind.read(read_tree(text.encode(), []), ("here",), reading)
    return value, [f"{fault.line} {fault.place}: {fault.message} {fault.hint}" for fault in reading.faults]


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        (LEVEL, "3", 3),
        (LEVEL, "+3", 3),
        (Whole(-10, 30), "-10", -10),
        (Number(0, 9), "4", 4),
        (Number(0, 9), "4.0", 4),
        (Number(0, 9), "0.25", 0.25),
        (Flag(), "true", True),
        (Flag(), "False", False),
        (Choice(("wait", "message")), "wait", "wait"),
        (Day(), "2026-12-24", "2026-12-24"),
        (Day(), "'2026-12-24'", "2026-12-24"),
        (Text(9), "no", "no"),
        (Text(9), "''", ""),
        (Name(9), "' Fees '", "Fees"),
        (Name(9), "'2024'", "2024"),
        (Name(20), "<b>&amp;</b>", "<b>&amp;</b>"),
        (Tag(), "PT-br", "pt-BR"),
        (OrNothing(LEVEL), "null", None),
        (OrNothing(LEVEL), "~", None),
        (OrNothing(LEVEL), "2", 2),
        (Listing(LEVEL, 3), "[1, 2, 2]", [1, 2, 2]),
        (Table(Tag(), LEVEL), "{en: 5}", {"en": 5}),
        (Entries(Name(9), LEVEL), "{12: 5}", {"12": 5}),
        (Entries(Name(9), LEVEL), "null", {}),
        (Record("", {"a": LEVEL}), "{a: 2}", {"a": 2}),
        (Record("", {"a": LEVEL}), "null", {}),
    ],
)
def test_it_is_read(kind, text, value):
    found, complaints = read(kind, text)
    assert (found, complaints) == (value, [])
    assert type(found) is type(value)


@pytest.mark.parametrize(
    ("kind", "text", "complaint"),
    [
        (LEVEL, "6", f"1 here: “6” is out of range. {WHOLE}"),
        (LEVEL, "9" * 5000, f"1 here: “{'9' * 60}…” is out of range. {WHOLE}"),
        (LEVEL, "many", f"1 here: This cannot be “many”. {WHOLE}"),
        (LEVEL, "'3'", f"1 here: This cannot be “3”. {WHOLE}"),
        (LEVEL, "3.5", f"1 here: This cannot be “3.5”. {WHOLE}"),
        (LEVEL, "٣", f"1 here: This cannot be “٣”. {WHOLE}"),
        (LEVEL, "[3]", f"1 here: This cannot be a list. {WHOLE}"),
        (LEVEL, "{a: 3}", f"1 here: This cannot be keys with values. {WHOLE}"),
        (LEVEL, "null", f"1 here: Nothing stands here. {WHOLE}"),
        (Number(0, 9), "9.5", "1 here: “9.5” is out of range. Write a number from 0 to 9."),
        (Number(0, 9), ".inf", "1 here: This cannot be “.inf”. Write a number from 0 to 9."),
        (Number(0, 9), "1e999", "1 here: “1e999” is out of range. Write a number from 0 to 9."),
        (Flag(), "yes", "1 here: This cannot be “yes”. Write true or false."),
        (Flag(), "'true'", "1 here: This cannot be “true”. Write true or false."),
        (Choice(("wait", "message")), "Wait", "1 here: This cannot be “Wait”. Write one of: wait, message."),
        (Day(), "2026-02-30", "1 here: This cannot be “2026-02-30”. Write a date as 2026-12-24."),
        (Day(), "24.12.2026", "1 here: This cannot be “24.12.2026”. Write a date as 2026-12-24."),
        (Text(3), "12", "1 here: This cannot be “12”. Put it in quotes, so that it is text."),
        (Text(3), "true", "1 here: This cannot be “true”. Put it in quotes, so that it is text."),
        (Text(3), "four", "1 here: This is empty or too long. Write text of at most 3 characters."),
        (Text(3, empty=False), "' '", "1 here: This is empty or too long. Write text of at most 3 characters."),
        (Text(9), '"\\0"', "1 here: May not contain the character U+0000. Write text of at most 9 characters."),
        (
            Name(9),
            '"a\\nb"',
            "1 here: May not contain line breaks or other control characters. "
            "Write a name of at most 9 characters in one line.",
        ),
        (Name(9), "''", "1 here: May not be empty. Write a name of at most 9 characters in one line."),
        (
            Name(1),
            "ab",
            "1 here: May not be longer than 1 characters. Write a name of at most 1 characters in one line.",
        ),
        (
            Name(9),
            '"a\\u202eb"',
            "1 here: May not contain characters that turn the direction of writing. "
            "Write a name of at most 9 characters in one line.",
        ),
        (Tag(), "English", "1 here: This cannot be “English”. Write a language as “es” or “pt-BR”."),
        (Listing(LEVEL, 2), "[1, 2, 3]", "1 here: This cannot be a list. Write a list of at most 2: [one, another]."),
        (Listing(LEVEL, 2), "1", "1 here: This cannot be “1”. Write a list of at most 2: [one, another]."),
        (Listing(LEVEL, 2), "[1, 9]", f"1 here / 2: “9” is out of range. {WHOLE}"),
        (Listing(Name(9), 2, once=True), "[a, a]", "1 here / “a”: This is there twice. Leave one of them."),
        (Table(Tag(), LEVEL), "[en]", "1 here: This cannot be a list. Write at most 1000 as {name: value}."),
        (Table(Tag(), LEVEL), "{en: 9}", f"1 here / en: “9” is out of range. {WHOLE}"),
        (
            Table(Tag(), LEVEL),
            "{pt-br: 1,\n pt-BR: 2}",
            "2 here / pt-BR: This is there twice. The first is in line 1.",
        ),
        (Record("", {"a": LEVEL}, ("a",)), "{}", "1 here: “a” is missing. Known keys: a."),
        (Record("", {"a": LEVEL}), "[a]", "1 here: This cannot be a list. Known keys: a."),
        (Record("", {"capacity": LEVEL}), "{capacty: 1}", "1 here: Unknown key “capacty”. Did you mean “capacity”?"),
        (Record("x", {"a": LEVEL}, not_yet=("x.b",)), "{b: 1}", "1 here: “b” is not yet supported. Leave it out."),
        (
            Record("x", {"a": LEVEL}, not_yet=("x.distribution", "x.a.pace")),
            "{distributoin: 1}",
            "1 here: Unknown key “distributoin”. Did you mean “distribution”?",
        ),
    ],
)
def test_what_is_wrong_is_told_with_what_may_stand_there(kind, text, complaint):
    _value, complaints = read(kind, text)
    assert complaints == [complaint]


def test_entries_keep_those_that_could_be_read():
    assert read(Entries(Name(9), LEVEL), "{a: 1, b: 9}")[0] == {"a": 1}
    assert read(Table(Name(9), LEVEL), "{a: 1, b: 9}")[0] is MISSING


def test_a_name_that_has_to_be_there_is_noted_with_its_place():
    reading = Reading()
    kind = Table(Name(9, section="skills"), LEVEL)
    kind.read(read_tree(b"fees: 1\nvisas: 2\n", []), ("requires",), reading)
    assert reading.references == [
        Reference("skills", "fees", ("requires", "fees"), 1),
        Reference("skills", "visas", ("requires", "visas"), 2),
    ]


@pytest.mark.parametrize(("text", "value"), [("0", 0), ("30", 30), ("3600", 3600)])
def test_never_or_so_often(text, value):
    file = read_file(f"queues: {{General: {{waiting_text_every: {text}}}}}".encode())
    assert (file.faults, file.values["queues"]["General"]) == ([], {"waiting_text_every": value})


@pytest.mark.parametrize("text", ["1", "29", "3601", "-1"])
def test_so_often_nobody_is_told(text):
    (fault,) = read_file(f"queues: {{General: {{waiting_text_every: {text}}}}}".encode()).faults
    assert fault.told == (
        f"line 1: queues / General / waiting_text_every: “{text}” is out of range. "
        "Write 0, or a whole number from 30 to 3600."
    )
