"""Days as they come: does the order of what is due keep what it promises?

Figures of these scenarios, over 40 days each (seeds 0–39): of live chats 93 % were answered within 60 seconds in the
first quarter of an hour (577 chats), 93 % in the second, 93 % until noon, 99.7 % after it; the 500 of the night were
answered by 12:29 at the latest, and due at 13:00. In one first quarter alone, which has 15 chats or so, it was 61 % at
the worst.
"""

from collections import defaultdict
from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

from contactcenter_chat.routing.hours import Hours, Period
from contactcenter_chat.simulation.what_if.arrivals import Arrival, Chances, synthetic
from contactcenter_chat.simulation.what_if.centre import Agent

from .days import OFFICE, at, comes, queue

NIGHT, LIVE, TARGET, SHARE = 500, 60, 60, 0.8
DAYS = 10
ALL_DAY = Hours(ZoneInfo("UTC"), {day: (Period(9 * 60, 17 * 60),) for day in range(5)})


def a_day(run, seed):
    """500 chats left from Friday 18:00 on, 60 live ones an hour from Monday 09:00, 6 agents of capacity 3."""
    agents = [Agent(f"agent {number}", 3) for number in range(6)]
    fees = replace(queue("fees", agents, hours=ALL_DAY, closing=0), gap=15)
    chances = Chances(seed=seed, handle_mean=300, patience_mean=0)
    night, start = chances.of("night"), at("18:00", -3)
    apart = (at("09:00") - start) / NIGHT
    left = [Arrival(start + number * apart, "fees", night.handle()) for number in range(NIGHT)]
    live = synthetic({"fees": LIVE}, chances, at("09:00"), 8)
    return run([*left, *live], fees, agents=agents, start=start, hours=63 + 8)


def test_the_morning_after_a_night_of_500(run):
    within, came = defaultdict(int), defaultdict(int)
    for seed in range(DAYS):
        stays = a_day(run, seed)
        kept = [stay for stay in stays if stay.kept]
        assert len(kept) == NIGHT
        assert {stay.due_at for stay in kept} == {at("13:00")}
        assert all(stay.answered_at <= stay.due_at for stay in kept)
        live = [stay for stay in stays if not stay.kept]
        in_time = [
            bool(each.answered_at and each.answered_at - each.since <= timedelta(seconds=TARGET)) for each in live
        ]
        assert sum(in_time) / len(live) >= SHARE  # of each day
        for stay, good in zip(live, in_time, strict=True):
            quarter = (stay.since - at("09:00")) // timedelta(minutes=15)
            came[quarter] += 1
            within[quarter] += good
    assert sorted(came) == list(range(32))
    assert [quarter for quarter in came if within[quarter] / came[quarter] < SHARE] == []  # of all days together


def test_ten_minutes_earlier(run):
    """+10 goes before every plain chat that came less than 10 open minutes earlier, and after all others."""
    agents = [Agent("ada", 1)]
    # From 11:40 on, noon to one is closed: 13:04:30 is 10 open minutes after 11:54:30.
    plain = [at("11:40") + timedelta(minutes=minute) for minute in range(20)]
    plain += [at("13:00") + timedelta(minutes=minute) for minute in range(8)]
    fees = queue("fees", agents, hours=OFFICE)
    arrivals = [comes("11:30", handle=2 * 60 * 60)]  # ada is busy until half past one
    arrivals += [Arrival(moment, "fees", 10) for moment in plain]
    arrivals.append(comes("13:04:30", handle=10, priority=10))
    stays = run(arrivals, fees, agents=agents, start=at("11:00"))
    order = [stay.came_at for stay in sorted(stays[1:], key=lambda each: each.offered_at)]
    place = order.index(at("13:04:30"))
    assert order[:place] == [moment for moment in plain if moment < at("11:54:30")]
    assert order[place + 1 :] == [moment for moment in plain if moment > at("11:54:30")]
