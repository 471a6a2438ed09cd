"""Are the offers of a simulation those that are made when real customers wait?"""

from itertools import product

import pytest
from django.utils import timezone

from contactcenter_chat.actions.center import routing
from contactcenter_chat.models import Agent, Interaction, Offer
from contactcenter_chat.simulation.what_if.arrivals import Chances
from contactcenter_chat.simulation.what_if.from_rows import came_since, centre_of
from contactcenter_chat.simulation.what_if.running import simulated
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("prefer", ["enough", "best"])
def test_the_same_agents_are_asked(settings, prefer):
    settings.CONTACTCENTER_CHAT = {"LIVE_HINTS": False}
    center, start = factories.make_center(), timezone.now()
    general = factories.make_queue(center.tenant, "General")
    fees = factories.make_skill(center.tenant, "Fees")
    for number, (level, language) in enumerate(product((1, 3, 5), ("en", "es-MX", "pt"))):
        queues = [center.queue, general] if number % 2 else [center.queue]
        agent = factories.make_agent(center.tenant, *queues, capacity=1 + number % 3)
        factories.give(agent, {fees: level}, {language: 1 + number % 5})
    Agent.objects.update(idle_since=start)
    # Between agents who are alike in all else, ids decide there, and names here.
    for number, agent in enumerate(sorted(Agent.objects.select_related("user"), key=lambda each: each.pk)):
        agent.user.username = f"agent {number}"
        agent.user.save()
    steps = [{"after": 3600, "requires": {fees.pk: 1}}]
    for queue in (center.queue, general):
        factories.plan(queue, requires={fees.pk: 3}, steps=steps, prefer=prefer)
    channels = [center.channel, factories.make_channel(center.tenant, general, name="Portal")]
    for number in range(24):
        factories.start_conversation(channels[number % 4 == 3], language=("", "es", "pt-BR")[number % 3])
        for queue in (center.queue, general):
            routing.route_queue(queue.pk)
    asked = dict(Offer.objects.values_list("interaction", "agent__user__username"))
    really = [asked.get(pk, "") for pk in Interaction.objects.order_by("entered_at").values_list("pk", flat=True)]

    came = came_since(center.tenant, start, Chances(patience_mean=0))
    stays = simulated(centre_of(center.tenant), came, start=start, hours=1, answer_seconds=10_000)
    assert [stay.agent for stay in stays] == really
    assert 9 < sum(map(bool, really)) < 24
    assert len(set(really)) > 5
