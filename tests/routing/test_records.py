"""Is what was asked kept so that it can be asked once more?"""

import json
from datetime import UTC, datetime, timedelta, timezone
from operator import itemgetter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contactcenter_chat.routing.base import Candidate, Decision, Request, Router
from contactcenter_chat.routing.by_skill import BySkill
from contactcenter_chat.routing.dispatch import name_of
from contactcenter_chat.routing.longest_idle import LongestIdle
from contactcenter_chat.routing.order import BEST, ENOUGH
from contactcenter_chat.routing.plan import Requirement
from contactcenter_chat.routing.records import (
    Record,
    Replay,
    differing,
    merged,
    replayed,
    told_candidate,
    told_request,
)

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
LEVEL = st.integers(1, 5)
LEVELS = st.dictionaries(st.text(max_size=5), LEVEL, max_size=3)
TIMES = st.datetimes(timezones=st.sampled_from([UTC, timezone(-timedelta(hours=3))]))
CANDIDATES = st.builds(
    Candidate,
    st.sampled_from("abcdef"),
    st.integers(0, 5),
    st.integers(0, 24),
    st.just(25),
    TIMES,
    st.booleans(),
    LEVELS,
    LEVELS,
    st.integers(0, 6),
    st.integers(0, 30),
)
REQUESTS = st.builds(
    Request,
    st.just("i"),
    st.sampled_from(["", "a", "b"]),
    st.frozensets(st.sampled_from("abcdef")),
    st.builds(Requirement, LEVELS, st.sampled_from(["", "es", "pt-BR"])),
    st.sampled_from([ENOUGH, BEST]),
)


def kept(router, request, candidates, others=()):
    """The record of what a router answers, as a JSON column gives it back; ``others`` were not shown to it."""
    decision = router.choose(request, candidates)
    considered = [told_candidate(each, decision.ruled_out.get(each.agent_id, "")) for each in candidates]
    told = [told_request(request), [*considered, *({"agent": each, "ruled_out": "rests"} for each in others)]]
    asked, considered = json.loads(json.dumps(told))
    return Record(request.interaction_id, name_of(router), asked, considered, decision.agent_id)


@given(REQUESTS, st.lists(CANDIDATES, unique_by=lambda each: each.agent_id))
def test_what_was_asked_is_kept_in_full(request, candidates):
    record = kept(BySkill(), request, candidates, others=["z"])
    assert (record.asked(), record.candidates()) == (request, candidates)


TOLD = st.lists(
    st.builds(told_candidate, CANDIDATES, st.sampled_from(["", "others_first"])), unique_by=itemgetter("agent")
)


@given(TOLD, TOLD)
def test_what_differs_is_enough(base, candidates):
    before = {each["agent"]: each for each in base}
    others = [each for each in candidates if before.get(each["agent"]) != each]
    gone = before.keys() - {each["agent"] for each in candidates}
    changes = json.loads(json.dumps(differing(others, before, gone)))
    found = merged(json.loads(json.dumps(base)), changes)
    assert sorted(found, key=itemgetter("agent")) == sorted(candidates, key=itemgetter("agent"))
    if not gone and candidates:
        assert [each["agent"] for each in found[: len(base)]] == [each["agent"] for each in base]


def test_only_what_differs_is_kept_of_somebody():
    before = told_candidate(Candidate("a", 3, 0, 2, NOON, first_in_line=True), "")
    after = told_candidate(Candidate("a", 3, 1, 2, NOON), "others_first")
    changes = [{"agent": "a", "load": 1, "ruled_out": "others_first", "first_in_line": None}]
    assert differing([after], {"a": before}, []) == changes
    assert merged([before], changes) == [after]


@given(REQUESTS, st.lists(CANDIDATES, unique_by=lambda each: each.agent_id), st.sampled_from([BySkill, LongestIdle]))
def test_asked_once_more_a_router_answers_the_same(request, candidates, router):
    record = kept(router(), request, candidates, others=["z"])
    assert replayed(record).same is (True if record.agent_id else None)


class Raises(Router):
    def choose(self, request, candidates):
        raise LookupError("gone")


class Last(Router):
    def choose(self, request, candidates):
        return Decision(candidates[-1].agent_id, {"z": "nobody we know"})


def record_of(**changes):
    candidates = [Candidate("a", 3, 0, 1, NOON), Candidate("b", 3, 0, 1, NOON)]
    record = kept(LongestIdle(), Request("i"), candidates)
    return Record(**{**vars(record), **changes})


def test_another_answer_differs():
    found = replayed(record_of(agent_id="b"))
    assert found == Replay(False, Decision("a", {"b": "others_first"}))


def test_other_reasons_differ():
    considered = [{**each, "ruled_out": ""} for each in record_of().considered]
    assert replayed(record_of(considered=considered)).same is False


def test_what_a_router_says_of_others_is_not_compared():
    considered = [{**each, "ruled_out": ""} for each in record_of().considered]
    assert replayed(record_of(router=name_of(Last()), agent_id="b", considered=considered)).same is True


def test_a_router_that_fails_now_differs():
    found = replayed(record_of(router=name_of(Raises())))
    assert (found.same, found.error) == (False, "LookupError: gone")


def test_of_a_router_that_is_gone_nothing_can_be_said():
    found = replayed(record_of(router="mysite.routing.Gone"))
    assert (found.same, found.error) == (None, "ModuleNotFoundError: No module named 'mysite'")


@pytest.mark.parametrize(
    "changes",
    [{"request": {}}, {"agent_id": ""}, {"considered": [{"agent": "a", "level": 1}]}, {"request": {"asked": []}}],
)
def test_where_less_was_kept_nothing_can_be_said(changes):
    assert replayed(record_of(**changes)) == Replay(None)
