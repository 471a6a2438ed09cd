"""Where does who waits stand, what is told of it, and what came true?"""

from datetime import timedelta
from threading import Barrier, Thread

import pytest
from django.db import connections
from django.db.models import F

from contactcenter_chat.actions.center import estimates, passing, presence, segments
from contactcenter_chat.models import Channel, Interaction, OpeningHours, Queue, QueueSnapshot, Segment, TenantSnapshot
from contactcenter_chat.models.clock import database_now
from contactcenter_chat.queries import estimates as reading
from contactcenter_chat.queries.estimates import Place, accuracy, expected_in, of_queue, of_tenant, place_of
from contactcenter_chat.routing.estimate import Estimate
from tests.factories import (
    accepted,
    busy_agent,
    chat_history,
    give,
    keep_for,
    make_agent,
    make_queue,
    make_skill,
    overflows,
    plan,
    renew_snapshots,
    start_conversation,
)

pytestmark = pytest.mark.django_db


def waits(center, **data):
    return start_conversation(center.channel, **data).open_interaction


def tell(interaction):
    return estimates.tell_place(Interaction.objects.select_related("queue").get(pk=interaction.pk))


def test_who_waits_stands_behind_what_is_due_before(center):
    chat_history(center)
    busy_agent(center)
    first, second = waits(center), waits(center)
    assert tell(first) == Place(1, True, Estimate(5, 5))
    assert tell(second) == Place(2, True, Estimate(10, 10))


def test_positions_are_exact_to_fifty(center):
    waiting = [waits(center) for _ in range(51)]
    assert tell(waiting[49]) == Place(50, True)
    assert tell(waiting[50]) == Place(50, False)


def test_only_who_requires_the_same_is_ahead_and_only_who_has_it_counts(center):
    chat_history(center)
    fees = make_skill(center.tenant, "Fees")
    able, _other = busy_agent(center, capacity=2), busy_agent(center, capacity=4)
    give(able, {fees: 3})
    plan(center.queue, requires={fees.pk: 2})
    first, second, plain = waits(center), waits(center), waits(center)
    Interaction.objects.filter(pk=plain.pk).update(required={})  # as after a step
    assert tell(first) == Place(1, True, Estimate(3, 3))
    assert tell(second) == Place(2, True, Estimate(5, 5))
    assert tell(plain) == Place(1, True, Estimate(1, 1))


def test_an_agent_is_shared_by_the_queues_in_which_something_waits(center):
    chat_history(center)
    other = make_queue(center.tenant, "Visas")
    agent = make_agent(center.tenant, center.queue, other, capacity=2)
    presence.set_presence(agent_id=agent.pk, presence="on_break")
    alone = waits(center)
    assert tell(alone).estimate == Estimate(3, 3)
    Interaction.objects.filter(pk=waits(center).pk).update(queue=other)
    renew_snapshots()
    Segment.objects.update(told_low=None, told_high=None)
    assert tell(alone).estimate == Estimate(5, 5)


def test_nobody_logged_in_is_no_estimate(center):
    chat_history(center)
    make_agent(center.tenant, center.queue, presence="offline")
    assert tell(waits(center)) == Place(1)


def test_too_few_chats_are_no_estimate_but_those_of_the_same_hour_are_a_rough_one(center):
    busy_agent(center)
    now = database_now().replace(minute=30)
    for week in range(1, 5):
        for minutes in (-29, 29):
            chat_history(center, seconds=120, count=1, at=now - timedelta(weeks=week, minutes=minutes))
    for outside in (timedelta(weeks=1, minutes=31), timedelta(weeks=1, minutes=-31), timedelta(weeks=5)):
        chat_history(center, seconds=120, count=9, at=now - outside)
    assert of_queue(center.queue, now)["handle_times"] == {}
    chat_history(center, seconds=60, count=2, at=now - timedelta(weeks=4))
    assert of_queue(center.queue, now)["handle_times"]["live"] == {"median": 120, "long": 120, "is_rough": True}
    chat_history(center, seconds=30, at=now - timedelta(hours=1))
    assert of_queue(center.queue, now)["handle_times"]["live"] == {"median": 30, "long": 30, "is_rough": False}


def test_a_busy_queue_takes_no_samples_from_a_quiet_one(center, monkeypatch):
    monkeypatch.setattr(reading, "SAMPLES_MOST", 10)
    quiet = make_queue(center.tenant, "Quiet")
    chat_history(center, queue=quiet, at=database_now() - timedelta(hours=2))
    chat_history(center, count=12)
    make_agent(center.tenant, center.queue, quiet)
    assert None not in of_tenant(center.tenant, database_now()).values()


def test_who_comes_now_is_told_by_the_first_step_that_somebody_meets(center):
    chat_history(center)
    busy_agent(center)
    fees = make_skill(center.tenant, "Fees")
    plan(center.queue, requires={fees.pk: 5}, steps=[{"after": 600, "requires": {}}])
    waiting, absent = waits(center), waits(center)
    Interaction.objects.filter(pk=absent.pk).update(required={"skills": {fees.pk: 5}, "language": ""})
    told = expected_in(center.queue.pk, estimates.snapshot_of_tenant(center.tenant))
    assert told == Estimate(10, 10)  # behind the one who requires nothing any more
    assert tell(waiting) == Place(1, True, Estimate(5, 5))


