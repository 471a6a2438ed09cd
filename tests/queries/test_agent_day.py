"""What an agent has done today, and what waits: exactly, and at the same cost for much as for little."""

from datetime import timedelta

import pytest
from django.utils import timezone

from contactcenter_chat.actions.center import offers
from contactcenter_chat.models import Interaction, Offer
from contactcenter_chat.queries.agent_day import Day, day_of, queues_of
from contactcenter_chat.queries.queue_figures import Waiting
from tests import factories

pytestmark = pytest.mark.django_db

NOTHING = Day(chats=0, handed_on=0, missed=0, first_reply=None, average=None, longest=None)


@pytest.fixture
def center():
    return factories.make_center()


@pytest.fixture
def agent(center):
    return factories.make_agent(center.tenant, center.queue)


@pytest.fixture
def midnight():
    return timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)


@pytest.fixture
def ended(center, agent):
    """Make a chat of the agent that ended then, after so many seconds."""

    def ended(at, seconds=60, first_reply=None, **fields):
        conversation = factories.start_conversation(center.channel)
        accepted_at = at - timedelta(seconds=seconds)
        replied_at = None if first_reply is None else accepted_at + timedelta(seconds=first_reply)
        times = {"entered_at": accepted_at, "accepted_at": accepted_at, "first_reply_at": replied_at, "ended_at": at}
        rows = Interaction.objects.filter(conversation=conversation)
        rows.update(**{"state": "finished", "outcome": "handled", "agent": agent, **times, **fields})

    return ended


@pytest.fixture
def missed(center, agent):
    """Make an offer that the agent missed."""

    def missed(at):
        offer = factories.offer_of(factories.start_conversation(center.channel))
        Offer.objects.filter(pk=offer.pk).update(state="timed_out", ended_at=at, agent=agent)
        Interaction.objects.filter(pk=offer.interaction_id).update(state="waiting")
        type(agent).objects.filter(pk=agent.pk).update(load=0)

    return missed


def test_a_day_without_a_chat(agent):
    assert day_of(agent) == NOTHING


def test_what_ended_since_midnight_counts(agent, ended, missed, midnight):
    ended(midnight, seconds=100, first_reply=10)
    ended(midnight + timedelta(seconds=1), seconds=200, first_reply=30)
    ended(midnight + timedelta(seconds=2), seconds=300, outcome="transferred")
    ended(midnight - timedelta(microseconds=1), seconds=9000)
    missed(midnight)
    missed(midnight - timedelta(microseconds=1))
    average, longest = timedelta(seconds=200), timedelta(seconds=300)
    first_reply = timedelta(seconds=20)
    assert day_of(agent) == Day(3, 1, 1, first_reply=first_reply, average=average, longest=longest)


def test_the_time_in_which_a_silent_customers_chat_took_no_slot_does_not_count(agent, ended, midnight):
    at = midnight + timedelta(minutes=10)
    ended(at, seconds=1000, freed_seconds=300, freed_at=at - timedelta(seconds=200))
    assert day_of(agent).average == timedelta(seconds=500)


def test_what_colleagues_did_does_not(center, agent, ended, missed, midnight):
    ended(midnight)
    missed(midnight)
    assert day_of(factories.make_agent(center.tenant, center.queue)) == NOTHING


def test_what_rings_waits_too(center, agent):
    other = factories.make_queue(center.tenant, "Another")
    first, second = (factories.start_conversation(center.channel) for _ in range(2))
    factories.offer_of(first)
    Interaction.objects.filter(conversation=second).update(state="waiting")
    Offer.objects.filter(interaction__conversation=second).delete()
    since = timezone.now() - timedelta(minutes=5)
    Interaction.objects.filter(conversation=first).update(queued_at=since)
    assert other.name not in [queue.name for queue, _waiting in queues_of(agent)]
    assert queues_of(agent) == [(center.queue, Waiting(2, since))]


def test_what_an_agent_has_waits_no_more(center, agent):
    offer = factories.offer_of(factories.start_conversation(center.channel))
    offers.accept_offer(offer_id=offer.pk, agent=agent)
    assert queues_of(agent) == [(center.queue, Waiting())]


def test_the_queries_are_as_many_for_much_as_for_little(
    center, agent, ended, missed, midnight, django_assert_num_queries
):
    def ask():
        with django_assert_num_queries(5):
            day_of(agent)
            queues_of(agent)

    ask()
    for _ in range(3):
        ended(midnight)
        missed(midnight)
        factories.start_conversation(center.channel)
    ask()
