"""What one worker holds, no other has; and a lane is never left while something is owed."""

import threading
import time
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.db.models import F
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from contactcenter_chat import models
from contactcenter_chat.actions import conversations, messages
from contactcenter_chat.actions.receivers import note_failure
from contactcenter_chat.actions.upkeep.redelivery import redeliver
from contactcenter_chat.deliveries import draining, leases, sharing
from contactcenter_chat.events import AGENT
from contactcenter_chat.models import Delivery, DeliveryAttempt, DeliverySlot, Lane
from tests import factories
from tests.receiver import Receiver, Say

SOME = {"ALLOW_PRIVATE_WEBHOOKS": True, "LIVE_HINTS": False, "DELIVERY_THREADS": 1}


@pytest.fixture(autouse=True)
def conf(settings, monkeypatch):
    monkeypatch.setattr(draining, "LEAVE_SECONDS", 60)  # nothing goes on by itself, however busy we are
    monkeypatch.setattr(sharing, "SLOW_SECONDS", 60)

    def change(**values):
        settings.CONTACTCENTER_CHAT = {**SOME, **values}

    change()
    return change


@pytest.fixture
def center(db):
    return factories.make_center()


def attempt_of(delivery):
    return DeliveryAttempt(delivery=delivery, retry=0, started_at=timezone.now(), duration_ms=1, status=200)


def run_out(model):
    model.objects.exclude(lease_until=None).update(lease_until=timezone.now() - timedelta(seconds=1))


def in_threads(*functions):
    """Run these at once; return their results. Each has a database connection of its own."""
    results = {}

    def run(number, function):
        try:
            results[number] = function()
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(functions)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return [results[number] for number in range(len(functions))]


# One worker after the other


def test_a_webhook_has_as_many_slots_as_posts_may_be_in_flight(center, conf):
    for _ in range(10):
        factories.start_conversation(center.channel)
    slots = [leases._lease_slot(center.webhook.receiver) for _ in range(5)]
    assert [slot and slot.row.number for slot in slots] == [0, 1, 2, 3, None]
    leases.release_slot(slots[2])
    assert leases._lease_slot(center.webhook.receiver).row.number == 2
    conf(POSTS_PER_ENDPOINT=5)
    assert leases._lease_slot(center.webhook.receiver).row.number == 4
    conf(POSTS_PER_ENDPOINT=1)
    run_out(DeliverySlot)
    assert leases._lease_slot(center.webhook.receiver).row.number == 0
    assert leases._lease_slot(center.webhook.receiver) is None


def test_the_slot_of_a_dead_worker_is_taken_again_and_lost_to_it(center):
    factories.start_conversation(center.channel)
    dead = leases.take_work()
    DeliverySlot.objects.exclude(pk=dead.row.pk).delete()
    run_out(DeliverySlot)
    alive = leases._lease_slot(center.webhook.receiver)
    assert alive.row.pk == dead.row.pk
    assert leases.more_work(dead) == []
    leases.release_slot(dead)
    assert DeliverySlot.objects.get(pk=alive.row.pk).lease_until is not None


def test_a_lane_is_leased_once_until_its_lease_runs_out(center):
    factories.start_conversation(center.channel)
    first = leases.take_work()
    assert len(first.lanes) == 1
    assert leases.take_work() is None
    assert not leases.has_work()
    run_out(Lane)
    second = leases.take_work()
    assert second.lanes[0].id == first.lanes[0].id
    assert second.lanes[0].token != first.lanes[0].token


def test_whoever_lost_a_lane_writes_nothing(center):
    factories.start_conversation(center.channel)
    (lost,) = leases.take_work().lanes
    run_out(Lane)
    (lane,) = leases.take_work().lanes
    owed = lost.deliveries[0]
    owed.state, owed.done_at = Delivery.State.DELIVERED, timezone.now()
    assert leases.write_result(lost, owed, attempt_of(owed)) is False
    leases.release_lanes([lost])
    leases.leave_empty(lost)
    assert Delivery.objects.get().state == Delivery.State.PENDING
    assert not DeliveryAttempt.objects.exists()
    row = Lane.objects.get()
    assert (row.lease_token, row.lease_until is None, row.due_at is None) == (lane.token, False, False)


def test_lanes_are_given_back_at_once(center):
    for _ in range(8):
        factories.start_conversation(center.channel)
    lanes = leases.take_work().lanes + leases.take_work().lanes
    queries = 2 if connection.vendor == "postgresql" else 1  # the first: the disk is not waited for
    with CaptureQueriesContext(connection) as captured:
        leases.release_lanes(lanes)
    asked = [query for query in captured.captured_queries if not query["sql"].startswith(("SAVEPOINT", "RELEASE"))]
    assert (len(lanes), len(asked)) == (4, queries)
    assert not Lane.objects.exclude(lease_until=None).exists()


