"""Whether the customer is there who waits: signs of life, and what their absence means."""

from datetime import timedelta

import pytest

from contactcenter_chat.actions import messages, reading, typing
from contactcenter_chat.actions.center import customer_presence, offers, presence, routing, timers
from contactcenter_chat.exceptions import NotFound
from contactcenter_chat.models import Channel, Interaction, Offer, Queue, Segment
from contactcenter_chat.models.clock import database_now
from contactcenter_chat.routing.by_skill import BySkill
from tests import factories
from tests.facts import fresh, nothing_written

SECOND = timedelta(seconds=1)


@pytest.fixture
def waiting(center):
    """An interaction that waits on a channel with presence."""
    Channel.objects.update(has_presence=True)
    center.channel.refresh_from_db()
    return Interaction.objects.get(conversation=factories.start_conversation(center.channel))


def gone(interaction, seconds):
    """The customer's last sign of life was so many seconds ago; return what the clock makes of it."""
    Interaction.objects.filter(pk=interaction.pk).update(customer_seen_at=database_now() - seconds * SECOND)
    return timers.run_timers()


def away(interaction, seconds=0):
    """The customer has been away for so many seconds."""
    gone(interaction, 61)
    since = database_now() - seconds * SECOND
    Interaction.objects.filter(pk=interaction.pk).update(away_since=since)


def customer_says(interaction):
    messages.add_message(conversation_id=interaction.conversation_id, author_type="user", text="Hello?")


# Signs of life


def test_who_comes_is_there(center, waiting):
    assert fresh(waiting, "customer_seen_at") == (waiting.queued_at,)


def test_without_presence_nothing_is_noted(center, conversation):
    interaction = Interaction.objects.get()
    assert fresh(interaction, "customer_seen_at") == (None,)
    with nothing_written():
        customer_presence.seen(conversation.pk)
        assert timers.run_timers()["customers_away"] == 0


@pytest.mark.parametrize("sign", ["typing", "reading", "seen", "word"])
def test_a_sign_of_life(waiting, sign):
    gone(waiting, 30)
    before = database_now()
    pk = waiting.conversation_id
    {
        "typing": lambda: typing.show_typing(pk, "user"),
        "reading": lambda: reading.mark_read(conversation_id=pk, author_type="user", read_at=before),
        "seen": lambda: customer_presence.seen(pk),
        "word": lambda: customer_says(waiting),
    }[sign]()
    assert fresh(waiting, "customer_seen_at")[0] >= before


def test_what_others_do_is_none(waiting):
    gone(waiting, 30)
    seen = fresh(waiting, "customer_seen_at")
    typing.show_typing(waiting.conversation_id, "bot")
    assert fresh(waiting, "customer_seen_at") == seen


def test_signs_count_while_it_rings_and_while_an_agent_has_it(center, agent, waiting):
    offer = factories.offer_of(waiting.conversation)
    for accept in (False, True):
        if accept:
            offers.accept_offer(offer_id=offer.pk, agent=agent)
        Interaction.objects.update(customer_seen_at=database_now() - 61 * SECOND)
        before = database_now()
        typing.show_typing(waiting.conversation_id, "user")
        assert fresh(waiting, "customer_seen_at")[0] >= before


def test_who_is_taken_from_an_agent_has_a_minute_again(center, agent, waiting):
    factories.accepted(waiting.conversation)
    Interaction.objects.update(customer_seen_at=database_now() - 600 * SECOND)
    presence.leave(agent_id=agent.pk)
    assert timers.run_timers()["customers_away"] == 0
    assert gone(waiting, 61)["customers_away"] == 1


def test_of_another_contact_centre_nothing_is_noted(center, waiting):
    gone(waiting, 30)
    stranger = factories.make_tenant().tenant
    with nothing_written(), pytest.raises(NotFound):
        reading.mark_read(
            conversation_id=waiting.conversation_id,
            tenant_id=stranger.pk,
            author_type="user",
            read_at=database_now(),
        )


