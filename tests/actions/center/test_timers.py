"""What happens by the clock: the clock is moved by dating rows back."""

from datetime import timedelta

import pytest
from django.db.models import F
from django.utils import timezone

from contactcenter_chat import events
from contactcenter_chat.actions import conversations, messages
from contactcenter_chat.actions.center import (
    agents,
    interactions,
    offers,
    presence,
    routing,
    timers,
    transfers,
    wrapup,
)
from contactcenter_chat.exceptions import Conflict
from contactcenter_chat.models import Agent, Conversation, Interaction, Offer
from tests import factories

pytestmark = pytest.mark.django_db


def earlier(queryset, seconds, *fields):
    """Let this much time pass for these rows."""
    queryset.update(**{field: F(field) - timedelta(seconds=seconds) for field in fields})


def silence(seconds):
    """Let this much time pass in which nobody says anything."""
    earlier(Conversation.objects, seconds, "last_word_at")
    earlier(Interaction.objects, seconds, "entered_at", "accepted_at", "first_reply_at")


def acted():
    return {name: count for name, count in timers.run_timers().items() if count}


def test_nothing_is_due_at_once(center):
    factories.make_agent(center.tenant, center.queue)
    factories.offer_of(factories.start_conversation(center.channel))
    assert acted() == {}


def test_a_missed_offer_pauses_the_agent_and_asks_the_next(center):
    first = factories.make_agent(center.tenant, center.queue)
    conversation = factories.start_conversation(center.channel)
    assert factories.offer_of(conversation).agent == first
    second = factories.make_agent(center.tenant, center.queue)
    earlier(Offer.objects, 20, "expires_at")
    assert acted() == {"offers_timed_out": 1}
    first.refresh_from_db()
    assert (first.load, first.missed_in_a_row, first.presence) == (0, 1, "available")
    assert first.paused_until is not None
    assert factories.offer_of(conversation).agent == second
    earlier(Agent.objects.filter(pk=first.pk), 10, "paused_until")
    assert acted() == {"agents_paused": 1}


def test_the_second_missed_offer_in_a_row_is_a_break(center):
    agent = factories.make_agent(center.tenant, center.queue)
    Agent.objects.update(missed_in_a_row=1)
    factories.offer_of(factories.start_conversation(center.channel))
    earlier(Offer.objects, 20, "expires_at")
    timers.run_timers()
    agent.refresh_from_db()
    assert (agent.presence, agent.presence_reason) == ("on_break", "missed")


def test_when_all_declined_they_are_asked_again_after_a_pause_that_doubles(center):
    agent = factories.make_agent(center.tenant, center.queue)
    conversation = factories.start_conversation(center.channel)
    entered_at = Interaction.objects.get().entered_at
    for pause in (5, 10, 20, 40, 60, 60):
        offers.decline_offer(offer_id=factories.offer_of(conversation).pk, agent=agent)
        assert routing.route_queue(center.queue.pk) == 0
        interaction = Interaction.objects.get()
        assert (
            0 < pause - (interaction.ask_again_at - Offer.objects.latest("made_at").ended_at).total_seconds() + 1 < 2
        )
        earlier(Interaction.objects, pause + 1, "ask_again_at")
        assert acted() == {"asked_again": 1}
    assert Interaction.objects.get().entered_at == entered_at
    assert Interaction.objects.get().state == "waiting"


def test_a_lost_agent_loses_offers_at_once_and_chats_a_while_later(center):
    agent = factories.make_agent(center.tenant, center.queue)
    chat = factories.start_conversation(center.channel)
    interaction = factories.accepted(chat)
    entered_at = interaction.entered_at
    offer = factories.offer_of(factories.start_conversation(center.channel))
    earlier(Agent.objects, 61, "last_seen_at")
    assert acted() == {"agents_lost": 1}
    agent.refresh_from_db()
    offer.refresh_from_db()
    assert (agent.presence, agent.presence_reason, agent.load) == ("offline", "lost", 3)
    assert (offer.state, offer.reason) == ("withdrawn", "agent_lost")
    earlier(Agent.objects, 61, "lost_at")
    assert acted() == {"chats_of_lost_agents": 1}
    interaction.refresh_from_db()
    assert (interaction.state, interaction.agent, interaction.entered_at) == ("waiting", None, entered_at)
    assert factories.log_of(chat)[-3:] == ["interaction.rerouted", "agent.left", "interaction.queued"]
    assert Agent.objects.get().load == 0