def test_the_lanes_are_shared_between_the_slots(center):
    for _ in range(8):
        factories.start_conversation(center.channel)
    assert [len(leases.take_work().lanes) for _ in range(4)] == [2, 2, 1, 1]


def test_what_takes_long_is_held_for_that_long_and_other_lanes_are_given_back(center, conf):
    conf(POSTS_PER_ENDPOINT=1)
    for _ in range(3):
        factories.start_conversation(center.channel)
    slot = leases.take_work()
    lane = slot.lanes.pop(0)
    assert leases.hold(slot, lane, 10)
    assert len(slot.lanes) == 2
    assert leases.hold(slot, lane, 600)
    assert slot.lanes == []
    held = Lane.objects.exclude(lease_until=None).get()
    assert held.pk == lane.id
    for row in (held, DeliverySlot.objects.get()):
        assert 650 < (row.lease_until - timezone.now()).total_seconds() < 661


def test_what_was_lost_cannot_be_held(center):
    factories.start_conversation(center.channel)
    slot = leases.take_work()
    run_out(Lane)
    run_out(DeliverySlot)
    other = leases.take_work()
    until = [row.lease_until for row in (Lane.objects.get(), DeliverySlot.objects.get(pk=other.row.pk))]
    assert leases.hold(slot, slot.lanes.pop(), 600) is False
    assert [row.lease_until for row in (Lane.objects.get(), DeliverySlot.objects.get(pk=other.row.pk))] == until


def test_a_lane_of_which_not_all_was_seen_is_left_due(center, monkeypatch):
    monkeypatch.setattr(leases, "DELIVERIES_AT_ONCE", 2)
    agent = factories.make_agent(center.tenant, center.queue)
    conversation = factories.start_conversation(center.channel)
    factories.accepted(conversation)
    messages.add_message(conversation_id=conversation.pk, author_type=AGENT, agent=agent, text="third")
    (lane,) = leases.take_work().lanes
    assert [owed.event_type for owed in lane.deliveries] == ["QUEUED", "AGENT_JOINED"]
    leases.write_result(lane, lane.deliveries[1], attempt_of(lane.deliveries[1]))
    assert Lane.objects.get().due_at <= timezone.now()


def test_writing_the_last_result_leaves_the_lane(center):
    factories.start_conversation(center.channel)
    (lane,) = leases.take_work().lanes
    owed = lane.deliveries[0]
    owed.state, owed.attempts_made, owed.done_at = Delivery.State.DELIVERED, 1, timezone.now()
    assert leases.write_result(lane, owed, attempt_of(owed)) is True
    row = Lane.objects.get()
    assert (row.due_at, row.lease_until) == (None, None)
    kept = Delivery.objects.get()
    assert (kept.state, kept.attempts_made) == (Delivery.State.DELIVERED, 1)
    attempt = DeliveryAttempt.objects.get()
    assert (attempt.delivery_id, attempt.status, attempt.duration_ms, attempt.answer) == (kept.pk, 200, 1, "")


def test_what_was_planned_since_the_lease_keeps_the_lane_due(center):
    agent = factories.make_agent(center.tenant, center.queue)
    conversation = factories.start_conversation(center.channel)
    factories.accepted(conversation)
    (lane,) = leases.take_work().lanes
    assert len(lane.deliveries) == 2
    messages.add_message(conversation_id=conversation.pk, author_type=AGENT, agent=agent, text="hello")
    leases.write_result(lane, lane.deliveries[1], attempt_of(lane.deliveries[1]))
    row = Lane.objects.get()
    assert row.due_at <= timezone.now()
    assert row.lease_until is None


def test_a_lane_with_nothing_to_deliver_is_left_unless_something_was_planned(center):
    conversation = factories.start_conversation(center.channel)
    Delivery.objects.all().delete()
    (lane,) = leases.take_work().lanes
    Lane.objects.update(planned=F("planned") + 1)
    leases.leave_empty(lane)
    assert Lane.objects.get().due_at is not None
    (lane,) = leases.take_work().lanes
    leases.leave_empty(lane)
    assert Lane.objects.get(conversation=conversation).due_at is None


def test_an_erased_conversation_is_taken_from_the_worker_that_delivers_it(center):
    conversation = factories.start_conversation(center.channel)
    (lane,) = leases.take_work().lanes
    conversations.erase_conversation(conversation_id=conversation.pk)
    owed = lane.deliveries[0]
    owed.state = Delivery.State.DELIVERED
    assert leases.write_result(lane, owed, attempt_of(owed)) is False
    assert Delivery.objects.get().state == Delivery.State.DEAD
    assert leases.take_work() is None