@pytest.mark.parametrize("change", [{"is_put_off": True}, {"is_follow_up": True}, {"state": "offering"}])
def test_what_is_kept_for_later_or_rings_stands_nowhere(center, change):
    waiting = waits(center)
    Interaction.objects.filter(pk=waiting.pk).update(**change)
    assert tell(waiting) == Place()


def test_who_was_not_there_when_it_was_looked_at_is_behind_all_who_were(center):
    first = waits(center)
    assert tell(first) == Place(1)
    second, third = waits(center), waits(center)
    assert [tell(each) for each in (second, third)] == [Place(2, is_exact=False)] * 2
    Interaction.objects.filter(pk=third.pk).update(required={"skills": {}, "language": "es"})
    assert tell(third) == Place(1, is_exact=False)


def test_it_is_looked_at_again_after_fifteen_seconds(center):
    busy_agent(center)
    chat_history(center)
    first, second = waits(center), waits(center)
    assert tell(second).position == 2
    Interaction.objects.filter(pk=first.pk).update(state="offering")
    assert tell(second).position == 2
    renew_snapshots()
    assert tell(second).position == 1


def test_what_is_too_old_is_told_to_nobody_while_another_one_looks(center):
    first, second = waits(center), waits(center)
    tell(first)
    Interaction.objects.filter(pk=first.pk).update(state="offering")
    now = database_now()
    QueueSnapshot.objects.update(taken_at=now - timedelta(seconds=20), renewed_at=now)
    assert tell(second).position == 2
    QueueSnapshot.objects.update(taken_at=now - timedelta(seconds=31), renewed_at=now)
    assert tell(second).position == 1


def test_what_was_told_first_is_kept_and_compared_with_what_came_true(center):
    busy_agent(center)
    chat_history(center)
    first, second = waits(center), waits(center)
    tell(first), tell(second)
    kept = Segment.objects.get(interaction=second)
    assert (kept.told_low, kept.told_high) == (10, 10)
    assert kept.estimated_until - kept.estimated_from == timedelta(minutes=1)
    Interaction.objects.filter(pk=first.pk).update(state="offering")
    renew_snapshots()
    assert tell(second).estimate == Estimate(5, 5)
    again = Segment.objects.get(interaction=second)
    assert (again.told_low, again.estimated_from) == (5, kept.estimated_from)
    since = database_now() - timedelta(hours=1)
    assert accuracy(center.queue, since) == (0, 0)  # nobody was taken yet
    segments.accept(first, database_now())
    segments.accept(second, kept.estimated_from + timedelta(seconds=30))
    segments.accept(second, kept.estimated_until + timedelta(hours=1))  # again, taken from the agent before
    assert accuracy(center.queue, since) == (1, 2)


def test_how_long_who_came_now_would_wait(center):
    chat_history(center)
    busy_agent(center)
    waits(center), waits(center)
    empty = make_queue(center.tenant, "Visas")
    found = estimates.snapshot_of_tenant(center.tenant)
    assert expected_in(center.queue.pk, found) == Estimate(15, 15)
    assert expected_in(empty.pk, found) is None
    assert found.keys() == {center.queue.pk, empty.pk}


def test_a_free_agent_is_there_at_once(center):
    chat_history(center)
    make_agent(center.tenant, center.queue)
    accepted(start_conversation(center.channel))
    assert expected_in(center.queue.pk, estimates.snapshot_of_tenant(center.tenant)) == Estimate(1, 1)


def test_what_is_kept_for_an_agent_stands_by_what_it_requires_too(center):
    agent = busy_agent(center)
    waiting = waits(center)
    keep_for(waiting, agent)
    assert tell(waiting).position == 1


def test_as_much_is_asked_however_many_wait(center, django_assert_max_num_queries):
    chat_history(center)
    busy_agent(center)
    waiting = waits(center)
    with django_assert_max_num_queries(16):
        tell(waiting)
    for _ in range(5):
        waits(center)
        busy_agent(center)
    renew_snapshots()
    with django_assert_max_num_queries(16):
        tell(waiting)
    with django_assert_max_num_queries(4):
        tell(waiting)


