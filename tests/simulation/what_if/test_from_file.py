"""What a centre file says of what is simulated."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from contactcenter_chat.routing.plan import Plan, Step
from contactcenter_chat.simulation.what_if.centre import Agent, Queue
from contactcenter_chat.simulation.what_if.from_file import centre_of, read

COLLEGE = Path(__file__).parent / "files" / "college.yaml"


@pytest.fixture(scope="module")
def college():
    return read(str(COLLEGE))


def test_agents(college):
    assert college.time_zone == "Europe/London"
    assert college.agents == {
        "maria": Agent("maria", 3, {"fees": 4, "visas": 2}, {"en": 5, "es": 3}),
        "tom": Agent("tom", 2, {"housing": 5}, {"en": 5}),
        "petra": Agent("petra", 3, {}, {"en": 5}),
    }


def test_a_queue_that_says_everything(college):
    finance = college.queues["Student finance"]
    plan = Plan({"fees": 3}, steps=(Step(40, {"fees": 1}), Step(90, {}, "translate", asked=False)))
    assert finance == Queue(
        "Student finance",
        {"maria": 4, "tom": 2},
        plan,
        finance.hours,
        target=40,
        closed_target=9000,
        share=0.9,
        priority=5,
        prefer="best",
        gap=0,
        grace=60,
        max_wait=900,
        overflow=("General",),
        when_closed="message",
        when_empty="overflow",
    )


def test_a_target_with_a_time_or_a_percent_alone():
    tree = {"queues": {"q": {"target": {"percent": 95, "seconds": None}, "closed_target": {"percent": 70}}}}
    assert centre_of(tree, "").queues["q"] == Queue("q", {}, share=0.95)
    assert centre_of({"queues": {"q": {"target": {"seconds": 9}}}}, "").queues["q"] == Queue("q", {}, target=9)


def test_targets_of_the_other_paces():
    targets = {"messaging": {"percent": 80, "open_hours": 1.5}, "mail": None}
    assert centre_of({"queues": {"q": {"targets": targets}}}, "").queues["q"] == Queue("q", {}, messaging_target=5400)


def test_a_queue_that_says_little(college):
    assert college.queues["Refunds"] == Queue("Refunds", {"maria": 5}, Plan(language="any"))
    assert college.spoken_in(college.queues["Refunds"]) == {"en", "es"}


@pytest.mark.parametrize(
    ("moment", "is_open"),
    [
        ("2026-06-04T16:59", True),  # in London; a Thursday
        ("2026-06-04T13:00", False),
        ("2026-06-05T15:30", False),  # a Friday
        ("2026-06-06T10:00", False),
        ("2026-12-24T11:59", True),
        ("2026-12-24T14:00", False),
        ("2026-12-31T10:00", False),
        ("2026-12-25T10:00", False),  # a holiday
    ],
)
def test_hours(college, moment, is_open):
    hours = college.queues["Student finance"].hours
    assert hours.is_open(datetime.fromisoformat(moment).replace(tzinfo=hours.zone).astimezone(UTC)) == is_open


def test_queues_that_share_agents_are_looked_at_together(college):
    assert set(college.parts) == {frozenset(college.queues)}
    tree = {
        "agents": {"a": {}, "b": {}},
        "queues": {"q": {"members": {"a": 1}}, "r": {"members": {"b": 1}}, "s": None},
    }
    assert set(centre_of(tree, "").parts) == {frozenset("q"), frozenset("r"), frozenset("s")}


def test_days_of_the_week():
    tree = {"hours": {"h": {"weekly": {"mon, wed-thu, sun": ["09:00-17:00"]}}}, "queues": {"q": {"hours": "h"}}}
    assert sorted(centre_of(tree, "").queues["q"].hours.weekly) == [0, 2, 3, 6]


@pytest.mark.parametrize(
    ("tree", "message"),
    [
        ({"queues": {"q": {"members": {"eve": 1}, "overflow": ["r"]}}}, "q has a member eve, who is no agent; q over"),
        ({"queues": {"q": {"hours": "night"}}}, "It is no centre file: KeyError 'night'."),
        ({"queues": ["q"]}, "It is no centre file: AttributeError"),
        ({"hours": {"h": {"weekly": {"someday": []}}}}, "tuple.index"),
        ({"centre": {"time_zone": "Mars/North"}}, "It is no centre file: ZoneInfoNotFoundError"),
    ],
)
def test_what_is_wrong_is_told(tree, message):
    with pytest.raises(ValueError, match=message):
        centre_of(tree, "")


def test_a_file_that_is_no_yaml(tmp_path):
    file = tmp_path / "centre.yaml"
    file.write_text("queues: {q: [}")
    with pytest.raises(ValueError, match="line 1"):
        read(str(file))
    file.write_text("")
    with pytest.raises(ValueError, match="The file is empty"):
        read(str(file))


def test_what_apply_centre_would_refuse_is_refused_with_its_lines(tmp_path):
    file = tmp_path / "wrong.yaml"
    file.write_text("queues:\n  A: {membres: {}}\nagents:\n  maria: {capacity: 99}\n")
    with pytest.raises(ValueError, match="Unknown key") as refusal:
        read(str(file))
    assert str(refusal.value).splitlines() == [
        "line 2: queues / A: Unknown key “membres”. Did you mean “members”?",
        "line 4: agents / maria / capacity: “99” is out of range. Write a whole number from 1 to 25.",
    ]


def test_the_clock_is_that_of_the_opening_hours(tmp_path):
    file = tmp_path / "centre.yaml"
    file.write_text('hours: {office: {time_zone: Europe/Madrid, weekly: {mon: ["09:00-17:00"]}}}\nqueues: {A: {}}\n')
    assert read(str(file)).time_zone == "Europe/Madrid"


def test_of_very_many_faults_the_first_hundred_are_told(tmp_path):
    file = tmp_path / "centre.yaml"
    file.write_text("skills: [" + "[a], " * 105 + "]\n")
    with pytest.raises(ValueError, match="line 1") as refusal:
        read(str(file))
    assert str(refusal.value).splitlines()[100:] == ["and 5 more errors"]