def test_leasing_takes_the_same_number_of_queries_for_any_number_of_lanes(center):
    factories.start_conversation(center.channel)
    leases.release_slot(leases.take_work())  # the slots are made
    counts = []
    for more in (1, 12):
        for _ in range(more):
            factories.start_conversation(center.channel)
        with CaptureQueriesContext(connection) as queries:
            leases.release_slot(leases.take_work())
        counts.append(len(queries))
    assert counts[0] == counts[1]


# Processes whose clocks are wrong


@pytest.fixture
def hour_ahead(monkeypatch):
    """Inside of it, the clock of this process is an hour ahead of the database's."""

    @contextmanager
    def wrong():
        now = timezone.now
        with monkeypatch.context() as patched:
            patched.setattr(timezone, "now", lambda: now() + timedelta(hours=1))
            yield

    return wrong


def in_seconds(moment):
    return (moment - timezone.now()).total_seconds()


def test_a_clock_that_is_ahead_holds_nothing_for_longer(center, hour_ahead):
    with hour_ahead():
        factories.start_conversation(center.channel)
        assert in_seconds(Lane.objects.get().due_at) < -3000
        slot = leases.take_work()
    until = [Lane.objects.get().lease_until, DeliverySlot.objects.get(pk=slot.row.pk).lease_until]
    assert [50 < in_seconds(each) < 61 for each in until] == [True, True]
    with hour_ahead():
        leases.hold(slot, slot.lanes[0], 600)
    assert 650 < in_seconds(Lane.objects.get().lease_until) < 661


def test_a_clock_that_is_ahead_takes_nothing_away(center, hour_ahead):
    factories.start_conversation(center.channel)
    leases.take_work()
    with hour_ahead():
        assert leases.take_work() is None
        assert not leases.has_work()


@pytest.mark.parametrize(("after", "seconds"), [({"retry_in": 30}, 30), ({}, None)])
def test_a_clock_that_is_ahead_puts_nothing_off(center, hour_ahead, after, seconds):
    factories.start_conversation(center.channel)
    (lane,) = leases.take_work().lanes
    owed = lane.deliveries[0]
    with hour_ahead():
        leases.write_result(lane, owed, attempt_of(owed), **after)
    due_at = Lane.objects.get().due_at
    assert due_at is None if seconds is None else seconds - 5 < in_seconds(due_at) < seconds + 1


def test_a_clock_that_is_ahead_keeps_a_lane_no_longer(center, hour_ahead):
    factories.make_agent(center.tenant, center.queue)
    factories.accepted(factories.start_conversation(center.channel))
    (lane,) = leases.take_work().lanes
    with hour_ahead():
        leases.write_result(lane, lane.deliveries[0], attempt_of(lane.deliveries[0]), keep=True)
    row = Lane.objects.get()
    assert 50 < in_seconds(row.lease_until) < 61
    assert row.due_at <= timezone.now()


def test_a_clock_that_is_ahead_pauses_no_longer(center, hour_ahead):
    receiver = center.webhook.receiver
    with hour_ahead():
        note_failure(receiver, pause=30)
    receiver.refresh_from_db()
    assert 20 < in_seconds(receiver.paused_until) < 31


# Several at once (SQLite's database in memory, on which tests run, lets only one thread in at a time)


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_a_result_waits_for_a_fact_that_is_being_recorded_and_then_sees_it():
    center = factories.make_center()
    conversation = factories.start_conversation(center.channel)
    (lane,) = leases.take_work().lanes
    planned, waiting = threading.Event(), threading.Event()

    def record():
        with transaction.atomic():
            conversations.leave_as_customer(conversation_id=conversation.pk)
            Lane.objects.update(planned=F("planned") + 1)
            planned.set()
            assert waiting.wait(30)

    def write():
        assert planned.wait(30)
        return leases.write_result(lane, lane.deliveries[0], attempt_of(lane.deliveries[0]))

    def watch():
        while not somebody_waits_for_a_lock():
            time.sleep(0.01)
        waiting.set()

    _, written, _ = in_threads(record, write, watch)
    assert written is True
    assert Lane.objects.get().due_at is not None


