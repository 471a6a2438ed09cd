"""Which episodes facts make: a table, whatever the order in which they are told."""

from datetime import datetime, timedelta
from itertools import permutations
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contactcenter_chat.actions.remote.episodes import Told, course_of, name_of

SHORT = 5
BEGIN = datetime(2026, 1, 5, 9, tzinfo=ZoneInfo("UTC"))
KINDS = {
    "activated": "conversation.activated",
    "queued": "interaction.queued",
    "joined": "agent.joined",
    "left": "agent.left",
    "transferred": "interaction.transferred",
    "gone": "customer.left",
    "idled": "conversation.idled",
}

# What is told (second, what, which agent), the episodes that it makes (entered, accepted, ended, agent, outcome, ended
# by), and the state that they leave the conversation in.
TABLE = {
    "nothing": ([], [], "created"),
    "the customer writes": (["0 activated"], [], "active"),
    "the customer writes and thinks better of it": (["0 activated", "1 gone"], [], "idle"),
    "the centre hears of the customer who has left": (["0 activated", "1 gone", "5 queued"], [], "idle"),
    "the customer writes again before the centre hears of it": (
        ["0 activated", "1 gone", "2 activated", "5 queued"],
        [(5, None, None, "", "", "")],
        "active",
    ),
    "an agent was faster than the customer's leaving": (
        ["0 activated", "1 gone", "5 queued", "6 joined ada", "7 left ada"],
        [(6, 6, 7, "ada", "handled", "agent")],
        "idle",
    ),
    "an agent who was faster hands on": (
        ["1 gone", "6 joined ada", "7 transferred", "7 left ada", "7 queued"],
        [(6, 6, 7, "ada", "transferred", "agent"), (7, None, None, "", "", "")],
        "active",
    ),
    "the centre does not want it": (["0 activated", "1 idled"], [], "idle"),
    "it waits": (["0 queued"], [(0, None, None, "", "", "")], "active"),
    "it waits, as the customer has written": (["0 activated", "0 queued"], [(0, None, None, "", "", "")], "active"),
    "it waits in one queue, then in another": (["0 queued", "9 queued"], [(0, None, None, "", "", "")], "active"),
    "an agent answers": (["0 queued", "10 joined ada"], [(0, 10, None, "ada", "", "")], "active"),
    "the first that is heard is an agent": (["10 joined ada"], [(10, 10, None, "ada", "", "")], "active"),
    "the agent ends it": (
        ["0 queued", "10 joined ada", "20 left ada"],
        [(0, 10, 20, "ada", "handled", "agent")],
        "idle",
    ),
    "within one millisecond an agent leaves before the next one joins": (
        ["0 queued", "10 joined ada", "20 joined alan", "20 left ada"],
        [(0, 10, 20, "ada", "handled", "agent"), (20, 20, None, "alan", "", "")],
        "active",
    ),
    "of two agents the last who leaves ends it": (
        ["0 queued", "10 joined ada", "15 joined alan", "20 left ada", "30 left alan"],
        [(0, 10, 30, "alan", "handled", "agent")],
        "idle",
    ),
    "an agent of whom nothing is said": (["0 joined", "9 left"], [(0, 0, 9, "", "handled", "agent")], "idle"),
    "an agent joins twice and leaves once": (
        ["10 joined ada", "12 joined ada", "20 left ada"],
        [(10, 10, 20, "ada", "handled", "agent")],
        "idle",
    ),
    "an agent leaves who was never there": (
        ["0 queued", "10 joined ada", "15 left alan"],
        [(0, 10, None, "ada", "", "")],
        "active",
    ),
    "an agent leaves what nobody has answered": (["0 queued", "5 left ada"], [(0, None, None, "", "", "")], "active"),
    "an agent leaves what was never heard of": (["5 left ada"], [], "created"),
    "handed on": (
        ["0 queued", "10 joined ada", "30 transferred", "30 left ada", "30 queued", "40 joined alan"],
        [(0, 10, 30, "ada", "transferred", "agent"), (30, 40, None, "alan", "", "")],
        "active",
    ),
    "handed on is one episode only": (
        ["0 joined ada", "10 transferred", "10 left ada", "20 joined ada", "30 left ada"],
        [(0, 0, 10, "ada", "transferred", "agent"), (20, 20, 30, "ada", "handled", "agent")],
        "idle",
    ),
    "handed on where nothing is": (["0 transferred"], [], "created"),
    "the customer does not wait": (
        ["0 queued", "4 gone"],
        [(0, None, 4, "", "short_abandoned", "customer")],
        "idle",
    ),
    "the customer has waited long enough": (
        ["0 queued", "5 gone"],
        [(0, None, 5, "", "abandoned", "customer")],
        "idle",
    ),
    "the customer ends the chat": (
        ["0 queued", "1 joined ada", "2 gone"],
        [(0, 1, 2, "ada", "handled", "customer")],
        "idle",
    ),
    "the customer ends it before the agent can": (
        ["0 queued", "10 joined ada", "20 gone", "20 left ada"],
        [(0, 10, 20, "ada", "handled", "customer")],
        "idle",
    ),
    "the customer leaves what has ended": (
        ["0 joined ada", "10 left ada", "20 gone"],
        [(0, 0, 10, "ada", "handled", "agent")],
        "idle",
    ),
    "the customer leaves what was never heard of": (["5 gone"], [], "created"),
    "the centre ends what waits": (["0 queued", "9 idled"], [(0, None, 9, "", "cancelled", "system")], "idle"),
    "the centre ends a chat": (
        ["0 queued", "1 joined ada", "9 idled"],
        [(0, 1, 9, "ada", "handled", "system")],
        "idle",
    ),
    "the centre says that it is idle after its end": (
        ["1 joined ada", "9 left ada", "9 idled"],
        [(1, 1, 9, "ada", "handled", "agent")],
        "idle",
    ),
    "the customer writes again": (
        ["1 joined ada", "9 left ada", "20 activated"],
        [(1, 1, 9, "ada", "handled", "agent")],
        "active",
    ),
    "the customer writes again and leaves": (
        ["1 joined ada", "9 left ada", "20 activated", "21 gone"],
        [(1, 1, 9, "ada", "handled", "agent")],
        "idle",
    ),
    "the customer writes again and waits again": (
        ["1 joined ada", "9 left ada", "20 activated", "21 queued"],
        [(1, 1, 9, "ada", "handled", "agent"), (21, None, None, "", "", "")],
        "active",
    ),
    "that somebody is to answer says nothing new of a chat": (
        ["1 joined ada", "5 activated", "9 left ada"],
        [(1, 1, 9, "ada", "handled", "agent")],
        "idle",
    ),
}
rows = pytest.mark.parametrize(("told", "episodes", "state"), TABLE.values(), ids=TABLE)