@pytest.mark.django_db(transaction=True)
@pytest.mark.postgresql
def test_many_who_ask_at_once_are_told_the_same(center):
    busy_agent(center)
    chat_history(center)
    waiting = [waits(center) for _ in range(8)]
    told, start = {}, Barrier(8, timeout=30)

    def ask(number):
        try:
            start.wait()
            told[number] = tell(waiting[number])
        finally:
            connections.close_all()

    for _ in range(3):
        told.clear()
        threads = [Thread(target=ask, args=(number,)) for number in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert [told[number].position for number in range(8)] == list(range(1, 9))
        renew_snapshots()
    assert QueueSnapshot.objects.count() == 1


# By the shares of slots


def test_what_is_ahead_counts_by_what_it_takes(center):
    """Six of messaging are two slots: who comes live after them waits for three turns of five minutes."""
    busy_agent(center)
    chat_history(center)
    Channel.objects.update(pace="messaging")
    for _ in range(6):
        start_conversation(center.channel)
    Channel.objects.update(pace="live")
    waits = Interaction.objects.get(conversation=start_conversation(center.channel))
    Interaction.objects.filter(pk=waits.pk).update(due_at=F("due_at") + timedelta(days=9))
    waits.refresh_from_db()
    found = place_of(waits, of_queue(center.queue, database_now()))
    assert (found.position, found.estimate) == (7, Estimate(15, 15))
    assert of_tenant(center.tenant, database_now())[center.queue.pk]["high"] == 20  # after that one


def test_how_long_chats_take_is_told_by_those_of_the_same_pace_without_the_time_they_were_freed(center):
    busy_agent(center)
    chat_history(center, seconds=600)
    Channel.objects.update(pace="messaging")
    start_conversation(center.channel)
    assert of_queue(center.queue, database_now())["handle_times"].keys() == {"live"}
    finished = Interaction.objects.filter(state="finished")
    freed_at = F("finished_at") - timedelta(seconds=100)
    finished.update(pace="messaging", freed_seconds=60, freed_at=freed_at, ended_at=F("finished_at"))
    assert of_queue(center.queue, database_now())["handle_times"] == {
        "messaging": {"median": 440, "long": 440, "is_rough": False}
    }


def test_of_what_takes_no_slot_nobody_knows_how_long_it_waits(center):
    busy_agent(center)
    chat_history(center)
    Interaction.objects.update(pace="mail")
    Channel.objects.update(pace="mail")
    waits = Interaction.objects.get(conversation=start_conversation(center.channel))
    assert place_of(waits, of_queue(center.queue, database_now())) == Place(1, True, None)


# Shortly before closing


@pytest.fixture
def counts(center, monkeypatch):
    """The queues that were counted, each time that somebody did, in a queue that closes soon."""
    found, count = [], reading._new_in
    monkeypatch.setattr(reading, "_new_in", lambda queues, now: found.append(len(queues)) or count(queues, now))
    hours = OpeningHours.objects.create(
        tenant=center.tenant, name="Office", weekly={str(day): [["00:00", "24:00"]] for day in range(7)}
    )
    Queue.objects.update(hours=hours, turns_at=database_now() + timedelta(minutes=5))
    center.queue.refresh_from_db()
    center.channel.refresh_from_db()
    return found


def test_who_comes_shortly_before_closing_is_counted_once_for_all(center, counts, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        waits(center)
        assert (counts, TenantSnapshot.objects.count()) == ([1], 0)  # kept when no lock is held any more
    with django_capture_on_commit_callbacks(execute=True):
        waits(center), waits(center)
    assert (counts, TenantSnapshot.objects.count()) == ([1], 1)


def test_what_is_kept_is_taken_anew_when_no_lock_is_held(center, counts, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        waits(center)
    renew_snapshots()
    with django_capture_on_commit_callbacks(execute=True):
        waits(center), waits(center)
        assert counts == [1]
    assert counts == [1, 1]
    TenantSnapshot.objects.update(taken_at=database_now() - timedelta(seconds=31))
    waits(center)
    assert counts == [1, 1, 1]


def test_by_what_is_kept_a_queue_closes_and_passes_on_to_none_that_does(
    center, counts, django_capture_on_commit_callbacks
):
    late = {"low": 6, "high": 6, "is_rough": False}
    others = [make_queue(center.tenant, name) for name in ("Fees", "Dates", "Visas")]
    Queue.objects.update(turns_at=database_now() + timedelta(minutes=5))
    content = {each.pk: late for each in (center.queue, *others[:2])} | {others[2].pk: None}
    TenantSnapshot.objects.create(of=center.tenant, taken_at=database_now(), content=content)
    assert waits(center).is_put_off
    overflows(center.queue, *others)
    plan(center.queue, when_closed="overflow")
    passed_on = waits(center)
    assert (passed_on.queue, passed_on.is_put_off) == (others[2], False)
    assert counts == []


def test_many_queues_to_pass_on_to_are_counted_once(center, counts, monkeypatch):
    others = [make_queue(center.tenant, name) for name in ("Fees", "Dates", "Visas")]
    Queue.objects.update(turns_at=database_now() + timedelta(minutes=5))
    overflows(center.queue, *others)
    late, count = {"low": 6, "high": 6, "is_rough": False}, reading._new_in
    found = {others[0].pk: late, others[1].pk: late}
    monkeypatch.setattr(reading, "_new_in", lambda queues, now: count(queues, now) | found)
    assert passing.first_open(center.queue) == others[2]
    assert counts == [4]