def test_a_lost_agent_who_comes_back_in_time_keeps_the_chats(center):
    agent = factories.make_agent(center.tenant, center.queue)
    interaction = factories.accepted(factories.start_conversation(center.channel))
    earlier(Agent.objects, 61, "last_seen_at")
    timers.run_timers()
    presence.heartbeat(agent_id=agent.pk)
    agent.refresh_from_db()
    interaction.refresh_from_db()
    assert (agent.presence, agent.lost_at, interaction.agent) == ("available", None, agent)
    assert acted() == {}


def test_an_agent_who_is_no_user_any_more_is_gone_and_the_chats_go_back(center):
    agent = factories.make_agent(center.tenant, center.queue)
    interaction = factories.accepted(factories.start_conversation(center.channel))
    type(agent.user).objects.filter(pk=agent.user_id).update(is_active=False)
    assert acted() == {"agents_inactive": 1}
    agent.refresh_from_db()
    interaction.refresh_from_db()
    assert (agent.presence, agent.load, interaction.state, interaction.agent) == ("offline", 0, "waiting", None)
    assert acted() == {}


def test_chats_of_an_agent_whose_going_was_cut_short_go_back_too(center):
    agent = factories.make_agent(center.tenant, center.queue)
    interaction = factories.accepted(factories.start_conversation(center.channel))
    Agent.objects.update(presence="offline")
    earlier(Agent.objects, 61, "last_seen_at")
    assert acted() == {"agents_lost": 1}
    earlier(Agent.objects, 61, "lost_at")
    assert acted() == {"chats_of_lost_agents": 1}
    interaction.refresh_from_db()
    agent.refresh_from_db()
    assert (interaction.state, agent.load) == ("waiting", 0)


def test_a_chat_without_a_first_reply_is_rerouted_unless_the_agent_types(center):
    agent = factories.make_agent(center.tenant, center.queue)
    interaction = factories.accepted(factories.start_conversation(center.channel))
    earlier(Interaction.objects, 181, "accepted_at")
    agents.note_typing(interaction_id=interaction.pk, agent=agent)
    assert acted() == {}
    earlier(Interaction.objects, 181, "agent_typed_at")
    assert acted() == {"first_replies_missing": 1}
    interaction.refresh_from_db()
    assert (interaction.state, interaction.agent) == ("waiting", None)


def test_the_agent_whose_chat_was_rerouted_is_not_the_next_one_asked(center):
    factories.make_agent(center.tenant, center.queue)
    conversation = factories.start_conversation(center.channel)
    factories.accepted(conversation)
    second = factories.make_agent(center.tenant, center.queue)
    earlier(Interaction.objects, 181, "accepted_at")
    timers.run_timers()
    Agent.objects.filter(pk=second.pk).update(load=6)
    assert factories.offer_of(conversation).agent == second


def test_a_silent_customer_is_warned_and_then_the_chat_ends(center):
    agent = factories.make_agent(center.tenant, center.queue)
    conversation = factories.start_conversation(center.channel)
    factories.accepted(conversation)
    messages.add_message(conversation_id=conversation.pk, author_type=events.AGENT, text="Hello?", agent=agent)
    silence(301)
    assert acted() == {"customers_warned": 1}
    assert acted() == {}
    silence(300)
    assert acted() == {}  # the warning came late, and the customer has just seen it
    earlier(Interaction.objects, 299, "warned_at")
    assert acted() == {}
    earlier(Interaction.objects, 1, "warned_at")
    assert acted() == {"customers_idle": 1}
    interaction = Interaction.objects.get()
    assert (interaction.outcome, interaction.ended_by, interaction.state) == ("timed_out", "system", "wrap_up")
    assert interaction.codes.get().short_code == "system:customer_idle"