def test_of_many_signs_one_is_written(waiting, django_assert_num_queries):
    gone(waiting, 9)
    with nothing_written(), django_assert_num_queries(1):
        customer_presence.seen(waiting.conversation_id)


# Away


def test_who_is_gone_for_a_minute_is_skipped_and_keeps_the_place(center, agent, waiting):
    assert gone(waiting, 59)["customers_away"] == 0
    due_at = fresh(waiting, "due_at")
    assert gone(waiting, 61)["customers_away"] == 1
    assert fresh(waiting, "state", "is_follow_up") == ("waiting", False)
    assert fresh(waiting, "away_since")[0] is not None
    other = factories.start_conversation(center.channel)
    assert routing.route_queue(center.queue.pk) == 1
    assert Offer.objects.get().interaction.conversation == other
    assert fresh(waiting, "due_at") == due_at


@pytest.mark.parametrize("spoken", [True, False])
def test_who_is_back_is_offered(center, agent, waiting, spoken):
    away(waiting)
    assert routing.route_queue(center.queue.pk) == 0
    if spoken:
        customer_says(waiting)
    else:
        customer_presence.seen(waiting.conversation_id)
    assert fresh(waiting, "away_since", "ask_again_at") == (None, None)
    assert routing.route_queue(center.queue.pk) == 1


def test_nothing_is_said_to_and_passed_on_of_who_is_away(center, waiting):
    other = factories.make_queue(center.tenant)
    factories.overflows(center.queue, other)
    factories.plan(center.queue, max_wait_seconds=1, waiting_text_seconds=30, texts={"waiting": {"en": "Soon."}})
    away(waiting)
    past = database_now() - SECOND
    Interaction.objects.update(overflows_at=past, told_again_at=past)
    done = timers.run_timers()
    assert (done["overflows_due"], done["still_waiting_told"]) == (0, 0)
    assert fresh(waiting, "queue_id") == (center.queue.pk,)


def test_what_rings_goes_on_ringing(agent, center, waiting):
    routing.route_queue(center.queue.pk)
    assert gone(waiting, 600)["customers_away"] == 0
    offers.accept_offer(offer_id=Offer.objects.get().pk, agent=agent)
    assert fresh(waiting, "state", "away_since") == ("handling", None)


# Away for long


def test_who_stays_away_is_answered_later(center, agent, waiting):
    away(waiting, 599)
    assert timers.run_timers()["customers_given_up"] == 0
    away(waiting, 600)
    assert timers.run_timers()["customers_given_up"] == 1
    assert fresh(waiting, "is_follow_up", "ask_again_at", "step_due_at", "overflows_at") == (True, None, None, None)
    assert fresh(waiting, "due_at")[0] - waiting.entered_at == timedelta(hours=4)
    assert list(Segment.objects.order_by("pk").values_list("outcome", "queue")) == [
        ("silent_abandoned", center.queue.pk),
        ("", center.queue.pk),
    ]
    assert Segment.objects.get(left_at=None).interaction == waiting
    assert routing.route_queue(center.queue.pk) == 1


def test_the_next_word_makes_it_live_again_with_its_old_due_time(center, agent, waiting):
    due_at = waiting.due_at
    factories.plan(center.queue, max_wait_seconds=900)
    factories.overflows(center.queue, factories.make_queue(center.tenant))
    away(waiting, 600)
    timers.run_timers()
    customer_says(waiting)
    assert fresh(waiting, "is_follow_up", "away_since", "due_at") == (False, None, due_at)
    left = fresh(waiting, "overflows_at")[0] - database_now()
    assert left.total_seconds() == pytest.approx(900, abs=5)


def test_a_mere_sign_of_life_does_not(waiting):
    away(waiting, 600)
    timers.run_timers()
    customer_presence.seen(waiting.conversation_id)
    assert fresh(waiting, "is_follow_up") == (True,)
    assert fresh(waiting, "away_since")[0] is not None