def somebody_waits_for_a_lock():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
        )
        return cursor.fetchone()[0]


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_many_workers_deliver_each_fact_once_and_in_order():
    center = factories.make_center()
    agent = factories.make_agent(center.tenant, center.queue, capacity=25)
    with Receiver() as receiver:
        models.Receiver.objects.update(uri=receiver.url)
        talks = []
        for _ in range(6):
            talks.append(factories.start_conversation(center.channel))
            factories.accepted(talks[-1])

        def write(talk):
            for number in range(10):
                messages.add_message(conversation_id=talk.pk, author_type=AGENT, agent=agent, text=str(number))

        in_threads(*[lambda talk=talk: write(talk) for talk in talks], *[draining.drain] * 4)
        draining.drain()
        for talk in talks:
            heard = [got.event for got in receiver.got if got.event["conversationId"] == talk.pk]
            assert [e.get("message", e["eventType"]) for e in heard] == [
                "QUEUED",
                "AGENT_JOINED",
                *map(str, range(10)),
            ]
    assert not Lane.objects.exclude(due_at=None).exists()


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_redelivering_while_workers_deliver_loses_nothing():
    center = factories.make_center()
    with Receiver() as receiver:
        models.Receiver.objects.update(uri=receiver.url)
        for _ in range(5):
            factories.start_conversation(center.channel)
        in_threads(*[draining.drain] * 3, *[lambda: redeliver(Delivery.objects.all())] * 3)
        draining.drain()
    assert set(Delivery.objects.values_list("state", flat=True)) == {Delivery.State.DELIVERED}
    assert len({got.event_id for got in receiver.got}) == 5


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_no_more_posts_are_in_flight_than_a_webhook_has_slots(conf):
    conf(DELIVERY_THREADS=8)
    center = factories.make_center()
    four, lock, now, most = threading.Barrier(4), threading.Lock(), set(), []

    def answer(got):
        with lock:
            now.add(got.event_id)
            most.append(len(now))
        if len(receiver.got) <= 4:
            four.wait(20)  # passes only when four are here at once
        with lock:
            now.discard(got.event_id)
        return Say()

    with Receiver(answer) as receiver:
        models.Receiver.objects.update(uri=receiver.url)
        for _ in range(12):
            factories.start_conversation(center.channel)
        assert draining.drain() == 12
    assert max(most) == 4
    assert not four.broken


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_a_receiver_that_hangs_holds_up_no_other(conf):
    conf(DELIVERY_THREADS=8)
    slow, quick = factories.make_center(), factories.make_center()
    all_quick_have_arrived = threading.Event()

    def hang(got):
        assert all_quick_have_arrived.wait(20)
        return Say()

    def answer(got):
        if len(receiver.got) == 10:
            all_quick_have_arrived.set()
        return Say()

    with Receiver(hang) as hanging, Receiver(answer) as receiver:
        models.Receiver.objects.filter(pk=slow.webhook.pk).update(uri=hanging.url)
        models.Receiver.objects.filter(pk=quick.webhook.pk).update(uri=receiver.url)
        for _ in range(6):
            factories.start_conversation(slow.channel)
        for _ in range(10):
            factories.start_conversation(quick.channel)
        assert draining.drain() == 16
    assert len(hanging.got) == 6


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_work_that_comes_while_a_receiver_hangs_is_found(conf):
    conf(DELIVERY_THREADS=8)
    slow, quick = factories.make_center(), factories.make_center()
    arrived, hanging_now = threading.Event(), threading.Event()

    def hang(got):
        hanging_now.set()
        assert arrived.wait(20)
        return Say()

    def answer(got):
        arrived.set()
        return Say()

    def record():
        assert hanging_now.wait(20)
        factories.start_conversation(quick.channel)

    with Receiver(hang) as hanging, Receiver(answer) as receiver:
        models.Receiver.objects.filter(pk=slow.webhook.pk).update(uri=hanging.url)
        models.Receiver.objects.filter(pk=quick.webhook.pk).update(uri=receiver.url)
        factories.start_conversation(slow.channel)
        assert in_threads(draining.drain, record) == [2, None]


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_a_task_does_not_wait_for_a_receiver_that_hangs(conf, monkeypatch):
    conf(DELIVERY_THREADS=2)
    monkeypatch.setattr(draining, "LEAVE_SECONDS", 0)
    center = factories.make_center()
    hanging_now, may_answer = threading.Event(), threading.Event()

    def hang(got):
        hanging_now.set()
        assert may_answer.wait(20)
        return Say()

    with Receiver(hang) as receiver:
        models.Receiver.objects.update(uri=receiver.url)
        factories.start_conversation(center.channel)
        assert draining.drain() == 0
        assert hanging_now.wait(20)
        assert Delivery.objects.get().state == "pending"
        may_answer.set()
        draining.finish()
    assert Delivery.objects.get().state == "delivered"
