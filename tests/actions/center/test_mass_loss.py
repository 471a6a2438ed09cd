"""Many agents are lost at once: nothing is taken from them for a while, and who comes back has the own chats."""

from datetime import timedelta

import pytest

from contactcenter_chat import signals
from contactcenter_chat.actions.center import offers, presence, steps
from contactcenter_chat.actions.center.timers import run_timers
from contactcenter_chat.models import Agent, Interaction, Queue, Tenant
from contactcenter_chat.models.clock import database_now
from contactcenter_chat.models.queues import Presence
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def told():
    """What was told of losses, as (tenant's id, lost, logged in)."""
    found = []

    def receiver(sender, tenant, lost, of, **kwargs):
        found.append((tenant.pk, lost, of))

    signals.agents_lost.connect(receiver)
    yield found
    signals.agents_lost.disconnect(receiver)


def team(center, count):
    return [factories.make_agent(center.tenant, center.queue) for _ in range(count)]


def cut(agents, *, ago=61):
    """Nothing has been heard of these for so many seconds."""
    seen = database_now() - timedelta(seconds=ago)
    Agent.objects.filter(pk__in=[each.pk for each in agents]).update(last_seen_at=seen)


def later(seconds):
    """What was so long ago is so much longer ago now."""
    by = timedelta(seconds=seconds)
    for agent in Agent.objects.filter(lost_at__isnull=False):
        Agent.objects.filter(pk=agent.pk).update(lost_at=agent.lost_at - by)
    for tenant in Tenant.objects.filter(mass_loss_until__isnull=False):
        Tenant.objects.filter(pk=tenant.pk).update(mass_loss_until=tenant.mass_loss_until - by)


def with_chats(center, count):
    for _ in range(count):
        factories.accepted(factories.start_conversation(center.channel))


def handled():
    return Interaction.objects.filter(state="handling").count()


@pytest.mark.django_db(transaction=True)
def test_most_of_them_cut_for_four_minutes_keep_their_chats(center, told):
    agents = team(center, 10)
    with_chats(center, 10)
    holders = set(Interaction.objects.values_list("agent", flat=True))
    assert len(holders) == 10
    cut(agents[:6])
    run_timers()
    for _ in range(4):
        later(59)
        run_timers()
    assert (handled(), told) == (10, [(center.tenant.pk, 5, 10)])
    Interaction.objects.update(accepted_at=database_now() - timedelta(seconds=245))
    for agent in agents[:6]:
        presence.heartbeat(agent_id=agent.pk)
    cut(agents[6:], ago=1)
    Interaction.objects.exclude(agent__in=agents[:6]).update(first_reply_at=database_now())
    run_timers()
    assert Agent.objects.filter(presence=Presence.AVAILABLE, missed_in_a_row=0, lost_at=None).count() == 10
    later(600)
    run_timers()
    assert (handled(), len(told)) == (10, 1)


@pytest.mark.django_db(transaction=True)
def test_who_does_not_come_back_loses_them_in_the_end(center, told):
    agents = team(center, 6)
    with_chats(center, 6)
    cut(agents)
    run_timers()
    later(270)
    run_timers()
    assert handled() == 6
    later(60)
    run_timers()
    assert (handled(), told) == (0, [(center.tenant.pk, 5, 6)])


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("all_of_them", "lost"), [(4, 4), (17, 5)])
def test_few_of_them_are_just_gone(center, told, all_of_them, lost):
    agents = team(center, all_of_them)
    with_chats(center, all_of_them)
    cut(agents[:lost])
    run_timers()
    later(61)
    run_timers()
    assert (handled(), told) == (all_of_them - lost, [])


@pytest.mark.django_db(transaction=True)
def test_those_of_another_centre_do_not_count(center, told):
    other = factories.make_center()
    cut([*team(center, 4), *team(other, 4)])
    run_timers()
    assert told == []


@pytest.mark.django_db(transaction=True)
def test_who_left_one_after_the_other_is_just_gone(center, told):
    agents = team(center, 6)
    for agent in agents:
        cut([agent])
        run_timers()
        later(20)
    assert told == []


@pytest.mark.django_db(transaction=True)
def test_no_first_reply_is_waited_for_either(center, told):
    agents = team(center, 5)
    with_chats(center, 5)
    cut(agents)
    run_timers()
    Interaction.objects.update(accepted_at=database_now() - timedelta(seconds=200))
    run_timers()
    assert (handled(), len(told)) == (5, 1)


@pytest.mark.django_db(transaction=True)
def test_what_rang_unheard_was_not_missed(center):
    (agent,) = team(center, 1)
    for _ in range(2):
        offer = factories.offer_of(factories.start_conversation(center.channel))
        Agent.objects.update(last_seen_at=database_now() - timedelta(seconds=61))
        offers.end_offer(offer_id=offer.pk, state="timed_out")
        Agent.objects.update(paused_until=None)
        Interaction.objects.filter(state="waiting").delete()
    assert Agent.objects.get().presence_reason == "missed"
    run_timers()
    presence.heartbeat(agent_id=agent.pk)
    back = Agent.objects.get()
    assert (back.presence, back.presence_reason, back.missed_in_a_row) == ("available", "", 0)


@pytest.mark.django_db(transaction=True)
def test_what_was_missed_while_there_stays_missed(center):
    (agent,) = team(center, 1)
    Agent.objects.update(
        presence="on_break",
        presence_reason="missed",
        missed_in_a_row=2,
        missed_at=database_now() - timedelta(seconds=70),
        last_seen_at=database_now() - timedelta(seconds=61),
    )
    run_timers()
    presence.heartbeat(agent_id=agent.pk)
    back = Agent.objects.get()
    assert (back.presence, back.presence_reason, back.missed_in_a_row) == ("on_break", "missed", 2)


@pytest.mark.django_db(transaction=True)
def test_it_is_not_looked_for_where_the_settings_say_so(center, told, settings):
    settings.CONTACTCENTER_CHAT = {**settings.CONTACTCENTER_CHAT, "MASS_LOSS_SECONDS": 0}
    agents = team(center, 6)
    with_chats(center, 6)
    cut(agents)
    run_timers()
    later(61)
    run_timers()
    assert (handled(), told) == (0, [])


@pytest.mark.django_db(transaction=True)
def test_what_waits_goes_on_waiting_for_them(center, told):
    """Nothing is passed on or asked for less because nobody seems to be there."""
    fees = factories.make_skill(center.tenant, "Fees")
    agents = team(center, 5)
    factories.give(agents[0], {fees: 3})
    for agent in agents:
        presence.set_presence(agent_id=agent.pk, presence="on_break")
    factories.plan(center.queue, when_empty="message", requires={fees.pk: 3}, steps=[{"after": 600, "requires": {}}])
    Agent.objects.exclude(pk=agents[4].pk).update(presence="available")
    offers_of_none(center)
    waiting = factories.start_conversation(center.channel).open_interaction
    cut(agents)
    run_timers()
    Queue.objects.update(empty_since=database_now() - timedelta(seconds=121))
    steps.skip_unmet(center.queue.pk)
    run_timers()
    kept = Interaction.objects.get(pk=waiting.pk)
    assert (kept.is_follow_up, kept.step, len(told)) == (False, 0, 1)


def offers_of_none(center):
    """Nobody has room just now."""
    Agent.objects.update(paused_until=database_now() + timedelta(minutes=5))
