"""A virtual clock: what becomes of those who come?"""

from datetime import timedelta

import pytest

from contactcenter_chat.routing.base import Decision, Router
from contactcenter_chat.routing.plan import Plan, Step
from contactcenter_chat.simulation.what_if.arrivals import Chances, synthetic
from contactcenter_chat.simulation.what_if.centre import Agent

from .days import OFFICE, at, clock, comes, queue, told

ADA = Agent("ada", 1)


def test_first_come_first_served_and_work_takes_its_time(run):
    stays = run([comes("09:00"), comes("09:00:01"), comes("09:00:02")])
    assert told(stays) == [
        (0, "fees", "answered", "09:00:05"),
        (1, "fees", "answered", "09:01:10"),
        (2, "fees", "answered", "09:02:15"),
    ]
    assert [clock(each.left_at) for each in stays] == ["09:01:05", "09:02:10", "09:03:15"]
    assert [each.agent for each in stays] == ["ada"] * 3


def test_what_is_not_over_in_time_still_waits(run):
    stays = run([comes("09:00", handle=10_000), comes("09:30"), comes("10:30")], hours=1)
    assert told(stays) == [(0, "fees", "answered", "09:00:05"), (1, "fees", "waiting", None)]


def test_whoever_has_enough_leaves_and_the_agent_is_first_in_line(run):
    agents = [Agent("ada", 1), Agent("bob", 1)]
    arrivals = [
        comes("09:00", patience_seconds=3),  # leaves while it rings at ada's
        comes("09:00:01", handle=10_000),  # bob has it
        comes("09:01", handle=10_000),
        comes("09:02", patience_seconds=20),
    ]
    stays = run(arrivals, agents=agents)
    assert told(stays) == [
        (0, "fees", "abandoned", "09:00:03"),
        (1, "fees", "answered", "09:00:06"),
        (2, "fees", "answered", "09:01:05"),
        (3, "fees", "abandoned", "09:02:20"),
    ]
    assert [each.agent for each in stays] == ["ada", "bob", "ada", ""]


def test_whoever_lost_an_offer_is_asked_first(run):
    agents = [Agent("ada", 1), Agent("bob", 1)]
    arrivals = [comes("09:00", patience_seconds=3), comes("09:01")]
    assert [each.agent for each in run(arrivals, agents=agents)] == ["ada", "ada"]
    arrivals = [comes("09:00", handle=5), comes("09:01")]
    assert [each.agent for each in run(arrivals, agents=agents)] == ["ada", "bob"]  # without: who was idle for longer


def test_a_queue_asks_for_less_as_time_passes(run):
    agents = [Agent("ada", 1, {"fees": 2}), Agent("bob", 1, {"fees": 5})]
    plan = Plan({"fees": 4}, steps=(Step(40, {"fees": 1}),))
    stays = run([comes("09:00", handle=600), comes("09:01")], queue("fees", agents, plan=plan), agents=agents)
    assert told(stays) == [(0, "fees", "answered", "09:00:05"), (1, "fees", "answered", "09:01:45")]
    assert [(each.agent, each.step, each.earliest, each.asked, each.levels) for each in stays] == [
        ("bob", 0, 0, 1, 5),
        ("ada", 1, 1, 1, 2),
    ]


def test_a_step_that_nobody_has_is_skipped(run):
    plan = Plan({"fees": 4}, steps=(Step(40, {"fees": 1}),))
    agents = [Agent("ada", 1, {"fees": 2})]
    (stay,) = run([comes("09:00")], queue("fees", agents, plan=plan), agents=agents)
    assert (clock(stay.answered_at), stay.step) == ("09:00:05", 1)


def test_languages_and_skills_that_are_asked_for(run):
    agents = [Agent("ada", 1, {}, {"en": 5}), Agent("bob", 1, {"visas": 3}, {"es-MX": 2})]
    arrivals = [comes("09:00", language="es"), comes("09:05", skills={"visas": 2}), comes("09:10", language="cy")]
    stays = run(arrivals, agents=agents)
    assert [each.agent for each in stays] == ["bob", "bob", "ada"]  # nobody speaks Welsh: it is not waited for
    assert [(each.asked, each.levels) for each in stays] == [(1, 2), (1, 3), (0, 0)]


