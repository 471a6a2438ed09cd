"""A silent customer's chat takes no slot, until the customer writes again."""

from datetime import timedelta

import pytest
from django.db.models import F

from contactcenter_chat.actions import conversations, messages
from contactcenter_chat.actions.cards import submit_card
from contactcenter_chat.actions.center import interactions, presence, routing, slots, timers, transfers, wrapup
from contactcenter_chat.events import AGENT, BOT, CUSTOMER, QUICK_REPLIES
from contactcenter_chat.models import Agent, Conversation, Interaction, Offer, PresenceSpan
from contactcenter_chat.models.clock import database_now
from tests import factories
from tests.facts import facts, fresh

CHOICE = {"options": [{"title": "Yes", "data": "y"}, {"title": "No", "data": "n"}]}
pytestmark = pytest.mark.django_db


def say(interaction, author_type, text="Hm?"):
    agent = interaction.agent if author_type == AGENT else None
    messages.add_message(conversation_id=interaction.conversation_id, author_type=author_type, text=text, agent=agent)


def later(seconds):
    """Let so much time pass."""
    by = timedelta(seconds=seconds)
    Conversation.objects.update(last_word_at=F("last_word_at") - by)
    times = ("entered_at", "accepted_at", "first_reply_at", "frees_at", "freed_at", "warned_at")
    Interaction.objects.update(**{name: F(name) - by for name in times})


def acted():
    return {name: count for name, count in timers.run_timers().items() if count}


@pytest.fixture
def agent(center):
    return factories.make_agent(center.tenant, center.queue, capacity=1)


def chat_of(center, pace="messaging"):
    """A chat of this pace, in which the agent had the last word."""
    factories.set_pace(pace)
    interaction = factories.accepted(factories.start_conversation(center.channel))
    say(interaction, AGENT)
    return Interaction.objects.get(pk=interaction.pk)


@pytest.fixture
def freed(center, agent):
    interaction = chat_of(center)
    later(600)
    assert acted() == {"slots_freed": 1}
    return Interaction.objects.get(pk=interaction.pk)


def test_after_ten_minutes_without_an_answer_the_slot_is_free(center, agent):
    chat = chat_of(center)
    assert fresh(agent, "load") == (1,)
    later(599)
    assert acted() == {}
    later(1)
    assert acted() == {"slots_freed": 1}
    assert fresh(agent, "load") == (0,)
    chat.refresh_from_db()
    assert (chat.state, chat.agent, chat.freed_at is not None, chat.takes) == ("handling", agent, True, 0)
    assert facts(chat.conversation)[-1] == (7, "slot.freed", chat.pk, {"agent_id": agent.pk})
    assert acted() == {}


def test_what_frees_wakes_the_queues_and_is_idleness(center, agent, woken):
    chat = chat_of(center)
    factories.start_conversation(center.channel)
    later(600)
    assert woken(slots.free, chat.pk, database_now()) == [("wake_routing", center.queue.pk)]
    span = PresenceSpan.objects.get(ended_at=None)
    assert (span.presence, span.activity) == ("available", "idle")


@pytest.mark.parametrize(("author_type", "frees"), [(AGENT, True), (BOT, True), (CUSTOMER, False)])
def test_who_has_the_last_word_decides(center, agent, author_type, frees):
    say(chat_of(center), author_type)
    later(600)
    assert acted() == ({"slots_freed": 1} if frees else {})


def test_who_has_heard_from_a_bot_only_waits_for_the_agent(center, agent):
    factories.set_pace("messaging")
    conversation = factories.start_conversation(center.channel)
    messages.add_message(conversation_id=conversation.pk, author_type=BOT, text="Somebody will be here soon.")
    chat = factories.accepted(conversation)
    later(600)
    now = database_now()
    assert slots.free(chat.pk, now) is False
    assert fresh(chat, "frees_at") == (now + timedelta(seconds=600),)


def test_a_look_that_comes_to_nothing_says_when_the_next_one_is_due(center, agent):
    chat = chat_of(center)
    later(300)
    say(chat, AGENT)
    later(300)
    now = database_now()
    assert slots.free(chat.pk, now) is False
    said_at, frees_at = Conversation.objects.get().last_word_at, fresh(chat, "frees_at")[0]
    assert frees_at == said_at + timedelta(seconds=600)
    say(chat, CUSTOMER)
    assert slots.free(chat.pk, now) is False
    assert fresh(chat, "frees_at") == (now + timedelta(seconds=600),)