def test_after_a_clock_that_stood_still_the_customer_has_the_time_to_answer(center):
    agent = factories.make_agent(center.tenant, center.queue)
    conversation = factories.start_conversation(center.channel)
    factories.accepted(conversation)
    messages.add_message(conversation_id=conversation.pk, author_type=events.AGENT, text="Hello?", agent=agent)
    silence(10_000)
    before = timezone.now()
    assert acted() == {"customers_warned": 1}
    assert Interaction.objects.get().warned_at >= before - timedelta(seconds=1)
    assert acted() == {}
    messages.add_message(conversation_id=conversation.pk, author_type=events.CUSTOMER, text="Yes!")
    earlier(Interaction.objects, 300, "warned_at")
    assert acted() == {}


def test_what_rang_together_and_was_missed_together_is_one_miss(center):
    """As when the clock stood still, or two offers came at once: the agent was not told of the first yet."""
    agent = factories.make_agent(center.tenant, center.queue)
    for _ in range(2):
        factories.offer_of(factories.start_conversation(center.channel))
    earlier(Offer.objects, 21, "made_at", "expires_at")
    assert acted() == {"offers_timed_out": 2}
    agent.refresh_from_db()
    assert (agent.presence, agent.missed_in_a_row, agent.load) == ("available", 1, 0)
    assert (agent.paused_until - timezone.now()).total_seconds() > 9


def test_after_the_pause_the_next_miss_is_a_break(center):
    agent = factories.make_agent(center.tenant, center.queue)
    for shown in ("available", "on_break"):
        conversation = factories.start_conversation(center.channel)
        factories.offer_of(conversation)
        earlier(Offer.objects.filter(state="pending"), 21, "expires_at")
        timers.run_timers()
        agent.refresh_from_db()
        assert agent.presence == shown
        conversations.leave_as_customer(conversation_id=conversation.pk)
        earlier(Agent.objects, 11, "paused_until")
        timers.run_timers()


def test_a_process_whose_clock_is_ahead_does_nothing_too_early(center, monkeypatch):
    factories.make_agent(center.tenant, center.queue)
    factories.accepted(factories.start_conversation(center.channel))
    factories.offer_of(factories.start_conversation(center.channel))
    ahead = timezone.now() + timedelta(hours=1)
    monkeypatch.setattr(timezone, "now", lambda: ahead)
    assert acted() == {}


def test_what_a_process_whose_clock_is_ahead_writes_is_over_in_time(center, monkeypatch):
    agent = factories.make_agent(center.tenant, center.queue)
    now = timezone.now()
    with monkeypatch.context() as patched:
        patched.setattr(timezone, "now", lambda: now + timedelta(hours=1))
        factories.offer_of(factories.start_conversation(center.channel))
        presence.heartbeat(agent_id=agent.pk)
    assert Offer.objects.get().expires_at < now + timedelta(seconds=60)
    assert Agent.objects.get().last_seen_at < now + timedelta(seconds=60)


@pytest.mark.parametrize("reaction", ["declined", "missed"])
def test_who_did_not_take_a_chat_is_asked_again_in_time_by_any_clock(center, monkeypatch, reaction):
    agent = factories.make_agent(center.tenant, center.queue)
    offer = factories.offer_of(factories.start_conversation(center.channel))
    now = timezone.now()
    with monkeypatch.context() as patched:
        patched.setattr(timezone, "now", lambda: now + timedelta(hours=1))
        if reaction == "declined":
            offers.decline_offer(offer_id=offer.pk, agent=agent)
            routing.route_queue(center.queue.pk)
        else:
            earlier(Offer.objects, 21, "expires_at")
            timers.run_timers()
    agent.refresh_from_db()
    until = agent.paused_until if reaction == "missed" else Interaction.objects.get().ask_again_at
    assert now < until < now + timedelta(seconds=60)