def test_two_offers_to_one_agent_are_apart(run):
    stays = run([comes("09:00"), comes("09:00")], queue(agents=[ADA], gap=15), agents=[Agent("ada", 2)])
    assert [clock(each.offered_at) for each in stays] == ["09:00:00", "09:00:15"]


def test_overnight_it_is_kept_and_does_not_count_against_live_ones(run):
    fees = queue("fees", [ADA], hours=OFFICE)
    arrivals = [comes("08:00"), comes("09:00:01"), comes("12:30")]
    stays = run(arrivals, fees, start=at("06:00"))
    assert [(clock(each.answered_at), each.kept, clock(each.due_at)) for each in stays] == [
        ("09:00:05", True, "14:00:00"),
        ("09:01:10", False, "09:01:01"),
        ("13:00:05", True, "17:00:00"),
    ]


def test_what_waits_at_closing_is_served_for_a_while_and_then_kept(run):
    fees = queue("fees", [ADA], hours=OFFICE, grace=60)
    arrivals = [comes("11:59", handle=90), comes("11:59:30", handle=60), comes("11:59:40")]
    stays = run(arrivals, fees)
    assert told(stays) == [
        (0, "fees", "answered", "11:59:05"),
        (1, "fees", "answered", "12:00:40"),
        (2, "fees", "answered", "13:00:05"),
    ]


def busy_until_noon(**fees):
    """Ten chats have ended, one more takes until noon; then somebody comes."""
    arrivals = [comes(f"09:{number:02}", handle=60) for number in range(0, 40, 4)]
    arrivals += [comes("11:30", handle=1795), comes("11:51")]
    return arrivals, queue("fees", [ADA], hours=OFFICE, grace=3600, **fees)


def test_what_would_wait_past_closing_finds_it_closed(run):
    arrivals, fees = busy_until_noon(closing=600)
    late = [comes("11:59:30", patience_seconds=1)]
    stays = run([*arrivals, *late], fees)
    assert [(each.kept, clock(each.answered_at)) for each in stays[-2:]] == [(False, "12:00:05"), (True, "13:00:05")]
    assert clock(stays[-1].due_at) == "16:59:30"  # four open hours later


def test_without_such_a_time_it_is_open_until_it_closes(run):
    arrivals, fees = busy_until_noon(closing=0)
    stays = run([*arrivals, comes("11:59:30")], fees)
    assert [(each.kept, clock(each.answered_at)) for each in stays[-2:]] == [(False, "12:00:05"), (False, "12:01:10")]


def test_before_ten_chats_have_ended_nobody_knows(run):
    arrivals, fees = busy_until_noon(closing=600)
    stays = run([*arrivals[1:], comes("11:59:30")], fees)
    assert [each.kept for each in stays[-2:]] == [False, False]


def test_it_is_passed_on_to_none_that_will_not_serve_it_today(run):
    arrivals, fees = busy_until_noon(closing=600)
    agents = [ADA, Agent("bob", 1)]
    others = [queue("first", overflow=("fees", "last"), max_wait=30), queue("last", agents[1:])]
    stays = run([*arrivals, comes("11:59", "first")], fees, *others, agents=agents)
    assert [each.queue for each in stays[-2:]] == ["first", "last"]


def test_whoever_was_told_that_it_is_closed_does_not_leave(run):
    fees = queue("fees", [ADA], hours=OFFICE, grace=0)
    (stay,) = run([comes("12:30", patience_seconds=60)], fees)
    assert clock(stay.answered_at) == "13:00:05"


def test_after_the_longest_wait_it_is_passed_on_with_its_age(run):
    agents = [ADA, Agent("bob", 1)]
    fees = queue("fees", [ADA], max_wait=60, overflow=("closed", "general"))
    others = [queue("closed", hours=OFFICE, overflow=()), queue("general", agents[1:])]
    stays = run([comes("08:00", handle=10_000), comes("08:01")], fees, *others, agents=agents, start=at("08:00"))
    assert told(stays) == [
        (0, "fees", "answered", "08:00:05"),
        (1, "fees", "overflowed", "08:02:00"),
        (1, "general", "answered", "08:02:05"),
    ]
    assert [clock(each.due_at) for each in stays] == ["08:01:00", "08:02:00", "08:02:00"]
    assert [each.agent for each in stays] == ["ada", "", "bob"]


