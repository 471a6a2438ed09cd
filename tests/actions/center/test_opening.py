"""When queues open and close, and what becomes of what waits there."""

from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from contactcenter_chat.actions.center import interactions, opening, queues, routing, timers, transfers
from contactcenter_chat.exceptions import Conflict, Invalid
from contactcenter_chat.models import Interaction, OpeningHours, Queue
from tests import factories
from tests.facts import facts, fresh, refused

ALWAYS = {str(day): [["00:00", "24:00"]] for day in range(7)}


@pytest.fixture
def hours(center):
    """Which the queue goes by; open now."""
    hours = OpeningHours(tenant=center.tenant, name="Office", weekly=ALWAYS)
    opening.save_hours(hours)
    factories.plan(center.queue, hours=hours)
    return hours


def closes(hours, until=None):
    """Have it closed now: for good, or until some time from now."""
    opens = timezone.now() + until if until else None
    hours.weekly = {} if opens is None else {str(opens.weekday()): [[f"{opens:%H:%M}", "24:00"]]}
    opening.save_hours(hours)


def opens(hours):
    hours.weekly = ALWAYS
    opening.save_hours(hours)


def passes(queue, **seconds):
    """Let the time come at which the clock turns the queue."""
    past = timezone.now() - timedelta(seconds=1)
    type(queue).objects.filter(pk=queue.pk).update(turns_at=past, serves_until=past)
    timers.run_timers()


def closes_soon(hours, minutes=5):
    """Have it close on every day at this time, in so many minutes, after an hour; opened again tomorrow."""
    closes_at = timezone.now() + timedelta(minutes=minutes)
    period = [f"{closes_at - timedelta(hours=1):%H:%M}", f"{closes_at:%H:%M}"]
    hours.weekly = {str(day): [period] for day in range(7)}
    opening.save_hours(hours)
    return closes_at.replace(second=0, microsecond=0) + timedelta(hours=23)


def waits(center):
    return Interaction.objects.get(conversation=factories.start_conversation(center.channel))


STATE = ("is_closed", "opens_at", "serves_until", "turns_at")


def test_where_it_never_closes(center, hours):
    assert fresh(center.queue, *STATE) == (False, None, None, None)


def test_a_queue_closes_at_once_when_its_hours_say_so(center, hours):
    closes(hours)
    is_closed, opens_at, serves_until, turns_at = fresh(center.queue, *STATE)
    assert (is_closed, opens_at, turns_at) == (True, None, serves_until)
    assert serves_until - timezone.now() == pytest.approx(timedelta(seconds=900), abs=timedelta(seconds=9))


def test_the_clock_opens_and_closes_it(center, hours):
    now = timezone.now()
    closes(hours, timedelta(minutes=5))
    assert fresh(center.queue, "opens_at")[0] - now < timedelta(minutes=5)
    hours.weekly = ALWAYS
    hours.save()
    passes(center.queue)
    assert fresh(center.queue, *STATE) == (False, None, None, None)


def test_what_comes_while_closed_waits_for_the_opening(center, agent, hours):
    closes(hours, timedelta(minutes=5))
    interaction = waits(center)
    opens_at = fresh(center.queue, "opens_at")[0]
    assert fresh(interaction, "is_put_off", "is_follow_up") == (True, False)
    assert interaction.due_at == hours.hours().moved(interaction.entered_at, timedelta(hours=4))  # of opening time
    assert routing.route_queue(center.queue.pk) == 0
    [queued] = [data for _n, name, _i, data in facts(interaction.conversation) if name == "interaction.queued"]
    assert datetime.fromisoformat(queued["closed_until"]) == opens_at
    opens(hours)
    timers.run_timers()
    assert routing.route_queue(center.queue.pk) == 1


def test_what_waits_at_closing_is_served_for_a_while(center, agent, hours):
    before = waits(center)
    closes(hours)
    after = waits(center)
    timers.run_timers()
    assert fresh(before, "is_put_off") == (False,)
    assert fresh(after, "is_put_off") == (True,)
    assert routing.route_queue(center.queue.pk) == 1
    assert fresh(before, "state") == ("offering",)


def test_then_it_is_kept_for_the_next_opening_and_the_customer_is_told(center, hours):
    factories.plan(center.queue, texts={"closed": {"de": "Geschlossen.", "en": "We are closed."}})
    interaction = waits(center)
    closes(hours)
    passes(center.queue)
    assert fresh(center.queue, "serves_until") == (None,)
    timers.run_timers()
    assert fresh(interaction, "is_put_off") == (True,)
    assert said(interaction) == ["Geschlossen."]
    timers.run_timers()
    assert said(interaction) == ["Geschlossen."]


