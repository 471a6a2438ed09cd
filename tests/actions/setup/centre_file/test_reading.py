"""Is all that is wrong said at once, each with its line and a hint?"""

import pytest

from contactcenter_chat.actions.setup.centre_file.reading import read_file
from contactcenter_chat.isolates import unturned

from .conftest import COLLEGE

WRONG = """\
version: 2
center: {name: X}
skills: [fees, fees]
agents:
  maria: {capacity: 99, languages: {english: 5}, skils: {fees: 4}}
  maria: {capacity: 1}
hours:
  office: {time_zone: Europe/Londno, weekly: {mon: ["9-25"]}, holidays: Atlantis}
queues:
  General:
    priority: soon
    steps: [{after: 10}, {after: 5}]
    wait_for: []
    texts: {closed: {en: ""}}
    members: [maria]
codes: [Topic]
prepared_responses:
  - {title: Hello}
"""


def test_the_example_is_read_without_a_complaint():
    file = read_file(COLLEGE.encode())
    assert file.faults == []
    assert file.line(("queues", "Student finance", "ring_seconds")) == 30
    assert file.line(("queues", "General", "members", "tom")) == 42
    assert file.line(("codes", "Topic", "codes", "refund", "label")) == 56
    assert file.line(("nowhere",)) == 1


def test_all_that_is_wrong_is_said_at_once():
    told = [
        (fault.line, fault.place, unturned(f"{fault.message} {fault.hint}"))
        for fault in read_file(WRONG.encode()).faults
    ]
    assert sorted(told) == [
        (1, "version", "“2” is out of range. Write a whole number from 1 to 1."),
        (2, "", "Unknown key “center”. Did you mean “centre”?"),
        (3, "skills / fees", "This is there twice. The first is in line 3."),
        (5, "agents / maria", "Unknown key “skils”. Did you mean “skills”?"),
        (5, "agents / maria / capacity", "“99” is out of range. Write a whole number from 1 to 25."),
        (5, "agents / maria / languages / english", "This cannot be “english”. Write a language as “es” or “pt-BR”."),
        (6, "agents / maria", "This is there twice. The first is in line 5."),
        (
            8,
            "hours / office / holidays",
            "No holidays are known of Atlantis. Write a country or a part of one as GB or GB-ENG.",
        ),
        (8, "hours / office / time_zone", "There is no such time zone. Write a time zone as Europe/London."),
        (
            8,
            "hours / office / weekly / mon / 1",
            "This cannot be “9-25”. Write a period as “09:00-12:30”; an end before its beginning is on the next day.",
        ),
        (11, "queues / General / priority", "This cannot be “soon”. Write a whole number from -10 to 30."),
        (
            12,
            "queues / General / steps / 2 / after",
            "This is not later than the step before. Write the steps in the order of their times.",
        ),
        (13, "queues / General", "“wait_for” is not yet supported. Leave it out."),
        (
            14,
            "queues / General / texts / closed / en",
            "This is empty or too long. Write text of at most 16000 characters.",
        ),
        (15, "queues / General / members", "This cannot be a list. Write at most 10000 as {maria: 4}."),
        (16, "codes", "This cannot be a list. Write at most 10000 as {Topic: {codes: [Fees]}}."),
        (
            18,
            "prepared_responses / 1",
            "“text” is missing. Known keys: title, queue, language, short_code, category, text, acts.",
        ),
    ]


@pytest.mark.parametrize("text", ["", "# nothing\n", "null", "~"])
def test_an_empty_file_says_so(text):
    (fault,) = read_file(text.encode()).faults
    assert fault.message == "The file is empty."


@pytest.mark.parametrize("text", ["[a]", "word", "12", "true"])
def test_what_is_no_file_at_all(text):
    (fault,) = read_file(text.encode()).faults
    assert fault.line == 1
    assert fault.hint.startswith("Known keys: version, centre,")


def test_sections_may_be_empty():
    file = read_file(b"skills:\nagents:\nqueues: {}\nprepared_responses:\ncodes:\nhours:\nchannels:\ncentre:\n")
    assert file.faults == []