def test_it_is_passed_on_when_another_one_opens(run):
    agents = [ADA, Agent("bob", 1)]
    fees = queue("fees", [ADA], max_wait=60, overflow=("general",))
    general = queue("general", agents[1:], hours=OFFICE)
    stays = run([comes("08:50", handle=10_000), comes("08:51")], fees, general, agents=agents, start=at("08:00"))
    assert told(stays)[1:] == [(1, "fees", "overflowed", "09:00:00"), (1, "general", "answered", "09:00:05")]


@pytest.mark.parametrize("queues", [4, 5])
def test_it_is_passed_on_three_times_at_most_and_never_back(run, queues):
    names = [f"q{number}" for number in range(queues)]
    busy = [queue(name, max_wait=60, overflow=tuple(names)) for name in names]
    stays = run([comes("09:00", "q0")], *busy, agents=[])
    assert [each.queue for each in stays] == ["q0", "q1", "q2", "q3"]
    assert stays[-1].state == "waiting"


def test_a_closed_queue_passes_on_at_once(run):
    agents = [ADA]
    fees = queue("fees", when_closed="overflow", hours=OFFICE, overflow=("general",))
    stays = run([comes("12:30")], fees, queue("general", agents), agents=agents)
    assert told(stays) == [(0, "fees", "overflowed", "12:30:00"), (0, "general", "answered", "12:30:05")]


def test_a_closed_queue_keeps_it_as_a_follow_up(run):
    plan = Plan({"fees": 5}, steps=(Step(5, {}),))
    agents = [Agent("ada", 1, {"fees": 5}), Agent("bob", 1)]
    fees = queue("fees", agents, when_closed="message", hours=OFFICE, plan=plan, max_wait=60, overflow=("general",))
    stays = run([comes("12:30", handle=600), comes("12:31")], fees, queue("general", [], hours=OFFICE), agents=agents)
    assert told(stays) == [(0, "fees", "answered", "13:00:05"), (1, "fees", "answered", "13:10:10")]
    assert {each.agent for each in stays} == {"ada"}  # no steps


def test_where_nobody_is_there_it_is_passed_on_or_kept(run, settings):
    settings.CONTACTCENTER_CHAT = {"EMPTY_SECONDS": 120}
    fees = queue("fees", when_empty="overflow", overflow=("general",))
    visas = queue("visas", when_empty="message")
    arrivals = [comes("09:00"), comes("09:00:01", "visas", patience_seconds=600)]
    stays = run(arrivals, fees, visas, queue("general", [ADA]))
    assert told(stays) == [
        (0, "fees", "overflowed", "09:02:00"),
        (1, "visas", "waiting", None),
        (0, "general", "answered", "09:02:05"),
    ]
    assert [each.kept for each in stays] == [False, True, False]


def test_where_nobody_is_there_and_no_other_queue_is_open_it_waits_for_one(run):
    fees = queue("fees", when_empty="overflow", overflow=("general",))
    arrivals = [comes("08:50"), comes("08:51", patience_seconds=60)]
    stays = run(arrivals, fees, queue("general", [ADA], hours=OFFICE), start=at("08:00"))
    assert told(stays) == [
        (0, "fees", "overflowed", "09:00:00"),
        (1, "fees", "abandoned", "08:52:00"),
        (0, "general", "answered", "09:00:05"),
    ]


def test_what_nobody_has_is_skipped_at_opening(run):
    agents = [Agent("ada", 1, {"fees": 1})]
    plan = Plan({"fees": 3}, steps=(Step(60, {"fees": 2}), Step(120, {"fees": 1})))
    stays = run(
        [comes("08:30"), comes("11:59")],
        queue("fees", agents, plan=plan, hours=OFFICE, grace=0),
        agents=agents,
        start=at("08:00"),
    )
    assert [(each.step, clock(each.offered_at)) for each in stays] == [(2, "09:00:00"), (2, "11:59:00")]


def test_an_agent_of_two_queues_gets_what_is_due_first(run):
    queues = [queue("fees", [ADA]), queue("visas", [ADA], target=10)]
    arrivals = [comes("09:00", handle=60), comes("09:00:01"), comes("09:00:02", "visas")]
    assert [each.number for each in sorted(run(arrivals, *queues), key=lambda each: each.offered_at)] == [0, 2, 1]