def said(interaction):
    return list(interaction.conversation.messages.filter(author_type="system").values_list("text", flat=True))


def test_a_message_and_a_follow_up(center, hours):
    texts = {"closed": {"en": "We are closed. We will write to you."}}
    factories.plan(center.queue, when_closed="message", texts=texts, steps=[{"after": 10}])
    closes(hours)
    interaction = waits(center)
    assert said(interaction) == ["We are closed. We will write to you."]
    assert fresh(interaction, "is_follow_up", "step_due_at") == (True, None)


def test_passed_on_when_closed(center, hours):
    other = factories.make_queue(center.tenant, "General")
    factories.overflows(center.queue, other)
    factories.plan(center.queue, when_closed="overflow")
    closes(hours)
    interaction = waits(center)
    assert fresh(interaction, "queue_id", "is_put_off") == (other.pk, False)


def test_what_is_kept_for_an_agent_is_not_put_off(center, agent, hours, conversation):
    colleague = factories.make_agent(center.tenant, center.queue)
    chat = factories.accepted(conversation)
    closes(hours)
    chat = transfers.transfer_to_agent(
        interaction_id=chat.pk, agent=chat.agent, to_agent=colleague if chat.agent == agent else agent
    )
    assert not chat.is_put_off
    assert routing.route_queue(center.queue.pk) == 1


def test_the_clock_of_the_steps_stands_still_while_closed(center, hours, agent):
    closes(hours, timedelta(hours=2))
    factories.plan(center.queue, steps=[{"after": 60}])
    interaction = waits(center)
    assert interaction.step_due_at == fresh(center.queue, "opens_at")[0] + timedelta(seconds=60)


def test_hours_of_a_queue_stay(center, hours):
    with refused(Conflict, message="The queue Default goes by these hours."):
        opening.delete_hours(hours)
    factories.plan(center.queue, hours=None)
    opening.delete_hours(hours)
    assert not OpeningHours.objects.exists()


def test_one_that_opens_later_than_it_was_to_offers_nothing_before(center, agent, hours):
    closes(hours, timedelta(minutes=5))
    interaction = waits(center)
    closes(hours, timedelta(minutes=50))
    Queue.objects.update(turns_at=timezone.now() + timedelta(hours=1))
    timers.run_timers()
    assert routing.route_queue(center.queue.pk) == 0
    assert fresh(interaction, "is_put_off") == (True,)
    assert said(interaction) == []


def test_what_was_put_off_by_who_had_not_seen_it_open_is_offered(center, agent, hours, conversation):
    Interaction.objects.update(is_put_off=True)
    assert timers.run_timers()["queues_opened"] == 1
    assert routing.route_queue(center.queue.pk) == 1


def test_at_the_opening_the_time_without_anybody_begins_anew(center, hours, conversation):
    closes(hours)
    Queue.objects.update(empty_since=timezone.now() - timedelta(hours=9), when_empty="message")
    opens(hours)
    assert fresh(center.queue, "empty_since") == (None,)


def test_hours_of_another_centre(center):
    other = OpeningHours.objects.create(tenant=factories.make_tenant().tenant, name="Office")
    center.queue.hours = other
    with refused(Invalid, field="hours"):
        queues.save_queue(center.queue)


def test_holidays(center):
    hours = OpeningHours(tenant=center.tenant, name="Office", weekly=ALWAYS, holidays="GB-ENG").hours()
    assert not hours.is_open(datetime.fromisoformat("2026-12-25T12:00Z"))
    assert hours.is_open(datetime.fromisoformat("2026-12-24T12:00Z"))


def test_reopened_in_a_closed_queue_it_waits_again(center, agent, hours, conversation):
    chat = factories.accepted(conversation)
    closes(hours)
    passes(center.queue)
    interactions.reroute(interaction_id=chat.pk, agent_id=agent.pk, reason="agent_lost")
    timers.run_timers()
    assert fresh(chat, "state", "is_put_off") == ("waiting", True)
    assert routing.route_queue(center.queue.pk) == 0


