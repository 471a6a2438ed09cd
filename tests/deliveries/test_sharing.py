"""One tenant's trouble takes no thread that another one needs."""

import threading
from types import SimpleNamespace

import pytest
from django.db import connection

from contactcenter_chat import models
from contactcenter_chat.actions.receivers import note_success
from contactcenter_chat.deliveries import draining, leases, sharing
from contactcenter_chat.deliveries.sharing import NOTHING_USED, Shares, shares
from tests import factories
from tests.receiver import Receiver, Say

QUICK, MODERATE, SLOW = 0.01, 0.5, 2.0  # seconds for which a post is under way


@pytest.fixture(autouse=True)
def conf(settings):
    def change(**values):
        settings.CONTACTCENTER_CHAT = {"ALLOW_PRIVATE_WEBHOOKS": True, "LIVE_HINTS": False, **values}

    change(DELIVERY_THREADS=4)
    return change


def slot(tenant, receiver, seconds=MODERATE, failures=0, slow_answers=0):
    row = SimpleNamespace(pk=receiver, tenant_id=tenant, failures=failures, slow_answers=slow_answers)
    return SimpleNamespace(
        receiver=row,
        posts_for=lambda than: seconds > than,
        is_quick=lambda: seconds <= leases.QUICK_SECONDS,
    )


@pytest.mark.parametrize(
    ("slots", "used"),
    [
        ([], NOTHING_USED),
        ([slot("a", 1)], Shares(busy={"a"})),
        # A receiver that is quick, or does not answer, gets no other thread.
        ([slot("a", 1, QUICK), slot("b", 2, SLOW)], Shares(receivers={1, 2}, busy={"a", "b"})),
        # One tenant has half of the threads.
        ([slot("a", n) for n in range(4)], Shares(busy={"a"}, full={"a"})),
        ([slot("a", n) for n in range(3)] + [slot("b", 9)], Shares(busy={"a", "b"})),
        # What is in trouble has a quarter of them, of one tenant, and half of them in all.
        (
            [slot("a", 1, failures=1), slot("a", 2, SLOW)],
            Shares(receivers={2}, busy={"a"}, troubled={"a"}),
        ),
        (
            [slot("a", 1, slow_answers=1), slot("b", 2, failures=2), slot("c", 3, slow_answers=1), slot("d", 4, SLOW)],
            Shares(receivers={4}, busy={"a", "b", "c", "d"}, all_troubled=True),
        ),
    ],
)
def test_who_has_used_up_a_share(slots, used):
    assert shares(slots) == used


def test_with_one_thread_for_each_there_is_a_share_too(conf):
    conf(DELIVERY_THREADS=1)
    assert sharing.threads() == 2
    assert shares([slot("a", 1, SLOW)]) == Shares({1}, {"a"}, {"a"}, {"a"}, all_troubled=True)


# What is leased then


@pytest.fixture
def two(db):
    """Two contact centres that owe something."""
    centers = [factories.make_center(), factories.make_center()]
    for center in centers:
        factories.start_conversation(center.channel)
    return centers


def taken(**used):
    slot = leases.take_work(Shares(**used))
    if slot:
        leases.release_lanes(slot.lanes)
        leases.release_slot(slot)
    return slot and slot.receiver.tenant_id


def test_a_tenant_without_a_thread_comes_first(two):
    busy, other = (center.tenant.pk for center in two)
    assert {taken(busy={busy}) for _ in range(12)} == {other}
    assert taken(busy={busy}, full={other}) == busy
    assert taken(full={busy, other}) is None


def test_receivers_in_trouble_wait_when_their_share_is_used(two):
    first, second = (center.tenant.pk for center in two)
    models.Receiver.objects.filter(tenant=first).update(failures=1)
    models.Receiver.objects.filter(tenant=second).update(slow_answers=1)
    assert taken(troubled={first}) == second
    assert taken(troubled={second}) == first
    assert taken(all_troubled=True) is None


# Slowness


def test_who_answers_late_again_and_again_gets_one_post_at_a_time_until_it_is_quick(two):
    receiver = two[0].webhook.receiver
    for answers in range(1, 6):
        note_success(receiver, seconds=5.1)  # of 15
        row = models.Receiver.objects.get(pk=receiver.pk)
        assert (row.slow_answers, row.failures, row.failing_since, row.paused_until) == (answers, 0, None, None)
        assert leases.is_probed(row) == leases.is_probed(receiver) == (answers == 5)
    assert leases._lease_slot(row).row.number == 0
    assert leases._lease_slot(row) is None
    note_success(row, seconds=5)
    assert models.Receiver.objects.get(pk=receiver.pk).slow_answers == 0
    assert leases._lease_slot(row).row.number == 1


def test_a_quick_answer_of_a_good_receiver_writes_nothing(two, django_assert_num_queries):
    with django_assert_num_queries(0):
        note_success(two[0].webhook.receiver, seconds=5)


# Threads (SQLite's database in memory lets only one in at a time)


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_a_tenant_whose_receivers_all_hang_holds_up_no_other(conf, monkeypatch):
    conf(DELIVERY_THREADS=2)
    monkeypatch.setattr(draining, "LEAVE_SECONDS", 60)
    bad, good = factories.make_center(), factories.make_center()
    hanging_now, arrived = threading.Semaphore(0), threading.Event()

    def hang(got):
        hanging_now.release()
        assert arrived.wait(20)
        return Say()

    def answer(got):
        arrived.set()
        return Say()

    def record():
        for _ in range(2):  # its share
            assert hanging_now.acquire(timeout=20)
        factories.start_conversation(good.channel)
        connection.close()

    with Receiver(hang) as hanging, Receiver(answer) as receiver:
        models.Receiver.objects.filter(pk=good.webhook.pk).update(uri=receiver.url)
        for number in range(6):
            webhook = factories.make_webhook(bad.tenant, uri=f"{hanging.url}/{number}")
            factories.start_conversation(factories.make_channel(bad.tenant, bad.queue, webhook))
        recording = threading.Thread(target=record)
        recording.start()
        assert draining.drain() == 7
        recording.join(20)
    assert len(receiver.got) == 1
    assert len(hanging.got) == 6


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_a_thread_that_nobody_waits_for_goes_on_with_what_else_is_due(conf, monkeypatch):
    conf(DELIVERY_THREADS=2)
    monkeypatch.setattr(draining, "LEAVE_SECONDS", 0)
    center = factories.make_center()
    with Receiver() as receiver:
        for number in range(6):
            webhook = factories.make_webhook(center.tenant, uri=f"{receiver.url}/{number}")
            factories.start_conversation(factories.make_channel(center.tenant, center.queue, webhook))
        draining.drain()
        draining.finish()
        assert len(receiver.got) == 6
    assert not models.Lane.objects.exclude(due_at=None).exists()
