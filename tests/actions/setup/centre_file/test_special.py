"""Hours of a week, steps, codes under codes, prepared responses: what do they read?"""

import pytest

from contactcenter_chat.actions.setup.centre_file.keys import CODE_LIST, PERIODS, QUEUE_KEYS, RESPONSE, SKILL
from contactcenter_chat.actions.setup.centre_file.kinds import MISSING
from contactcenter_chat.actions.setup.centre_file.special import Names, Period, Response, Responses, Weekly

from .test_kinds import read

WEEKLY, STEPS, CODES = Weekly(PERIODS), QUEUE_KEYS.keys["steps"], CODE_LIST.keys["codes"]
DAYS = "Write days as mon, tue, wed, thu, fri, sat, sun or mon-fri."
PERIOD = "Write a period as “09:00-12:30”; an end before its beginning is on the next day."


def test_days_from_one_to_another_are_single_days_in_their_order():
    value, complaints = read(WEEKLY, "{sat: ['9-13'], Mon-Tue: ['9:00-12:30', '13:30-17:00'], fri: []}")
    assert complaints == []
    assert list(value.items()) == [
        ("mon", ["09:00-12:30", "13:30-17:00"]),
        ("tue", ["09:00-12:30", "13:30-17:00"]),
        ("sat", ["09:00-13:00"]),
    ]


@pytest.mark.parametrize("text", ["22:00-06:00", "00:00-24:00", " 9 – 17 "])
def test_periods_over_midnight_and_of_a_whole_day(text):
    assert read(Period(), f"'{text}'")[1] == []


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("{monday: ['9-13']}", f"1 here / monday: This cannot be “monday”. {DAYS}"),
        ("{fri-mon: ['9-13']}", f"1 here / fri-mon: This cannot be “fri-mon”. {DAYS}"),
        ("{mon-: ['9-13']}", f"1 here / mon-: This cannot be “mon-”. {DAYS}"),
        ("{mon-wed: [],\n tue: []}", "2 here / tue: This is there twice. Leave one of them."),
        ("{mon: ['9-25']}", f"1 here / mon / 1: This cannot be “9-25”. {PERIOD}"),
        ("{mon: ['24:00-2:00']}", f"1 here / mon / 1: This cannot be “24:00-2:00”. {PERIOD}"),
        (
            "{mon: ['9:00-9:00']}",
            "1 here / mon / 1: This ends when it begins. Write a whole day as “00:00-24:00”.",
        ),
        (
            "{mon: ['13-17', '9-13:30']}",
            "1 here / mon: 09:00-13:30 and 13:00-17:00 overlap. Join them, or have one end before the other begins.",
        ),
        (
            "{mon: '9:00-12:00'}",
            "1 here / mon: This cannot be “9:00-12:00”. Write a list of at most 10: [one, another].",
        ),
        ("always", "1 here: This cannot be “always”. Write periods by days: {mon-fri: [“09:00-17:00”]}."),
    ],
)
def test_what_are_no_weekly_hours(text, complaint):
    value, complaints = read(WEEKLY, text)
    assert complaints == [complaint]
    assert value is MISSING


def test_steps_come_in_the_order_of_their_times():
    steps = "- {after: 40}\n- {after: 40, asked: false}\n- {after: 90, language: any}\n"
    assert read(STEPS, steps)[1] == [
        "2 here / 2 / after: This is not later than the step before. Write the steps in the order of their times."
    ]
    assert read(STEPS, "[{language: any}]")[1] == [
        "1 here / 1: “after” is missing. Known keys: after, requires, language, asked."
    ]


def test_skills_are_a_list_of_names():
    assert read(Names(SKILL, 3), "[fees, '2024']") == ({"fees": None, "2024": None}, [])
    assert read(Names(SKILL, 3), "\n- fees\n- fees\n")[1] == [
        "3 here / fees: This is there twice. The first is in line 2."
    ]
    assert read(Names(SKILL, 3), "{fees: 3}")[1] == [
        "1 here: This cannot be keys with values. Write a list of names: [one, another]."
    ]


TREE = """\
- code: fees
  label: Fees
  codes:
    - {code: refund, label: Refund, labels: {es: Reembolso}, codes: [Late, Paid twice]}
- Something else
"""


def test_codes_are_a_tree_and_a_bare_word_is_a_label():
    value, complaints = read(CODES, TREE)
    assert complaints == []
    assert [(code, each["label"], each["under"]) for code, each in value.items()] == [
        ("fees", "Fees", None),
        ("refund", "Refund", "fees"),
        ("late", "Late", "refund"),
        ("paid-twice", "Paid twice", "refund"),
        ("something-else", "Something else", None),
    ]
    assert value["refund"]["labels"] == {"es": "Reembolso"}


HINT = "Write codes as a list: [{code: fees, label: Fees, codes: [Refund]}, Other]."


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("{a: 1}", f"1 here: This cannot be keys with values. {HINT}"),
        ("[学费]", f"1 here / 1: There is no short code in this label. {HINT}"),
        ("[{code: 'system:x', label: X}]", f"1 here / 1: The contact centre's own codes begin so. {HINT}"),
        ("[{label: X, from: 2026-02-01, to: 2026-01-01}]", f"1 here / 1: It ends before it begins. {HINT}"),
        ("[Fees,\n {code: fees, label: F}]", "2 here / fees: This is there twice. The first is in line 1."),
        ("[{code: a, label: A, codes: b}]", f"1 here: This cannot be “b”. {HINT}"),
        (
            "[{code: a}]",
            "1 here / 1: “label” is missing. Known keys: code, label, labels, report_text, external_id, from, to.",
        ),
        (
            "[5.5.5, [x]]",
            "1 here / 2: This cannot be a list. Known keys: code, label, labels, report_text, external_id, from, to.",
        ),
    ],
)
def test_what_are_no_codes(text, complaint):
    assert read(CODES, text)[1] == [complaint]


def test_responses_are_known_by_queue_language_and_title():
    kind = Responses(RESPONSE, 9)
    value, complaints = read(
        kind,
        "- {title: Hello, text: Hi}\n- {title: Hello, language: es, text: Hola}\n"
        "- {title: Hello, queue: General, text: Hi there}\n- {title: Hello, language: en, text: Again}\n",
    )
    assert list(map(str, value)) == ["Hello (en)", "Hello (es)", "Hello (en, General)"]
    assert value[Response("General", "en", "Hello")]["text"] == "Hi there"
    assert complaints == ["4 here / Hello (en): This is there twice. The first is in line 1."]
