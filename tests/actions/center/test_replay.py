"""Would the router choose the same once more, whatever was going on when it chose? Real threads on PostgreSQL."""

import random
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from contactcenter_chat.actions.center import interactions, offers, routing, steps
from contactcenter_chat.exceptions import ContactCenterError
from contactcenter_chat.models import Interaction, Offer, RoutingDecision
from contactcenter_chat.queries.decisions import explained, replay
from tests import factories

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]

CHATS, AGENTS, THREADS = 24, 8, 4


def test_every_decision_of_a_race_is_made_once_more(settings):
    settings.CONTACTCENTER_CHAT = {"LIVE_HINTS": False}
    center = factories.make_center(wrap_up_mode="none")
    other = factories.make_queue(center.tenant, wrap_up_mode="none", prefer="best")
    fees = factories.make_skill(center.tenant, "Fees")
    staff(center, other, fees)
    for queue in (center.queue, other):
        later = [{"after": 1, "requires": {fees.pk: 1}}, {"after": 2, "requires": {}, "language": "any"}]
        factories.plan(queue, requires={fees.pk: 4}, steps=later)
    channels = [center.channel, factories.make_channel(center.tenant, other, name="Portal")]
    for number in range(CHATS):
        factories.start_conversation(channels[number % 2], language=("es", "en", "")[number % 3])
    race([center.queue.pk, other.pk])
    assert Interaction.objects.filter(state="finished").count() == CHATS
    decisions = [each for interaction in Interaction.objects.all() for each in explained(interaction)]
    assert len(decisions) == RoutingDecision.objects.count() >= CHATS
    assert {replay(each) for each in decisions} == {replay(decisions[0])}
    assert replay(decisions[0]).same is True
    assert len({each.record.agent_id for each in decisions}) > 1


def staff(center, other, fees):
    """Agents who differ in all that a router looks at."""
    for number in range(AGENTS):
        queues = [center.queue, other] if number % 2 else [other]
        agent = factories.make_agent(center.tenant, *queues, capacity=1 + number % 3)
        factories.give(agent, {fees: 1 + number % 5}, {"es-MX": 2, "en": 5} if number % 3 else {"en": 3})


def race(queue_ids):
    """Route, decline some, accept and end the others, in threads, until all is done."""
    with ThreadPoolExecutor(THREADS) as pool:
        for _done in pool.map(work, [queue_ids] * THREADS, range(THREADS)):
            pass


def work(queue_ids, number):
    chance = random.Random(number)
    try:
        while Interaction.objects.exclude(state="finished").exists():
            queue_id = chance.choice(queue_ids)
            if chance.random() < 0.3:
                steps.take(queue_id, timezone.now() + timedelta(seconds=2))
            # Those who said no are asked once more without a pause.
            Interaction.objects.filter(ask_again_at__isnull=False).update(ask_again_at=None)
            routing.route_queue(queue_id)
            for offer in Offer.objects.filter(state="pending").select_related("agent__user"):
                answer(offer, chance)
    finally:
        connection.close()


def answer(offer, chance):
    try:
        if chance.random() < 0.1:
            offers.decline_offer(offer_id=offer.pk, agent=offer.agent)
            return
        taken = offers.accept_offer(offer_id=offer.pk, agent=offer.agent)
        interactions.end_interaction(interaction_id=taken.pk, agent=offer.agent)
    except ContactCenterError:
        return  # another thread was first