@pytest.mark.parametrize(
    ("pace", "settings_of", "frees"),
    [
        ("live", {}, False),
        ("live", {"CUSTOMER_IDLE_END_SECONDS": 3600, "CUSTOMER_IDLE_WARN_SECONDS": 1800}, True),
        ("mail", {}, False),
        ("messaging", {"SLOT_FREED_SECONDS": 0}, False),
    ],
)
def test_which_chats_free_their_slot(center, agent, settings, pace, settings_of, frees):
    settings.CONTACTCENTER_CHAT = settings_of
    chat = chat_of(center, pace)
    assert fresh(agent, "load") == ({"live": 3, "mail": 0, "messaging": 1}[pace],)
    later(600)
    acted()
    assert (fresh(chat, "freed_at")[0] is not None) is frees
    assert fresh(agent, "load") == (0 if frees or pace == "mail" else {"live": 3, "messaging": 1}[pace],)


def test_what_is_not_to_be_freed_any_more_is_not_looked_at_again(center, agent, settings):
    chat = chat_of(center)
    later(600)
    settings.CONTACTCENTER_CHAT = {"SLOT_FREED_SECONDS": 0}
    assert acted() == {}
    assert fresh(chat, "frees_at") == (None,)


def test_the_customer_writes_again(agent, freed):
    later(60)
    say(freed, AGENT)  # it stays as it is
    assert fresh(agent, "load") == (0,)
    say(freed, CUSTOMER)
    assert fresh(agent, "load") == (1,)
    assert [fact[1] for fact in facts(freed.conversation)[-3:]] == ["message.added", "slot.taken", "message.added"]
    assert facts(freed.conversation)[-2] == (9, "slot.taken", freed.pk, {"agent_id": agent.pk})
    freed_at, seconds, frees_at = fresh(freed, "freed_at", "freed_seconds", "frees_at")
    assert (freed_at, seconds, fresh(freed.conversation, "is_freed")) == (None, 60, (False,))
    assert timedelta(seconds=590) < frees_at - database_now() <= timedelta(seconds=600)
    say(freed, AGENT)
    later(600)
    assert acted() == {"slots_freed": 1}


def test_the_answer_to_a_card_is_a_word(center, agent, freed):
    message = messages.add_message(
        conversation_id=freed.conversation_id,
        author_type=AGENT,
        agent=agent,
        text="Well?",
        cards=[(QUICK_REPLIES, CHOICE)],
    )
    submit_card(conversation_id=freed.conversation_id, card_id=message.cards.get().pk, given={"data": "y"})
    assert fresh(agent, "load") == (1,)
    assert [fact[1] for fact in facts(freed.conversation)[-2:]] == ["slot.taken", "card.submitted"]


def full_again(center, agent, load):
    """What has come to the agent since the slot was free."""
    Agent.objects.filter(pk=agent.pk).update(load=load)


def test_one_slot_more_than_there_are_is_lent(center, agent, freed):
    full_again(center, agent, load=5)
    say(freed, CUSTOMER)
    assert fresh(agent, "load") == (6,)
    assert fresh(freed, "state", "agent_id") == ("handling", agent.pk)


def test_what_returns_beyond_that_goes_back_to_the_queue_due_now(center, agent, freed):
    full_again(center, agent, load=6)
    before = database_now()
    say(freed, CUSTOMER, "Back again")
    state, of_agent, due_at, asked = fresh(freed, "state", "agent_id", "due_at", "asked")
    assert (state, of_agent, asked) == ("waiting", None, [])
    assert before <= due_at <= database_now()
    assert fresh(agent, "load") == (6,)
    assert fresh(freed.conversation, "is_freed") == (False,)
    told = [(kind, data.get("reason")) for _number, kind, _interaction, data in facts(freed.conversation)[-4:]]
    assert told == [
        ("interaction.rerouted", "no_room"),
        ("agent.left", None),
        ("interaction.queued", None),
        ("message.added", None),
    ]
    other = factories.make_agent(center.tenant, center.queue)
    assert factories.offer_of(freed.conversation).agent == other


def test_it_stays_due_since_then_whatever_becomes_of_its_queue(center, agent, freed):
    full_again(center, agent, load=6)
    say(freed, CUSTOMER)
    due_at = fresh(freed, "due_at")
    factories.plan(center.queue, priority=-10)
    timers.run_timers()
    assert fresh(freed, "due_at") == due_at


def test_others_are_offered_into_the_free_slot_and_never_beyond_the_capacity(center, agent):
    for _ in range(3):
        chat_of(center)
    assert fresh(agent, "load") == (3,)
    factories.start_conversation(center.channel)
    assert routing.route_queue(center.queue.pk) == 0
    later(600)
    assert acted() == {"slots_freed": 3}
    assert routing.route_queue(center.queue.pk) == 1
    assert fresh(agent, "load") == (1,)
    for chat in Interaction.objects.filter(state="handling"):
        say(chat, CUSTOMER)
    assert fresh(agent, "load") == (4,)
    factories.start_conversation(center.channel)
    assert routing.route_queue(center.queue.pk) == 0


