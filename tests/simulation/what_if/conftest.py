"""Nothing here reads the database."""

import pytest

from contactcenter_chat.routing.by_skill import BySkill
from contactcenter_chat.simulation.what_if.centre import Agent, Centre
from contactcenter_chat.simulation.what_if.running import simulated

from . import days

ADA, NINE = Agent("ada", 1), days.at("09:00")


@pytest.fixture
def run():
    """Simulate queues that all agents answer whose names are not said, from nine in the morning."""

    def simulate(arrivals, *queues, agents=(ADA,), hours=8, start=NINE, **options):
        queues = queues or (days.queue("fees", agents),)
        centre = Centre("test", {each.name: each for each in queues}, {each.name: each for each in agents})
        arrivals = sorted(arrivals, key=lambda each: each.at)
        return simulated(centre, arrivals, start=start, hours=hours, **{"router": BySkill(), **options})

    return simulate
