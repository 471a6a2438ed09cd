"""Can somebody stop being an agent, or answer elsewhere, with nothing lost?"""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from unittest import mock

import pytest
from django.contrib.auth.signals import user_logged_out
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from contactcenter_chat.actions.center import agents, interactions, offers, presence, queues, releasing, timers, wrapup
from contactcenter_chat.actions.center.releasing import move_agent, release_agent, release_soon
from contactcenter_chat.exceptions import Conflict, Invalid, NotFound
from contactcenter_chat.models import Agent, Failure, Interaction, LogEntry, PresenceSpan, Queue, QueueMember
from contactcenter_chat.models.clock import NOW
from contactcenter_chat.queries.access import agent_of
from contactcenter_chat.queries.desk import snapshots
from tests import factories
from tests.facts import fresh


def queues_of(agent):
    return set(agent.memberships.values_list("queue", flat=True))


# Released


def test_an_open_chat_goes_back_to_its_queue_and_the_rest_stays(center, agent, chat):
    release_agent(agent_id=agent.pk)
    assert fresh(chat, "state", "agent_id") == ("waiting", None)
    assert list(LogEntry.objects.order_by("number").values_list("kind", flat=True))[-3:] == [
        "interaction.rerouted",
        "agent.left",
        "interaction.queued",
    ]
    assert fresh(agent, "presence", "presence_reason", "load", "tenant_id") == ("offline", "", 0, center.tenant.pk)
    assert Agent.objects.get().released_at is not None
    assert not QueueMember.objects.exists()


def test_the_chat_goes_to_somebody_else(center, agent, chat, colleague):
    release_agent(agent_id=agent.pk)
    assert factories.accepted(chat.conversation).agent == colleague


def test_an_offer_and_a_wrap_up_end(center, agent, chat):
    Queue.objects.update(wrap_up_mode="required")
    factories.make_codes(center.tenant, "Fees", required=True)
    interactions.end_interaction(interaction_id=chat.pk, agent=agent)
    offer = factories.offer_of(factories.start_conversation(center.channel))
    release_agent(agent_id=agent.pk)
    assert fresh(offer, "state") == ("rejected",)
    assert fresh(chat, "state", "codes_missing", "agent_id") == ("finished", False, agent.pk)
    assert [str(code) for code in chat.codes.all()] == ["the time to wrap up ran out"]
    assert fresh(agent, "load") == (0,)


def finished_without_codes(center, agent, chat):
    Queue.objects.update(wrap_up_mode="required_timed")
    factories.make_codes(center.tenant, "Fees", required=True)
    interactions.end_interaction(interaction_id=chat.pk, agent=agent)
    wrapup.time_out(interaction_id=chat.pk, now=timezone.now() + timedelta(minutes=5))
    assert fresh(chat, "state", "codes_missing") == ("finished", True)


def test_what_was_to_be_done_later_is_on_nobodys_list(center, agent, chat):
    finished_without_codes(center, agent, chat)
    told = LogEntry.objects.count()
    release_agent(agent_id=agent.pk)
    assert fresh(chat, "state", "codes_missing", "agent_id") == ("finished", False, agent.pk)
    assert LogEntry.objects.count() == told


def test_what_is_still_to_be_done_by_who_is_gone_the_clock_gives_up(center, agent, chat):
    finished_without_codes(center, agent, chat)
    Agent.objects.update(released_at=NOW)
    assert timers.run_timers()["agents_released"] == 1
    assert fresh(chat, "codes_missing") == (False,)
    assert timers.run_timers()["agents_released"] == 0


def test_what_takes_no_slot_is_taken_from_who_is_gone_as_well(center, agent, chat):
    type(chat).objects.update(pace="mail")
    Agent.objects.update(released_at=NOW, load=0)
    assert timers.run_timers()["agents_released"] == 1
    assert fresh(chat, "state", "agent_id") == ("waiting", None)


def test_who_is_released_meanwhile_becomes_no_member(center, agent):
    member = QueueMember(queue=factories.make_queue(center.tenant), agent=Agent.objects.get())
    release_agent(agent_id=agent.pk)
    with pytest.raises(Invalid):
        queues.save_member(member)
    assert not QueueMember.objects.exists()


def test_no_second_is_counted_any_more(agent, chat):
    release_agent(agent_id=agent.pk)
    assert not PresenceSpan.objects.filter(ended_at=None).exists()
    assert PresenceSpan.objects.latest("pk").activity == "handling"


