"""Who comes, by chance or from a file."""

import re
from datetime import UTC
from statistics import mean, stdev
from zoneinfo import ZoneInfo

import pytest

from contactcenter_chat.simulation.what_if.arrivals import COLUMNS, Arrival, Chances, from_csv, synthetic

from .days import at, clock

LONDON = ZoneInfo("Europe/London")


def test_chance_has_the_same_in_store_for_the_same_seed():
    def come(seed, **rates):
        return list(synthetic(rates, Chances(seed=seed), at("09:00"), 4))

    alone = come(1, fees=30)
    assert come(1, fees=30) == alone
    assert come(2, fees=30) != alone
    beside = come(1, visas=20, fees=30)
    assert [each for each in beside if each.queue == "fees"] == alone
    assert [each.at for each in beside] == sorted(each.at for each in beside)


def test_as_many_as_are_said_for_as_long_as_is_said():
    chances = Chances(handle_mean=300, handle_spread=0.5, patience_mean=200, languages={"es": 0.25, "cy": 0.1})
    come = list(synthetic({"fees": 100}, chances, at("09:00"), 200))
    assert len(come) == pytest.approx(20_000, rel=0.03)
    assert come[-1].at < at("09:00", 9)
    assert mean(each.handle_seconds for each in come) == pytest.approx(300, rel=0.03)
    assert stdev(each.handle_seconds for each in come) == pytest.approx(160, rel=0.05)  # 300 · √(e^0.25 − 1)
    assert mean(each.patience_seconds for each in come) == pytest.approx(200, rel=0.05)
    spoken = [each.language for each in come]
    assert [spoken.count(tag) / len(spoken) for tag in ("es", "cy", "")] == pytest.approx([0.25, 0.1, 0.65], rel=0.1)


def test_without_patience_nobody_leaves_and_nothing_else_changes():
    def come(**chances):
        return list(synthetic({"fees": 30}, Chances(**chances), at("09:00"), 2))

    assert {each.patience_seconds for each in come(patience_mean=0)} == {None}
    assert [each.handle_seconds for each in come(patience_mean=0)] == [each.handle_seconds for each in come()]


def test_a_file():
    text = (
        "at,queue,language,skills,priority,handle_seconds,patience_seconds\n"
        '2026-06-01T09:30,Fees,es,"Visas 3, Student loans 2, Housing",5,120,60\n'
        "2026-06-01T07:00Z,Fees,,,,300.5,\n"
    )
    early, late = from_csv(text.splitlines(), Chances(patience_mean=0), LONDON)
    assert early == Arrival(at("07:00"), "Fees", 300.5)
    levels = {"Visas": 3, "Student loans": 2, "Housing": 1}
    assert late == Arrival(at("08:30"), "Fees", 120.0, 60.0, "es", levels, 5)


def test_what_a_file_does_not_say_is_chances():
    text = "queue,at\nFees,2026-06-01T09:00\nFees,2026-06-01T09:05\n"
    one, two = from_csv(text.splitlines(), Chances(seed=4), UTC)
    assert (clock(one.at), clock(two.at)) == ("09:00:00", "09:05:00")
    assert 0 < one.handle_seconds != two.handle_seconds > 0
    assert one.patience_seconds
    assert from_csv(text.splitlines(), Chances(seed=4), UTC) == [one, two]


def test_who_is_not_live_waits_without_end_unless_the_file_says_otherwise():
    text = "queue,at,pace,patience_seconds\nFees,2026-06-01T09:00,mail,\nFees,2026-06-01T09:00,messaging,60\n"
    mail, messaging = from_csv(text.splitlines(), Chances(), UTC)
    assert (mail.pace, mail.patience_seconds) == ("mail", None)
    assert (messaging.pace, messaging.patience_seconds) == ("messaging", 60)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("at,queue,colour\n", "Line 1: unknown column colour; known are at, queue, language, skills"),
        ("queue\n", "Line 1: the column at is missing. The first line names"),
        ("", "Line 1: the column at is missing."),
        ("at,queue\nnoon,Fees\n", "Line 2: at: noon is no time. Write it as 2026-06-01T09:30."),
        (
            "at,queue,priority\n2026-06-01T09:00,Fees,high\n",
            "Line 2: priority: high is no whole number. Write minutes as 5.",
        ),
        ("at,queue,language\n2026-06-01T09:00,Fees,es\n2026-06-01T09:00\n", "Line 3: The queue is missing."),
        ("at,queue\n2026-06-01T09:00,Fees,too,much\n", "Line 2: There are more cells than columns."),
        (
            "at,queue,handle_seconds\n2026-06-01T09:00,Fees,-1\n",
            "Line 2: handle_seconds: -1 is no number of seconds. Write",
        ),
        (
            "at,queue,patience_seconds\n2026-06-01T09:00,Fees,nan\n",
            "Line 2: patience_seconds: nan is no number of seconds. Write",
        ),
        (
            "at,queue,pace\n2026-06-01T09:00,Fees,slow\n",
            "Line 2: pace: slow is no pace; there are live, messaging, mail.",
        ),
    ],
)
def test_what_is_wrong_in_a_file_is_told_with_its_line(text, message):
    with pytest.raises(ValueError, match="^" + re.escape(message)):
        from_csv(text.splitlines(), Chances(), UTC)


def told(text):
    with pytest.raises(ValueError, match=r".*") as refusal:
        from_csv(text.splitlines(), Chances(), UTC)
    return str(refusal.value).splitlines()


def test_all_that_is_wrong_is_told_at_once():
    assert told("when,queue,langage\n") == [
        f"Line 1: unknown column when; known are {', '.join(COLUMNS)}.",
        f"Line 1: unknown column langage; known are {', '.join(COLUMNS)}. Did you mean language?",
        "Line 1: the column at is missing. The first line names the columns, such as at,queue.",
    ]
    assert told("at,queue,priority\nnoon,,high\n2026-06-01T09:00,Fees,5\n2026-06-01T09:00,Fees,5,6\n") == [
        "Line 2: The queue is missing.",
        "Line 2: at: noon is no time. Write it as 2026-06-01T09:30.",
        "Line 2: priority: high is no whole number. Write minutes as 5.",
        "Line 4: There are more cells than columns. Put what has a comma in it in quotes.",
    ]


def test_of_many_errors_the_first_twenty_are_told():
    lines = told("at,queue\n" + "noon,Fees\n" * 25)
    assert [line.partition(":")[0] for line in lines[:20]] == [f"Line {number}" for number in range(2, 22)]
    assert lines[20:] == ["and 5 more"]


def test_what_is_no_csv_and_no_utf8_is_told_in_words(tmp_path):
    assert told('at,queue\n2026-06-01T09:00,"' + "x" * 200_000 + '"\n')[0].startswith(
        "After line 1: This is not CSV ("
    )
    file = tmp_path / "came.csv"
    file.write_bytes(b"at,queue\n2026-06-01T09:00,Geb\xfchren\n")
    with file.open(encoding="utf-8") as lines, pytest.raises(ValueError, match=r": This is not UTF-8\. Save the file"):
        from_csv(lines, Chances(), UTC)
