"""Who is offered what, when several wait for several."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contactcenter_chat.routing.base import Decision, Router
from contactcenter_chat.routing.by_skill import BySkill
from contactcenter_chat.routing.dispatch import NO_ROOM, Free, Unroutable, Waiting, choose
from contactcenter_chat.routing.pace import SLOT
from contactcenter_chat.routing.plan import Requirement

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
FEES, SPANISH = Requirement({"fees": 3}), Requirement({}, "es")


def waits(name, due=0, *requirements, queue="q", **about):
    """One that is due so many seconds after noon."""
    due_at = NOON + timedelta(seconds=due)
    return Waiting(name, queue, due_at, requirements or (Requirement(),), **about)


def free(name, *queues, load=0, capacity=1, **about):
    return Free(name, dict.fromkeys(queues or ("q",), 3), SLOT * load, capacity, NOON, **about)


def offered(groups, agents, router=None):
    """What is offered to whom, in this order, and what is asked again later."""
    choices = choose([iter(group) for group in groups], agents, router=router or BySkill(), now=NOON)
    return [(each.waiting.interaction_id, each.decision.agent_id) for each in choices]


def test_the_one_due_first_before_all_others():
    groups = [[waits("b", 2), waits("d", 4)], [waits("a", 1, FEES), waits("c", 3, FEES)]]
    agents = [free("x", capacity=3, skills={"fees": 3})]
    assert offered(groups, agents) == [("a", "x"), ("b", "x"), ("c", "x")]


class EachAlone(BySkill):
    """Nothing is concluded from one about those behind it."""

    looks_at_each = True


REQUIRED = st.sampled_from([Requirement(), FEES, SPANISH])
ROWS = st.lists(st.tuples(st.integers(-2, 2), REQUIRED, st.sampled_from([0, 1, SLOT])))
STAFF = st.lists(st.tuples(st.integers(0, 2), st.integers(1, 3), st.integers(0, 4), st.integers(0, 1)), max_size=4)


@given(ROWS, STAFF, st.sampled_from([0, 60]))
def test_to_look_again_at_whom_a_choice_has_changed_is_enough(rows, staff, gap):
    """Those of one group are answered as if each were looked at afresh."""
    rows = sorted(enumerate(rows), key=lambda row: (row[1][0], row[0]))
    made = [waits(f"i{n:03}", due, required, gap=gap, share=share) for n, (due, required, share) in rows]
    answers = []
    for groups in ([iter(made)], [iter([each]) for each in made]):
        agents = [
            free(
                f"a{n}", load=min(load, size), capacity=size, skills={"fees": fees}, languages={"es": 1} if es else {}
            )
            for n, (load, size, fees, es) in enumerate(staff)
        ]
        choices = list(choose(groups, agents, router=EachAlone(), now=NOON))
        answers.append([(c.waiting, c.decision, sorted(c.candidates, key=repr), c.ruled_out) for c in choices])
    assert answers[0] == answers[1]


def test_ties_by_id():
    assert offered([[waits("b")], [waits("a")]], [free("x", capacity=2)]) == [("a", "x"), ("b", "x")]


def test_nobody_gets_what_asks_for_more_than_they_have():
    groups = [[waits("a", 0, FEES)], [waits("b", 1, SPANISH)], [waits("c", 2)]]
    agents = [free("x", skills={"fees": 2}, languages={"en": 5})]
    assert offered(groups, agents) == [("c", "x")]


def test_who_speaks_a_regional_kind_serves():
    assert offered([[waits("a", 0, SPANISH)]], [free("x", languages={"es-MX": 1})]) == [("a", "x")]


def test_across_queues_what_is_due_first_gets_the_agent_of_both():
    groups = [[waits("late", 9, queue="q")], [waits("early", 1, queue="r")]]
    assert offered(groups, [free("both", "q", "r")]) == [("early", "both")]
    only = free("only", "r")
    assert offered(groups, [free("both", "q", "r", load=1, capacity=2), only]) == [("early", "only"), ("late", "both")]


def test_who_meets_an_earlier_step_comes_first():
    relaxed = waits("a", 0, FEES, Requirement())
    agents = [free("any"), free("fees", load=1, capacity=2, skills={"fees": 3})]
    assert offered([[relaxed]], agents) == [("a", "fees")]


@pytest.mark.parametrize(("prefer", "chosen"), [("enough", "idle"), ("best", "best")])
def test_what_the_queue_prefers(prefer, chosen):
    agents = [free("idle", skills={"fees": 3}), free("best", load=1, capacity=2, skills={"fees": 5})]
    assert offered([[waits("a", 0, FEES, prefer=prefer)]], agents) == [("a", chosen)]


def test_kept_for_one_agent_whatever_it_requires():
    kept = waits("a", 0, FEES, only_agent_id="y")
    assert offered([[kept], [waits("b", 1)]], [free("x"), free("y", capacity=2)]) == [("a", "y"), ("b", "x")]
    assert offered([[kept]], [free("x", skills={"fees": 5})]) == []


def test_a_gap_between_two_offers_unless_what_waits_is_due():
    groups = [[waits("a", -5, gap=15), waits("b", -4, gap=15), waits("c", 30, gap=15)]]
    assert offered(groups, [free("x", capacity=3)]) == [("a", "x"), ("b", "x")]
    later = NOON + timedelta(seconds=1)
    rested = [free("x", load=2, capacity=3, rested_at=NOON), free("y", load=1, capacity=3, rested_at=later)]
    assert offered([[waits("c", 30)]], rested) == [("c", "x")]
    assert offered([[waits("c", 30)]], rested[1:]) == []


def test_no_gap_for_who_has_nothing_to_do():
    assert offered([[waits("a", 30)]], [free("x", rested_at=NOON + timedelta(seconds=9))]) == [("a", "x")]


def test_who_rests_has_not_said_no():
    said_no = waits("a", 30, asked=frozenset({"x"}))
    resting = free("y", load=1, capacity=3, rested_at=NOON + timedelta(seconds=9))
    assert offered([[said_no]], [free("x"), resting]) == []
    assert offered([[said_no]], [free("x")]) == [("a", "")]


def test_all_of_a_kind_whom_all_have_declined_are_asked_again_later():
    group = [waits("a", 0, asked=frozenset({"x"})), waits("b", 1, asked=frozenset({"x"}))]
    assert offered([group, [waits("c", 2)]], [free("x")]) == [("a", ""), ("b", ""), ("c", "x")]


def test_behind_one_that_nobody_can_take_nothing_of_its_kind_is_read():
    def endless():
        yield waits("a", 0, FEES)
        raise AssertionError("Read further than needed.")

    assert offered([endless(), [waits("b", 1)]], [free("x")]) == [("b", "x")]


class Own(Router):
    """Takes only what it likes."""

    def choose(self, request, candidates):
        return Decision("x" if request.interaction_id == "b" else "", {})


class OwnByKind(Own):
    looks_at_each = False


def test_a_router_that_looks_at_each_is_asked_about_each():
    assert offered([[waits("a"), waits("b")]], [free("x")], Own()) == [("b", "x")]
    assert offered([[waits("a"), waits("b")]], [free("x")], OwnByKind()) == []


def test_that_it_need_not_is_not_inherited():
    class Mine(BySkill):
        pass

    assert (BySkill.looks_at_each, Mine.looks_at_each, Own.looks_at_each) == (False, True, True)


class Strange(Router):
    def choose(self, request, candidates):
        return Decision("nobody we know", {})


def test_what_a_router_fails_with_is_named():
    with pytest.raises(Unroutable) as caught:
        offered([[waits("a")]], [free("x")], Strange())
    assert caught.value.waiting.interaction_id == "a"
    assert str(caught.value.__cause__).endswith("chose 'nobody we know', who is no candidate.")


class Taking(BySkill):
    """Changes what it is given, and goes on with what it answered."""

    looks_at_each = True
    answer: dict = {}

    def choose(self, request, candidates):
        self.answer.clear()
        self.answer["asked about"] = request.interaction_id
        candidates[0].languages.clear()
        return Decision(candidates.pop(0).agent_id, self.answer)


def test_what_a_router_does_with_what_it_is_given_is_its_own():
    agents = [free("x", capacity=2, languages={"es": 3})]
    choices = list(choose([iter([waits("a", 0, SPANISH), waits("b", 1, SPANISH)])], agents, router=Taking(), now=NOON))
    assert [each.decision for each in choices] == [
        Decision("x", {"asked about": "a"}),
        Decision("x", {"asked about": "b"}),
    ]


def test_where_nobody_is_free_nothing_is_asked():
    assert offered([[waits("a")]], [free("x", "other")], Strange()) == []


# Shares of a slot


def thirds(name, load, capacity=1, *queues, **about):
    """Whoever has so many thirds of a slot."""
    return Free(name, dict.fromkeys(queues or ("q",), 3), load, capacity, NOON, **about)


def test_three_of_messaging_fit_where_one_live_does():
    agents = [thirds("x", 0)]
    groups = [[waits(str(number), number, share=1) for number in range(4)]]
    assert offered(groups, agents) == [("0", "x"), ("1", "x"), ("2", "x")]
    assert agents[0].load == 3


def test_a_router_is_told_the_load_in_chats():
    (choice,) = choose([iter([waits("a", share=1)])], [thirds("x", 4, 2)], router=BySkill(), now=NOON)
    (candidate,) = choice.candidates
    assert (candidate.load, candidate.capacity) == (4 / 3, 2)


def test_who_has_room_for_a_third_is_not_offered_a_whole_one():
    agents = [thirds("third", 1), thirds("free", 0)]
    (choice,) = choose([iter([waits("live")])], agents, router=BySkill(), now=NOON)
    assert (choice.decision.agent_id, choice.ruled_out) == ("free", {"third": NO_ROOM})


def test_nor_does_what_was_looked_at_before():
    """Another group, of which one was offered already, is told of it."""
    groups = [[waits("live", 1)], [waits("a", 0, share=1), waits("b", 2, share=1)]]
    assert offered(groups, [thirds("x", 0)]) == [("a", "x")]


def test_what_is_due_later_does_not_take_the_room_that_one_before_waits_for():
    """Only that of the agent who has the most: the others go on."""
    agents = [thirds("more", 1), thirds("less", 2)]
    groups = [[waits("live", 1)], [waits("a", 2, share=1), waits("b", 3, share=1)]]
    assert offered(groups, agents) == [("a", "less")]
    assert [agent.is_kept_free for agent in agents] == [True, False]


def test_what_is_due_before_takes_it():
    groups = [[waits("live", 3)], [waits("a", 2, share=1)]]
    assert offered(groups, [thirds("x", 1)]) == [("a", "x")]


def test_room_is_kept_only_of_those_who_could_take_it():
    groups = [[waits("live", 1, asked=frozenset({"x"}))], [waits("a", 2, share=1)]]
    assert offered(groups, [thirds("x", 1)]) == [("a", "x")]
    groups = [[waits("live", 1, only_agent_id="y")], [waits("a", 2, share=1)]]
    assert offered(groups, [thirds("x", 1), thirds("y", 1)]) == [("a", "x")]


def test_what_takes_no_room_takes_none_that_is_kept():
    groups = [[waits("live", 1)], [waits("mail", 2, share=0)]]
    assert offered(groups, [thirds("x", 1)]) == [("mail", "x")]


def test_room_is_kept_for_one_look():
    agents = [thirds("x", 1)]
    assert offered([[waits("live", 1)], [waits("a", 2, share=1)]], agents) == []
    assert offered([[waits("a", 2, share=1)]], agents) == [("a", "x")]


def test_of_what_takes_no_slot_one_rings_at_a_time():
    groups = [[waits(str(number), number, share=0) for number in range(3)]]
    agents = [thirds("x", 0), thirds("y", 2), thirds("z", 0, rings=True)]
    assert offered(groups, agents) == [("0", "x"), ("1", "y")]
    assert [agent.load for agent in agents] == [0, 2, 0]


def test_after_what_takes_no_slot_an_agent_rests_though_it_has_nothing():
    resting = thirds("x", 0, rested_at=NOON + timedelta(seconds=9))
    assert offered([[waits("mail", 60, share=0)]], [resting]) == []
    assert offered([[waits("mail", 0, share=0)]], [resting]) == [("mail", "x")]