def test_a_customer_who_waits_for_us_is_never_idle(center):
    factories.make_agent(center.tenant, center.queue)
    conversation = factories.start_conversation(center.channel)
    interaction = factories.accepted(conversation)
    Interaction.objects.update(first_reply_at=interaction.accepted_at)
    messages.add_message(conversation_id=conversation.pk, author_type=events.CUSTOMER, text="Are you there?")
    earlier(Conversation.objects, 10_000, "last_word_at")
    assert acted() == {}


def test_a_customer_who_waited_for_another_agent_was_not_silent(center):
    agent = factories.make_agent(center.tenant, center.queue)
    conversation = factories.start_conversation(center.channel)
    interaction = factories.accepted(conversation)
    messages.add_message(conversation_id=conversation.pk, author_type=events.AGENT, text="One moment", agent=agent)
    silence(400)
    assert acted() == {"customers_warned": 1}
    interactions.reroute(interaction_id=interaction.pk, agent_id=agent.pk, reason="agent_lost")
    silence(10_000)
    factories.make_agent(center.tenant, center.queue)
    factories.accepted(conversation)
    assert acted() == {}
    Interaction.objects.update(first_reply_at=timezone.now())
    silence(301)
    assert acted() == {"customers_warned": 1}


def test_a_customer_who_answers_the_warning_has_the_full_time_again(center):
    agent = factories.make_agent(center.tenant, center.queue)
    conversation = factories.start_conversation(center.channel)
    factories.accepted(conversation)
    for _ in range(2):
        messages.add_message(conversation_id=conversation.pk, author_type=events.AGENT, text="Hello?", agent=agent)
        silence(301)
        earlier(Interaction.objects, 301, "warned_at")
        assert acted() == {"customers_warned": 1}
        messages.add_message(conversation_id=conversation.pk, author_type=events.CUSTOMER, text="Yes!")


def test_wrap_up_time_runs_out_without_a_required_code():
    center = factories.make_center(wrap_up_mode="required_timed")
    agent = factories.make_agent(center.tenant, center.queue)
    (code,) = factories.make_codes(center.tenant, "Fees", required=True)
    interaction = factories.accepted(factories.start_conversation(center.channel))
    interactions.end_interaction(interaction_id=interaction.pk, agent=agent)
    for _ in range(3):
        wrapup.extend(interaction_id=interaction.pk, agent=agent)
    with pytest.raises(Conflict):
        wrapup.extend(interaction_id=interaction.pk, agent=agent)
    earlier(Interaction.objects, 239, "wrap_up_until")
    assert acted() == {}
    earlier(Interaction.objects, 1, "wrap_up_until")
    assert acted() == {"wrap_ups_over": 1}
    interaction.refresh_from_db()
    assert (interaction.state, interaction.codes_missing) == ("finished", True)
    assert interaction.codes.get().short_code == "system:wrapup_timeout"
    assert Agent.objects.get().load == 0
    wrapup.finish(interaction_id=interaction.pk, agent=agent, code_ids=[code.pk])
    interaction.refresh_from_db()
    assert interaction.codes_missing is False
    assert Agent.objects.get().load == 0


def test_wrap_up_without_anything_required_just_ends(center):
    agent = factories.make_agent(center.tenant, center.queue)
    interaction = factories.accepted(factories.start_conversation(center.channel))
    interactions.end_interaction(interaction_id=interaction.pk, agent=agent)
    earlier(Interaction.objects, 61, "wrap_up_until")
    timers.run_timers()
    interaction.refresh_from_db()
    assert (interaction.state, interaction.codes_missing) == ("finished", False)
    assert not interaction.codes.exists()