def test_signs_of_who_is_answered_later_are_as_few(waiting, django_assert_num_queries):
    away(waiting, 600)
    timers.run_timers()
    customer_presence.seen(waiting.conversation_id)
    with nothing_written(), django_assert_num_queries(1):
        customer_presence.seen(waiting.conversation_id)


@pytest.mark.parametrize("handled", [False, True])
def test_a_word_makes_it_live_again_wherever_it_is(center, agent, waiting, handled):
    due_at = waiting.due_at
    away(waiting, 600)
    timers.run_timers()
    offer = factories.offer_of(waiting.conversation)
    if handled:
        offers.accept_offer(offer_id=offer.pk, agent=agent)
    customer_says(waiting)
    assert fresh(waiting, "is_follow_up", "away_since", "due_at") == (False, None, due_at)
    if handled:
        presence.leave(agent_id=agent.pk)
    else:
        offers.decline_offer(offer_id=offer.pk, agent=agent)
    assert fresh(waiting, "state", "is_follow_up", "due_at") == ("waiting", False, due_at)


def test_who_was_away_before_closing_is_offered_to_nobody_at_opening(center, agent, waiting):
    away(waiting)
    Interaction.objects.update(is_put_off=True, away_since=database_now() - timedelta(hours=9))
    Interaction.objects.update(ask_again_at=database_now() - timedelta(hours=8))
    assert timers.run_timers()["customers_given_up"] == 0
    Interaction.objects.update(is_put_off=False)
    assert routing.route_queue(center.queue.pk) == 0
    assert timers.run_timers()["customers_given_up"] == 1
    assert fresh(waiting, "is_follow_up") == (True,)


def test_all_who_are_free_having_said_no_brings_nobody_back(center, agent, waiting):
    offers.decline_offer(offer_id=factories.offer_of(waiting.conversation).pk, agent=agent)
    away(waiting)
    before = fresh(waiting, "ask_again_at")
    waiting.refresh_from_db()
    routing._ask_again_later(waiting)
    assert fresh(waiting, "ask_again_at") == before


def followed_up(interaction, agent):
    """It is a follow-up of a customer who is away, and its only agent has declined it."""
    away(interaction, 600)
    timers.run_timers()
    routing.route_queue(interaction.queue_id)
    offers.decline_offer(offer_id=Offer.objects.latest("made_at").pk, agent=agent)


def test_a_follow_up_that_all_have_declined_is_asked_again(center, agent, waiting):
    followed_up(waiting, agent)
    routing.route_queue(center.queue.pk)
    state, follows_up, asked_at = fresh(waiting, "state", "is_follow_up", "ask_again_at")
    assert (state, follows_up, asked_at > database_now()) == ("waiting", True, True)
    Interaction.objects.update(ask_again_at=database_now())
    timers.run_timers()
    routing.route_queue(center.queue.pk)
    assert fresh(waiting, "state") == ("offering",)


@pytest.mark.parametrize("at_once", [1, 2])
def test_such_follow_ups_keep_no_other_from_being_offered(center, agent, waiting, at_once, monkeypatch):
    monkeypatch.setattr(routing, "AT_ONCE", at_once)
    followed_up(waiting, agent)
    Channel.objects.update(has_presence=False)
    other = factories.start_conversation(center.channel)
    Interaction.objects.filter(pk=waiting.pk).update(due_at=database_now() - 60 * SECOND)
    assert routing.route_queue(center.queue.pk) == 1
    assert fresh(other.open_interaction, "state") == ("offering",)


def test_a_router_that_fails_with_a_follow_up_is_not_asked_about_it_for_a_while(center, agent, waiting, monkeypatch):
    away(waiting, 600)
    timers.run_timers()
    monkeypatch.setattr(BySkill, "choose", lambda *args: 1 / 0)
    routing.route_queue(center.queue.pk)
    assert fresh(waiting, "ask_again_at")[0] > database_now()


def test_what_is_kept_until_the_queue_opens_is_not_looked_at(center, waiting):
    Interaction.objects.update(is_put_off=True)
    Queue.objects.update(is_closed=True)
    assert gone(waiting, 600)["customers_away"] == 0
