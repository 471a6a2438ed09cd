"""Whom does the longest-idle router ask?"""

from datetime import UTC, datetime, timedelta

import pytest

from contactcenter_chat.routing.base import Candidate, Decision, Request
from contactcenter_chat.routing.longest_idle import LongestIdle

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


def agent(agent_id, *, idle=0, level=3, load=0, capacity=3, first_in_line=False):
    return Candidate(agent_id, level, load, capacity, NOON - timedelta(seconds=idle), first_in_line)


@pytest.mark.parametrize(
    ("candidates", "chosen"),
    [
        ([], ""),
        ([agent("a", idle=5), agent("b", idle=9)], "b"),
        ([agent("b"), agent("a")], "a"),
        ([agent("a", idle=9, load=1), agent("b", idle=1)], "b"),
        ([agent("a", load=1, capacity=2), agent("b", load=2, capacity=6)], "b"),
        ([agent("a", idle=9), agent("b", level=5)], "b"),
        ([agent("a", idle=9, level=5), agent("b", first_in_line=True, load=2)], "b"),
        ([agent("a", level=0)], ""),
    ],
)
def test_the_choice(candidates, chosen):
    assert LongestIdle().choose(Request("i"), candidates).agent_id == chosen


def test_what_ruled_the_others_out():
    candidates = [agent("a", idle=9), agent("b"), agent("c"), agent("d", level=0)]
    decision = LongestIdle().choose(Request("i", asked_agent_ids=frozenset({"b"})), candidates)
    assert decision == Decision("a", {"b": "asked_already", "c": "others_first", "d": "not_a_member"})


def test_what_is_kept_for_an_agent_is_offered_to_nobody_else():
    request = Request("i", only_agent_id="b")
    assert LongestIdle().choose(request, [agent("a")]) == Decision("", {"a": "kept_for_another"})
    assert LongestIdle().choose(request, [agent("a"), agent("b", level=0)]).agent_id == "b"
