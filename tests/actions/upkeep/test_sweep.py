from datetime import timedelta

import pytest
from django.utils import timezone

from contactcenter_chat.actions.upkeep.sweep import sweep
from contactcenter_chat.deliveries import leases
from contactcenter_chat.models import Agent, Interaction, Lane, Offer, Receiver
from contactcenter_chat.workers import wakeup
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def woken(monkeypatch):
    woken = []
    monkeypatch.setattr(wakeup, "wake_delivery", lambda: woken.append("delivery"))
    return woken


@pytest.fixture
def center(settings):
    settings.CONTACTCENTER_CHAT = {"LIVE_HINTS": False}
    return factories.make_center()


def let_time_pass(seconds):
    Lane.objects.update(due_at=timezone.now() - timedelta(seconds=seconds))
    Interaction.objects.update(entered_at=timezone.now() - timedelta(seconds=seconds))


def test_what_has_just_become_due_is_not_late(center, woken):
    factories.start_conversation(center.channel)
    run = sweep()
    assert (run.late_lanes, run.late_by_ms, run.offers) == (0, 0, 0)
    assert woken == []


def test_a_delivery_that_nobody_took_wakes_the_workers(center, woken):
    factories.start_conversation(center.channel)
    factories.start_conversation(center.channel)
    let_time_pass(7)
    run = sweep()
    assert run.late_lanes == 2
    assert run.late_by_ms // 1000 == 7
    assert woken == ["delivery"]


def test_a_dead_workers_lane_is_found(center, woken):
    factories.start_conversation(center.channel)
    slot = leases.take_work()
    let_time_pass(70)
    assert sweep().late_lanes == 0
    for lease in (Lane.objects, slot.receiver.slots):
        lease.update(lease_until=timezone.now() - timedelta(seconds=1))
    assert sweep().late_lanes == 1


def test_lanes_that_wait_while_a_worker_is_at_their_webhook_are_not_late(center, woken):
    factories.start_conversation(center.channel)
    leases.take_work()
    factories.start_conversation(center.channel)
    let_time_pass(70)
    assert sweep().late_lanes == 0


@pytest.mark.parametrize("change", [{"enabled": False}, {"paused_until": timezone.now() + timedelta(days=1)}])
def test_what_may_not_be_posted_is_not_late(change, center, woken):
    factories.start_conversation(center.channel)
    Receiver.objects.update(**change)
    let_time_pass(70)
    assert sweep().late_lanes == 0


def test_an_offer_that_nobody_made_is_made(center, woken):
    factories.make_agent(center.tenant, center.queue)
    factories.start_conversation(center.channel)
    let_time_pass(7)
    assert sweep().offers == 1
    assert Offer.objects.count() == 1
    assert sweep().offers == 0


@pytest.mark.parametrize("until", ["rested_at", "paused_until"])
@pytest.mark.parametrize(("ago", "counted"), [(1, 0), (4, 1)])
def test_who_has_just_rested_was_not_forgotten(center, until, ago, counted):
    agent = factories.make_agent(center.tenant, center.queue)
    factories.start_conversation(center.channel)
    let_time_pass(7)
    Agent.objects.filter(pk=agent.pk).update(**{until: timezone.now() - timedelta(seconds=ago)})
    assert sweep().offers == counted
    assert Offer.objects.get().agent == agent


def test_who_has_just_rested_does_not_hide_another(center):
    agents = [factories.make_agent(center.tenant, center.queue) for _number in range(2)]
    for _number in agents:
        factories.start_conversation(center.channel)
    let_time_pass(7)
    Agent.objects.filter(pk=agents[0].pk).update(capacity=1, paused_until=timezone.now() - timedelta(seconds=1))
    Agent.objects.filter(pk=agents[1].pk).update(capacity=1)
    assert sweep().offers == 1
    assert Offer.objects.count() == 2