class Nobody(Router):
    def choose(self, request, candidates):
        return Decision("", {})


def test_a_router_of_the_projects_decides(run, settings):
    assert [each.state for each in run([comes("09:00")], router=Nobody())] == ["waiting"]
    settings.CONTACTCENTER_CHAT = {"ROUTER": f"{__name__}.Nobody"}
    assert [each.state for each in run([comes("09:00")], router=None)] == ["waiting"]


def test_nobody_has_more_than_fits_and_nobody_is_lost(run):
    agents = [Agent(f"agent {number}", 1 + number % 3, {"fees": number % 5}, {"en": 5}) for number in range(9)]
    plan = Plan({"fees": 3}, steps=(Step(30, {"fees": 1}), Step(60, {})))
    fees = queue("fees", agents[:6], hours=OFFICE, plan=plan, max_wait=300, overflow=("general",))
    arrivals = list(synthetic({"fees": 120, "general": 60}, Chances(seed=3, languages={"en": 0.5}), at("08:00"), 10))
    stays = run(arrivals, fees, queue("general", agents[4:]), agents=agents, start=at("08:00"), hours=30)
    ended = [each for each in stays if each.state in ("answered", "abandoned")]
    assert sorted(each.number for each in ended) == list(range(len(arrivals)))
    assert {each.state for each in stays} == {"answered", "abandoned", "overflowed"}
    for agent in agents:
        of_agent = [each for each in stays if each.agent == agent.name]
        changes = sorted(change for each in of_agent for change in ((each.offered_at, 1), (each.left_at, -1)))
        load = 0
        for _moment, change in changes:
            load += change
            assert load <= agent.capacity


def test_the_same_has_the_same_outcome(run):
    def outcome():
        arrivals = synthetic({"fees": 100}, Chances(seed=1), at("09:00"), 5)
        return run(arrivals, agents=[Agent("ada", 3), Agent("bob", 2)], hours=5)

    assert outcome() == outcome()
    assert max(each.since for each in outcome()) < at("09:00") + timedelta(hours=5)


# Other paces


def test_three_of_messaging_are_one_live_chat(run):
    arrivals = [comes("09:00", pace="messaging") for _ in range(4)]
    assert told(run(arrivals)) == [
        (0, "fees", "answered", "09:00:05"),
        (1, "fees", "answered", "09:00:05"),
        (2, "fees", "answered", "09:00:05"),
        (3, "fees", "answered", "09:01:10"),
    ]


def test_who_is_live_does_not_wait_behind_messaging_that_comes_and_goes(run):
    messaging = [comes(f"09:00:{second:02}", pace="messaging", handle=20) for second in range(0, 40, 5)]
    stays = run([*messaging, comes("09:00:01", handle=20)])
    live = next(each for each in stays if each.due_at == at("09:01:01"))
    assert live.answered_at <= at("09:01")


def test_mail_takes_no_slot_and_comes_one_at_a_time(run):
    arrivals = [comes("09:00", pace="mail", handle=600) for _ in range(3)]
    stays = run([*arrivals, comes("09:00:30")])
    assert [clock(each.answered_at) for each in stays] == ["09:00:05", "09:00:10", "09:00:15", "09:00:35"]


def test_what_is_not_live_is_due_by_open_hours_and_waits_without_end(run):
    fees = queue("fees", [ADA], hours=OFFICE)
    stays = run(
        [comes("11:00", pace="messaging"), comes("11:00", pace="mail"), comes("11:00")],
        fees,
        start=at("09:00"),
        hours=30,
    )
    assert [(clock(each.due_at), each.kept) for each in stays] == [
        ("16:00:00", True),
        ("12:00:00", True),  # of Tuesday
        ("11:01:00", False),
    ]


def test_a_queues_own_targets_of_the_other_paces_hold(run):
    fees = queue("fees", [ADA], hours=OFFICE, messaging_target=3600, mail_target=7200)
    arrivals = [comes("11:00", pace="messaging"), comes("11:00", pace="mail"), comes("11:00")]
    stays = run(arrivals, fees, start=at("09:00"), hours=30)
    assert [clock(each.due_at) for each in stays] == ["12:00:00", "14:00:00", "11:01:00"]