def test_who_logs_out_is_the_agent_that_the_user_is_now(center, agent):
    release_agent(agent_id=agent.pk)
    again = agents.create_agent(tenant=center.tenant, user=agent.user, capacity=3)
    presence.set_presence(agent_id=again.pk, presence="available")
    user_logged_out.send(sender=type(agent.user), request=None, user=agent.user)
    assert fresh(again, "presence") == ("offline",)


def test_a_repeat_changes_nothing(agent, chat):
    release_agent(agent_id=agent.pk)
    first, entries = Agent.objects.get().released_at, LogEntry.objects.count()
    release_agent(agent_id=agent.pk)
    assert (Agent.objects.get().released_at, LogEntry.objects.count()) == (first, entries)


def test_what_could_not_be_taken_at_once_is_taken_by_the_clock(agent, chat):
    with mock.patch.object(interactions, "reroute", side_effect=RuntimeError("locked")):
        release_agent(agent_id=agent.pk)
    assert fresh(chat, "state") == ("handling",)
    Failure.objects.update(again_at=NOW)
    timers.run_timers()
    assert (fresh(chat, "state"), fresh(agent, "load")) == (("waiting",), (0,))


def test_a_desk_that_is_open_still_brings_nobody_back(center, agent):
    release_agent(agent_id=agent.pk)
    presence.set_presence(agent_id=agent.pk, presence="available")
    presence.heartbeat(agent_id=agent.pk)
    assert fresh(agent, "presence") == ("offline",)
    assert snapshots([agent.pk]) == {}
    assert agent_of(agent.user) is None
    with pytest.raises(Invalid):
        queues.save_member(QueueMember(queue=center.queue, agent=Agent.objects.get()))


def test_the_user_may_be_an_agent_again_and_history_is_another_ones(center, agent, chat):
    interactions.end_interaction(interaction_id=chat.pk, agent=agent)
    release_agent(agent_id=agent.pk)
    elsewhere = factories.make_center()
    again = agents.create_agent(tenant=elsewhere.tenant, user=agent.user, queues=[elsewhere.queue])
    assert agent_of(agent.user) == again
    assert fresh(chat, "agent_id") == (agent.pk,)
    with pytest.raises(IntegrityError), transaction.atomic():
        agents.create_agent(tenant=center.tenant, user=agent.user)


def test_nobody_released_is_offered_what_was_kept(center, agent, conversation):
    Interaction.objects.update(target_agent=agent)
    release_agent(agent_id=agent.pk)
    Agent.objects.update(presence="available")  # which no verb does
    with transaction.atomic():
        assert agents.lock_free([agent.pk], agent.idle_since) == {}


# Moved


def test_an_agent_answers_other_queues_and_keeps_the_chats(center, agent, chat):
    fees, dates = factories.make_queue(center.tenant), factories.make_queue(center.tenant)
    QueueMember.objects.update(level=5)
    assert move_agent(agent_id=agent.pk, queues=[center.queue, fees]) == agent
    assert set(QueueMember.objects.values_list("queue", "level")) == {(center.queue.pk, 5), (fees.pk, 3)}
    move_agent(agent_id=agent.pk, queues=[dates], tenant=center.tenant)
    assert queues_of(agent) == {dates.pk}
    assert fresh(chat, "state", "agent_id") == ("handling", agent.pk)
    assert fresh(agent, "presence") == ("available",)
    move_agent(agent_id=agent.pk, queues=[])
    assert queues_of(agent) == set()


def test_a_new_queue_is_woken(center, agent, woken):
    fees = factories.make_queue(center.tenant)
    assert woken(move_agent, agent_id=agent.pk, queues=[center.queue, fees]) == [("wake_routing", fees.pk)]


def test_a_move_to_another_centre_makes_another_agent(center, agent, chat):
    elsewhere = factories.make_center()
    Agent.objects.update(capacity=7)
    moved = move_agent(agent_id=agent.pk, queues=[elsewhere.queue], tenant=elsewhere.tenant)
    assert moved.pk != agent.pk
    assert fresh(moved, "tenant_id", "user_id", "capacity", "presence") == (
        elsewhere.tenant.pk,
        agent.user_id,
        7,
        "offline",
    )
    assert queues_of(moved) == {elsewhere.queue.pk}
    assert fresh(chat, "state", "agent_id") == ("waiting", None)
    assert agent_of(agent.user) == moved