class TestShortlyBeforeClosing:
    """Chats take an hour, and the agent has one."""

    @pytest.fixture(autouse=True)
    def long_chats(self, center, hours):
        factories.chat_history(center, seconds=3600)
        factories.busy_agent(center)

    def test_what_comes_finds_it_closed_and_who_waits_is_served(self, center, hours):
        before = waits(center)
        opens_at = closes_soon(hours)
        after = waits(center)
        kept = fresh(after, "is_put_off", "put_off_until", "is_follow_up", "told_again_at")
        assert kept == (True, opens_at, False, None)
        assert after.due_at == hours.hours().moved(after.entered_at, timedelta(hours=4))
        [queued] = [data for _n, name, _i, data in facts(after.conversation) if name == "interaction.queued"]
        assert queued["closed_until"] == opens_at.isoformat()
        timers.run_timers()
        assert fresh(after, "is_put_off") == (True,)
        assert fresh(before, "is_put_off", "put_off_until") == (False, None)
        agent = factories.make_agent(center.tenant, center.queue)
        assert routing.route_queue(center.queue.pk) == 1
        assert fresh(before, "state") == ("offering",)
        assert agent.pk == before.offers.get().agent_id

    def test_it_does_what_the_queue_does_when_it_is_closed(self, center, hours):
        factories.plan(center.queue, when_closed="message", texts={"closed": {"en": "We are closed."}})
        closes_soon(hours)
        interaction = waits(center)
        assert fresh(interaction, "is_put_off", "is_follow_up") == (True, True)
        assert list(interaction.conversation.messages.values_list("text", flat=True)) == ["We are closed."]
        other = factories.make_queue(center.tenant)
        queues.save_queue(center.queue, overflow=[other])
        factories.plan(center.queue, when_closed="overflow")
        assert fresh(waits(center), "queue", "is_put_off", "put_off_until") == (other.pk, False, None)

    def test_when_it_opens_again_it_is_offered(self, center, hours):
        closes_soon(hours)
        interaction = waits(center)
        Interaction.objects.filter(pk=interaction.pk).update(put_off_until=timezone.now())
        timers.run_timers()
        assert fresh(interaction, "is_put_off") == (False,)

    def test_other_hours_have_it_offered_at_once(self, center, hours):
        closes_soon(hours)
        interaction = waits(center)
        opens(hours)
        timers.run_timers()
        assert fresh(interaction, "is_put_off", "put_off_until") == (False, None)
        timers.run_timers()
        assert fresh(interaction, "due_at") == (interaction.entered_at + timedelta(seconds=60),)

    def test_so_does_no_such_time(self, center, hours):
        closes_soon(hours)
        interaction = waits(center)
        factories.plan(center.queue, closing_seconds=0)
        timers.run_timers()
        assert fresh(interaction, "is_put_off") == (False,)
        assert fresh(waits(center), "is_put_off") == (False,)

    @pytest.mark.parametrize(("minutes", "put_off"), [(9, True), (12, False)])
    def test_ten_minutes_before(self, center, hours, minutes, put_off):
        closes_soon(hours, minutes)
        assert fresh(waits(center), "is_put_off") == (put_off,)

    def test_without_an_estimate_it_is_open(self, center, hours):
        Interaction.objects.filter(state="finished").first().delete()
        closes_soon(hours)
        assert fresh(waits(center), "is_put_off") == (False,)

    def test_where_it_would_be_answered_in_time_it_is_open(self, center, hours):
        factories.make_agent(center.tenant, center.queue, capacity=5)
        closes_soon(hours)
        assert fresh(waits(center), "is_put_off") == (False,)

    def test_nothing_is_passed_on_to_it(self, center, hours):
        other = factories.make_queue(center.tenant, when_empty="overflow")
        factories.overflows(other, center.queue)
        closes_soon(hours)
        channel = factories.make_channel(center.tenant, other, name="Other")
        interaction = Interaction.objects.get(conversation=factories.start_conversation(channel))
        Queue.objects.filter(pk=other.pk).update(empty_since=timezone.now() - timedelta(seconds=121))
        timers.run_timers()
        assert fresh(interaction, "queue") == (other.pk,)
        opens(hours)
        timers.run_timers()
        assert fresh(interaction, "queue") == (center.queue.pk,)

    def test_what_is_kept_for_an_agent_rings(self, center, hours):
        colleague = factories.make_agent(center.tenant, center.queue, capacity=1)
        taker = factories.make_agent(center.tenant, factories.make_queue(center.tenant))
        chat = factories.accepted(factories.start_conversation(center.channel))
        closes_soon(hours)
        handed_on = transfers.transfer_to_agent(interaction_id=chat.pk, agent=colleague, to_agent=taker)
        assert fresh(handed_on, "is_put_off", "put_off_until") == (False, None)
