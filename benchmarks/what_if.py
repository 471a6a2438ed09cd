"""How many interactions does a minute of one CPU simulate, with 200 agents and skills, steps and languages?

The goal is 20 000; there is nothing to compare it with in the same run. ``python -m benchmarks what_if``
"""

import time
from datetime import UTC, datetime

from .base import Row

AGENTS, QUEUES, HOURS, GOAL = 200, 10, 4, 20_000
CALM, CROWDED = 500, 1200  # come an hour to each queue: few wait, or many
SKILLS = ("fees", "visas", "housing")


def run():
    """Return the rows of this benchmark."""
    import django

    django.setup()
    return [_row(rate, word) for rate, word in ((CALM, "few wait"), (CROWDED, "many wait"))]


def _row(rate, word):
    from contactcenter_chat.simulation.what_if.arrivals import Chances, synthetic
    from contactcenter_chat.simulation.what_if.report import outcome_of
    from contactcenter_chat.simulation.what_if.running import simulated

    centre, start = _centre(), datetime(2026, 6, 1, 9, tzinfo=UTC)
    began = time.process_time()
    arrivals = list(synthetic(dict.fromkeys(centre.queues, rate), Chances(languages={"es": 0.2}), start, HOURS))
    stays = simulated(centre, arrivals, start=start, hours=HOURS)
    outcome_of(centre, stays, start)
    per_minute = len(arrivals) / (time.process_time() - began) * 60
    return Row(
        f"simulated interactions, {word}", per_minute, "/min of CPU", f"wished: {GOAL:,}", per_minute / GOAL, "≥ 1"
    )


def _centre():
    """Agents of two queues each, who differ in what they have."""
    from contactcenter_chat.routing.plan import Plan, Step
    from contactcenter_chat.simulation.what_if.centre import Agent, Centre, Queue

    agents = [
        Agent(
            f"agent {number}",
            3,
            {SKILLS[number % 3]: 1 + number % 5, "fees": 1 + number % 4},
            {"en": 5, "es": 3} if number % 4 == 0 else {"en": 5},
        )
        for number in range(AGENTS)
    ]
    plan = Plan({"fees": 3}, steps=(Step(40, {"fees": 1}), Step(90, {}, "any")))
    queues = [
        Queue(
            f"queue {number}",
            {each.name: 1 + place % 5 for place, each in enumerate(agents) if number in _queues_of(place)},
            plan,
        )
        for number in range(QUEUES)
    ]
    return Centre("benchmark", {each.name: each for each in queues}, {each.name: each for each in agents})


def _queues_of(agent):
    return agent % QUEUES, agent // QUEUES % QUEUES