def fact(text):
    """``"10 joined ada"`` as a fact."""
    second, kind, *agent = text.split()
    data = {"agent_id": agent[0]} if agent else {}
    return Told(BEGIN + timedelta(seconds=int(second)), KINDS[kind], data)


def read(facts):
    """The course of these facts, as the table has it."""
    course = course_of(facts, short_seconds=SHORT)
    episodes = [
        (
            *(_second(time) for time in (each.entered_at, each.accepted_at, each.ended_at)),
            each.agent,
            each.outcome,
            each.ended_by,
        )
        for each in course.episodes
    ]
    return episodes, course.state


def _second(time):
    return None if time is None else (time - BEGIN).total_seconds()


@rows
def test_what_is_told_makes_these_episodes(told, episodes, state):
    assert read(map(fact, told)) == (episodes, state)


@rows
def test_in_any_order(told, episodes, state):
    facts = [fact(text) for text in told]
    assert all(read(order) == (episodes, state) for order in permutations(facts))


@rows
def test_only_the_last_may_be_open(told, episodes, state):
    course = course_of(map(fact, told), short_seconds=SHORT)
    is_open = bool(episodes) and episodes[-1][2] is None
    assert course.open is (course.episodes[-1] if is_open else None)
    assert all(ended is not None for _entered, _accepted, ended, *_how in episodes[:-1])


FACTS = st.lists(
    st.builds(
        lambda second, kind, agent: Told(BEGIN + timedelta(seconds=second), kind, {"agent_id": agent}),
        st.integers(0, 7),
        st.sampled_from(sorted(KINDS.values())),
        st.sampled_from(["ada", "alan"]),
    ),
    max_size=12,
)


@given(FACTS, st.randoms())
@settings(max_examples=300, deadline=None)
def test_neither_order_nor_repetition_changes_anything(facts, random):
    expected = read(facts)
    repeated = facts + random.choices(facts, k=3) if facts else facts
    for others in (random.sample(facts, len(facts)), random.sample(repeated, len(repeated))):
        assert read(others) == expected
    assert all(ended is not None for _entered, _accepted, ended, *_how in expected[0][:-1])


def test_the_order_of_what_a_fact_says_is_none():
    """A database gives the keys back in another order than they were written in."""
    first, second = ({"agent_id": "7", "first_name": "Ada"}, {"first_name": "Ada", "agent_id": "7"})
    assert Told(BEGIN, KINDS["joined"], first).place == Told(BEGIN, KINDS["joined"], second).place


@pytest.mark.parametrize(
    ("data", "name"),
    [
        ({"agent_id": "7", "first_name": "Ada", "last_name": "Lovelace"}, "Ada Lovelace"),
        ({"agent_id": "7", "first_name": "Ada", "last_name": ""}, "Ada"),
        ({"agent_id": "7", "last_name": "Lovelace"}, "Lovelace"),
        ({"agent_id": "7", "first_name": "", "last_name": ""}, "7"),
        ({}, ""),
    ],
)
def test_what_an_agent_is_called(data, name):
    assert name_of(data) == name