def test_a_transfer_to_an_agent_comes_back_when_it_is_not_taken(center):
    sender = factories.make_agent(center.tenant, center.queue)
    conversation = factories.start_conversation(center.channel)
    interaction = factories.accepted(conversation)
    specialist = factories.make_agent(center.tenant, capacity=1)
    transfers.transfer_to_agent(interaction_id=interaction.pk, agent=sender, to_agent=specialist)
    Agent.objects.filter(pk=specialist.pk).update(load=3)
    earlier(Interaction.objects.filter(state="waiting"), 61, "target_until")
    assert acted() == {"targets_over": 1}
    assert factories.offer_of(conversation).agent == sender


def test_what_goes_wrong_with_one_keeps_no_other_from_its_time(center, monkeypatch, caplog):
    """Two offers are over, and ending the first fails."""
    ended = []

    def end_offer(*, offer_id, state):
        ended.append(offer_id)
        if len(ended) == 1:
            raise RuntimeError("a broken row")
        return True

    monkeypatch.setattr(timers.offers, "end_offer", end_offer)
    factories.make_agent(center.tenant, center.queue, capacity=2)
    both = {factories.offer_of(factories.start_conversation(center.channel)).pk for _ in range(2)}
    Offer.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert timers.run_timers()["offers_timed_out"] == 1
    assert set(ended) == both
    assert f"offers_timed_out failed with row {ended[0]}" in caplog.text
    assert timers.run_timers()["offers_timed_out"] == 1  # the first one rests


# Other paces


def of_pace(center, pace):
    """An agent, and a conversation whose chat it has just accepted."""
    factories.set_pace(pace)
    agent = factories.make_agent(center.tenant, center.queue)
    conversation = factories.start_conversation(center.channel)
    factories.accepted(conversation)
    return agent, conversation


@pytest.mark.parametrize(
    ("pace", "seconds", "due"),
    [("messaging", 14_390, {}), ("messaging", 14_400, {"first_replies_missing": 1}), ("mail", 30 * 86_400, {})],
)
def test_how_long_a_first_reply_may_take(center, pace, seconds, due):
    of_pace(center, pace)
    earlier(Interaction.objects, seconds, "accepted_at")
    assert acted() == due


def test_a_silent_customer_of_messaging(center):
    agent, conversation = of_pace(center, "messaging")
    messages.add_message(conversation_id=conversation.pk, author_type=events.AGENT, text="Hello?", agent=agent)
    silence(20 * 3600 - 10)
    assert acted() == {}
    silence(10)
    assert acted() == {"customers_warned": 1}
    silence(4 * 3600)
    assert acted() == {}  # the warning was a moment ago
    earlier(Interaction.objects, 4 * 3600, "warned_at")
    assert acted() == {"customers_idle": 1}


def test_a_silent_customer_of_mail_is_not_warned(center):
    agent, conversation = of_pace(center, "mail")
    messages.add_message(conversation_id=conversation.pk, author_type=events.AGENT, text="Dear …", agent=agent)
    silence(7 * 86_400 - 10)
    assert acted() == {}
    silence(10)
    assert acted() == {"customers_idle": 1}
    assert Interaction.objects.get().warned_at is None


def test_what_is_under_way_keeps_its_pace(center):
    of_pace(center, "messaging")
    factories.set_pace("live")
    earlier(Interaction.objects, 181, "accepted_at")
    assert acted() == {}


@pytest.mark.parametrize("name", ["CUSTOMER_IDLE_WARN_SECONDS", "CUSTOMER_IDLE_END_SECONDS"])
def test_zero_is_never(center, settings, name):
    settings.CONTACTCENTER_CHAT = {name: 0}
    agent, conversation = of_pace(center, "live")
    messages.add_message(conversation_id=conversation.pk, author_type=events.AGENT, text="Hello?", agent=agent)
    silence(3600)
    warns = name == "CUSTOMER_IDLE_END_SECONDS"
    assert acted() == ({"customers_warned": 1} if warns else {"customers_idle": 1})
    earlier(Interaction.objects, 3600, "warned_at")
    assert "customers_idle" not in acted()