@pytest.mark.parametrize("is_moved", [False, True])
def test_queues_of_another_centre_change_nothing(center, agent, is_moved):
    elsewhere = factories.make_center()
    wrong = [center.queue] if is_moved else [elsewhere.queue]
    with pytest.raises(NotFound):
        move_agent(agent_id=agent.pk, queues=wrong, tenant=elsewhere.tenant if is_moved else None)
    assert queues_of(agent) == {center.queue.pk}
    assert fresh(agent, "released_at") == (None,)


@pytest.mark.parametrize("is_far", [False, True])
def test_who_was_released_is_not_moved(center, agent, is_far):
    elsewhere = factories.make_center()
    release_agent(agent_id=agent.pk)
    to = elsewhere if is_far else center
    with pytest.raises(Conflict):
        move_agent(agent_id=agent.pk, queues=[to.queue], tenant=to.tenant)
    assert Agent.objects.count() == 1


def test_nothing_else_is_given_up(agent, chat):
    assert wrapup.give_up(interaction_id=chat.pk) is False
    assert fresh(chat, "state") == ("handling",)
    assert offers.end_offer(offer_id=chat.offers.get().pk, state="rejected") is False
    assert releasing.GIVEN_UP.name == "wrap_ups_given_up"


def test_in_a_transaction_the_chats_go_back_after_the_commit(agent, chat, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks() as after, transaction.atomic():
        release_soon(agent_id=agent.pk)
    assert fresh(agent, "presence") == ("offline",)
    assert Agent.objects.get(pk=agent.pk).released_at is not None
    assert fresh(chat, "state", "agent_id") == ("handling", agent.pk)
    for follow in after:
        follow()
    assert fresh(chat, "state", "agent_id") == ("waiting", None)


def test_what_is_taken_back_releases_nobody(agent, chat, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks() as after, transaction.atomic():
        release_soon(agent_id=agent.pk)
        transaction.set_rollback(True)
    assert after == []
    assert (Agent.objects.get(pk=agent.pk).released_at, *fresh(chat, "state")) == (None, "handling")


# Beside others


def released(agent):
    release_agent(agent_id=agent.pk)


def released_soon(agent):
    release_soon(agent_id=agent.pk)


def in_no_queue(agent):
    move_agent(agent_id=agent.pk, queues=[])


def elsewhere(agent):
    other = factories.make_center()
    move_agent(agent_id=agent.pk, queues=[other.queue], tenant=other.tenant)


def until_it_waits_for_a_lock():
    wait = threading.Event().wait
    blocked = "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
    with connection.cursor() as cursor:
        for _ in range(500):
            cursor.execute("SELECT pg_stat_clear_snapshot()")  # a transaction looks once otherwise
            cursor.execute(blocked)
            if cursor.fetchone():
                return
            wait(0.02)
    raise AssertionError("Nobody waits for a lock.")


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("leave", [released, released_soon, in_no_queue, elsewhere])
def test_who_has_the_queue_locked_can_lock_the_agent_then(leave):
    """As a dispatcher does, and who saves a department: neither waits for the other for ever."""
    center = factories.make_center()
    agent = factories.make_agent(center.tenant, center.queue)

    def meanwhile():
        try:
            leave(agent)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            Queue.objects.locked().get(pk=center.queue.pk)
            left = pool.submit(meanwhile)
            until_it_waits_for_a_lock()
            Agent.objects.select_for_update(nowait=True).get(pk=agent.pk)
        left.result()
    assert queues_of(agent) == set()
    assert fresh(center.queue, "replan_after") == ("",)


def test_a_queue_that_the_agent_came_to_between_the_locks_is_looked_at_as_well(
    center, agent, django_capture_on_commit_callbacks
):
    fees, lock = factories.make_queue(center.tenant, "Fees"), agents.lock

    def came_first(agent_id):
        fees.members.create(agent_id=agent_id)
        return lock(agent_id)

    with django_capture_on_commit_callbacks(execute=True), mock.patch.object(agents, "lock", came_first):
        release_soon(agent_id=agent.pk)
    assert [fresh(each, "replan_after") for each in (center.queue, fees)] == [("",), ("",)]
    assert not QueueMember.objects.exists()