def test_its_end_frees_nothing_twice(center, agent, freed):
    interactions.end_interaction(interaction_id=freed.pk, agent=agent)
    assert fresh(agent, "load") == (0,)
    assert fresh(freed.conversation, "is_freed") == (False,)
    wrapup.finish(interaction_id=freed.pk, agent=agent)
    assert fresh(agent, "load") == (0,)
    later(10)
    conversations.leave_as_customer(conversation_id=freed.conversation_id)
    assert fresh(agent, "load") == (0,)


def test_it_ends_when_the_customer_stays_silent(center, agent, freed):
    later(20 * 3600)
    assert acted() == {"customers_warned": 1}
    later(4 * 3600)
    assert acted() == {"customers_idle": 1}
    assert fresh(freed, "outcome", "state") == ("timed_out", "wrap_up")
    assert fresh(agent, "load") == (0,)


def test_a_transfer_takes_no_slot_of_the_sender(center, agent, freed):
    other = factories.make_queue(center.tenant)
    new = transfers.transfer_to_queue(interaction_id=freed.pk, agent=agent, queue=other)
    assert (new.pace, new.takes, fresh(agent, "load")) == ("messaging", 1, (0,))
    assert fresh(freed.conversation, "is_freed") == (False,)
    assert not Offer.objects.filter(state="pending").exists()


def test_who_goes_for_good_gives_it_back_without_a_slot(center, agent, freed):
    presence.leave(agent_id=agent.pk, for_good=True)
    assert fresh(freed, "state", "freed_at") == ("waiting", None)
    assert fresh(agent, "load") == (0,)


def test_who_drains_has_gone_when_the_last_slot_is_free(center, agent):
    chat_of(center)
    presence.set_presence(agent_id=agent.pk, presence="draining")
    later(600)
    assert acted() == {"slots_freed": 1}
    assert fresh(agent, "presence", "load") == ("work_offline", 0)


# Its agent goes


@pytest.fixture
def mail(center, agent):
    return chat_of(center, "mail")


@pytest.mark.parametrize("which", ["freed", "mail"])
def test_an_agent_goes_offline_and_keeps_it(agent, which, request):
    chat = request.getfixturevalue(which)
    presence.set_presence(agent_id=agent.pk, presence="offline")
    assert acted() == {}
    assert fresh(chat, "state", "agent_id") == ("handling", agent.pk)


@pytest.mark.parametrize("which", ["freed", "mail"])
def test_an_agent_logs_out_or_is_lost_and_keeps_it(agent, which, request):
    chat = request.getfixturevalue(which)
    Agent.objects.update(last_seen_at=database_now() - timedelta(seconds=61))
    assert acted() == {"agents_lost": 1}
    Agent.objects.update(lost_at=database_now() - timedelta(seconds=61))
    assert acted() == {}
    presence.leave(agent_id=agent.pk)
    assert fresh(chat, "state", "agent_id") == ("handling", agent.pk)


@pytest.mark.parametrize("which", ["freed", "mail"])
def test_an_agent_who_takes_no_more_has_gone_with_it(agent, which, request):
    request.getfixturevalue(which)
    presence.set_presence(agent_id=agent.pk, presence="draining")
    assert fresh(agent, "presence") == ("work_offline",)


@pytest.mark.parametrize("which", ["freed", "mail"])
def test_who_is_gone_for_good_keeps_nothing(agent, which, request):
    chat = request.getfixturevalue(which)
    presence.leave(agent_id=agent.pk, for_good=True)
    assert fresh(chat, "state", "agent_id") == ("waiting", None)


def test_a_silent_customer_who_writes_to_an_agent_who_has_gone_is_answered_by_another(center, agent, freed):
    presence.leave(agent_id=agent.pk)
    say(freed, CUSTOMER)
    assert fresh(freed, "state", "agent_id") == ("waiting", None)
    colleague = factories.make_agent(center.tenant, center.queue)
    assert routing.route_queue(center.queue.pk) == 1
    assert Offer.objects.get(state="pending").agent == colleague


def test_who_writes_mail_waits_for_the_agent_to_be_back(agent, mail):
    presence.leave(agent_id=agent.pk)
    say(mail, CUSTOMER)
    assert fresh(mail, "state", "agent_id") == ("handling", agent.pk)
