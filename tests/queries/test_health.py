from datetime import timedelta

import pytest
from django.utils import timezone

from contactcenter_chat.actions.center import interactions
from contactcenter_chat.deliveries import leases
from contactcenter_chat.models import Agent, Attachment, Delivery, Interaction, Lane, Offer, Receiver, SweepRun
from contactcenter_chat.queries import health
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def center(settings):
    settings.CONTACTCENTER_CHAT = {"LIVE_HINTS": False}
    center = factories.make_center()
    factories.make_agent(center.tenant, center.queue)
    SweepRun.objects.create()
    return center


def ago(seconds):
    return timezone.now() - timedelta(seconds=seconds)


def stuck():
    return list(health.stuck_interactions(timezone.now()))


def test_all_is_well(center):
    factories.start_conversation(center.channel)
    report = health.report()
    assert report["problems"] == []
    assert report["deliveries"]["lanes_due"] == 1
    assert report["deliveries"]["dead"] == 0
    assert report["interactions"] == {"stuck": 0}


def test_a_sweep_that_never_ran(center):
    SweepRun.objects.all().delete()
    report = health.report()
    assert report["sweep"]["lag_seconds"] is None
    assert report["problems"] == ["The sweep has never run: is Celery's beat running, and a worker?"]


def test_a_sweep_that_ran_long_ago(center):
    SweepRun.objects.update(ran_at=ago(40))
    assert health.report()["problems"] == ["The sweep has not run for 40 s."]


def test_what_the_sweep_found_in_the_last_hour(center):
    SweepRun.objects.create(late_lanes=2, late_by_ms=7500, offers=1)
    SweepRun.objects.create(late_lanes=1, late_by_ms=6000)
    SweepRun.objects.create(ran_at=ago(3700), late_lanes=100, late_by_ms=100_000, offers=100)
    sweep = health.report()["sweep"]
    assert (sweep["late_lanes_last_hour"], sweep["latest_seconds_last_hour"], sweep["offers_last_hour"]) == (3, 7.5, 1)


def test_a_delivery_that_has_been_due_for_long(center):
    factories.start_conversation(center.channel)
    Lane.objects.update(due_at=ago(90))
    assert health.report()["problems"] == ["A delivery has been due for 90 s."]


def test_dead_deliveries_and_webhooks_that_are_not_posted_to(center):
    factories.start_conversation(center.channel)
    Delivery.objects.update(state=Delivery.State.DEAD, done_at=ago(7200))
    Receiver.objects.update(paused_until=timezone.now() + timedelta(minutes=1))
    factories.make_webhook(center.tenant, enabled=False, disabled_reason="gone")
    factories.make_webhook(center.tenant, enabled=False)
    figures = health.report()["deliveries"]
    assert (figures["dead"], figures["dead_last_hour"]) == (1, 0)
    assert (figures["webhooks_paused"], figures["webhooks_switched_off"]) == (1, 1)
    assert figures["lanes_due"] == 0


def expected(center, *, fetch_at, **values):
    """A file that a remote centre named."""
    row = factories.make_attachment(factories.start_conversation(center.channel))
    Attachment.objects.filter(pk=row.pk).update(**{"state": "receiving", "fetch_at": fetch_at, **values})


def test_files_of_remote_centres_that_wait_or_did_not_come(center):
    expected(center, fetch_at=ago(59))
    expected(center, fetch_at=ago(5), fetches=2)
    expected(center, fetch_at=ago(-60), fetches=1)
    for name in ("given up", "named without an address", "given up long ago"):
        expected(center, fetch_at=None, state="missing", name=name, fetches=0 if "without" in name else 7)
    Attachment.objects.filter(name="given up long ago").update(created_at=ago(86_500))
    factories.make_attachment(factories.start_conversation(center.channel))
    report = health.report()
    assert report["problems"] == []
    figures = report["fetches"]
    assert 59 <= figures.pop("oldest_seconds") < 60
    assert figures == {"waiting": 2, "under_way_or_tried_again": 1, "given_up_last_day": 1}


def test_a_file_that_nobody_has_fetched_for_long(center):
    expected(center, fetch_at=ago(90))
    assert health.report()["problems"] == ["A file has waited to be fetched for 90 s."]


def test_lanes_that_are_forgotten(center):
    factories.start_conversation(center.channel)
    assert health.forgotten_lanes(timezone.now()).count() == 1
    leases.take_work()
    assert health.forgotten_lanes(timezone.now()).count() == 0
    assert health.forgotten_lanes(timezone.now() + timedelta(seconds=61)).count() == 1


def test_an_offer_that_rings_too_long_is_stuck(center):
    offer = factories.offer_of(factories.start_conversation(center.channel))
    assert stuck() == []
    Offer.objects.update(expires_at=ago(31))
    assert stuck() == [offer.interaction]
    assert health.report()["problems"] == ["1 interactions are stuck."]


def test_an_interaction_that_is_offered_to_nobody_is_stuck(center):
    offer = factories.offer_of(factories.start_conversation(center.channel))
    Offer.objects.all().delete()
    assert stuck() == [offer.interaction]


def test_an_interaction_that_is_kept_too_long_for_an_agent_is_stuck(center):
    factories.start_conversation(center.channel)
    Interaction.objects.update(target_until=ago(29))
    assert stuck() == []
    Interaction.objects.update(target_until=ago(31))
    assert len(stuck()) == 1


def test_a_chat_of_an_agent_who_has_been_lost_too_long_is_stuck(center):
    factories.accepted(factories.start_conversation(center.channel))
    Agent.objects.update(lost_at=ago(89))
    assert stuck() == []
    Agent.objects.update(lost_at=ago(91))
    assert len(stuck()) == 1


def test_a_wrap_up_without_end_is_stuck(center):
    interaction = factories.accepted(factories.start_conversation(center.channel))
    interactions.end_interaction(interaction_id=interaction.pk, agent=interaction.agent)
    assert stuck() == []
    Interaction.objects.update(wrap_up_until=ago(31))
    assert stuck() == [interaction]


def test_waiting_long_is_not_being_stuck(center):
    factories.start_conversation(center.channel)
    Interaction.objects.update(entered_at=ago(100_000))
    assert stuck() == []


def test_a_transaction_that_has_been_open_for_long(center, monkeypatch):
    monkeypatch.setattr(health, "oldest_transaction_seconds", lambda: 61.0)
    assert health.report()["problems"] == ["A transaction has been open for 61 s."]


@pytest.mark.postgresql
def test_the_oldest_transaction_is_looked_up(center):
    assert 0 < health.oldest_transaction_seconds() < 3600
