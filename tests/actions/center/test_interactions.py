"""How an episode begins, is taken back and ends."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from contactcenter_chat.actions import conversations, messages
from contactcenter_chat.actions.bots.after_agent import assign_post_agent
from contactcenter_chat.actions.center import interactions
from contactcenter_chat.actions.center.opening import save_hours
from contactcenter_chat.events import AGENT, BOT, CUSTOMER
from contactcenter_chat.exceptions import Conflict, NotFound
from contactcenter_chat.models import Agent, Conversation, Interaction, OpeningHours, Participant, Queue
from tests import factories
from tests.facts import facts, fresh, locked, named, nothing_written, owed, refused

ENDED = ("state", "outcome", "ended_by", "agent_id")


def idle(center):
    """A conversation whose first episode an agent has ended a moment ago; its log ends with 8."""
    conversation = factories.start_conversation(center.channel)
    chat = factories.accepted(conversation)
    interactions.end_interaction(interaction_id=chat.pk, agent=chat.agent)
    return conversation


def ended(outcome, by):
    return {"outcome": outcome, "ended_by": by}


# Begun


def test_queued(center):
    conversation = idle_by_customer(center)
    queue = factories.make_queue(center.tenant, "Fees")
    now = timezone.now()
    interaction = locked(interactions.queue_interaction, conversation, queue, priority=2)
    number = fresh(conversation, "last_number")[0]
    assert facts(conversation, after=number - 2) == [
        (number - 1, "conversation.activated", interaction.pk, {}),
        (number, "interaction.queued", interaction.pk, {"queue_id": queue.pk, "queue_name": "Fees"}),
    ]
    assert owed(conversation, center.webhook, after=number - 2) == [(number, "QUEUED")]
    assert fresh(interaction, "state", "queue_id", "priority", "agent_id") == ("waiting", queue.pk, 2, None)
    assert interaction.entered_at >= now
    assert set(conversation.log.filter(number__gt=number - 2).values_list("at", flat=True)) == {interaction.entered_at}
    assert interaction.due_at - interaction.entered_at == timedelta(seconds=60) - timedelta(minutes=2)
    shown = fresh(conversation, "state", "open_interaction_id", "last_queue_id")
    assert shown == ("active", interaction.pk, queue.pk)


def idle_by_customer(center):
    conversation = factories.start_conversation(center.channel)
    conversations.leave_as_customer(conversation_id=conversation.pk)
    return conversation


def test_its_queue_is_woken(center, woken):
    conversation = idle_by_customer(center)
    assert ("wake_routing", center.queue.pk) in woken(
        locked, interactions.queue_interaction, conversation, center.queue
    )


def test_what_opens_again_is_kept_for_its_last_agent(center, agent, colleague):
    conversation = idle(center)
    now = timezone.now()
    locked(interactions.open_interaction, conversation, center.queue)
    again = Interaction.objects.get(state="waiting")
    assert fresh(again, "target_agent_id", "return_to_agent_id", "priority") == (agent.pk, None, 0)
    assert timedelta(seconds=60) <= again.target_until - now < timedelta(seconds=62)


@pytest.mark.parametrize(
    ("agents", "conversation", "seconds"),
    [
        ({"presence": "on_break"}, {}, 60),
        ({}, {"last_ended_at": timezone.now() - timedelta(hours=72)}, 60),
        ({}, {"last_agent": None}, 60),
        ({}, {"last_ended_at": None}, 60),
        ({}, {}, 0),
    ],
    ids=["not there", "long ago", "nobody", "never ended", "switched off"],
)
def test_what_opens_again_for_anybody(center, agent, settings, agents, conversation, seconds):
    settings.CONTACTCENTER_CHAT = {"STICKY_SECONDS": seconds, "LIVE_HINTS": False}
    begun = idle(center)
    Agent.objects.update(**agents)
    Conversation.objects.update(**conversation)
    locked(interactions.open_interaction, begun, center.queue)
    assert fresh(Interaction.objects.get(state="waiting"), "target_agent_id", "target_until") == (None, None)


# Looked up


def test_locked_with_its_conversation(center, chat):
    other = factories.accepted(factories.start_conversation(center.channel))
    for each in (chat, other):
        with transaction.atomic():
            conversation, interaction = interactions.lock_interaction(each.pk, tenant_id=each.tenant_id)
        assert (conversation, interaction) == (each.conversation, each)


def test_what_is_no_interaction_or_anothers(chat, stranger):
    with refused(NotFound, resource_type="Interaction", resource_id="none"), transaction.atomic():
        interactions.lock_interaction("none")
    with refused(NotFound, resource_id=chat.pk), transaction.atomic():
        interactions.lock_interaction(chat.pk, tenant_id=stranger.tenant_id)


def test_the_open_one(conversation):
    def opened():
        with transaction.atomic():
            return interactions.open_of(Conversation.objects.lock(conversation.pk))

    assert opened() == Interaction.objects.get()
    conversations.leave_as_customer(conversation_id=conversation.pk)
    assert opened() is None


# Ended by the agent


def test_the_agent_ends_it(center, agent, chat):
    now = timezone.now()
    interactions.end_interaction(interaction_id=chat.pk, agent=agent)
    assert facts(chat.conversation, after=5) == [
        (6, "agent.left", chat.pk, named(agent)),
        (7, "interaction.ended", chat.pk, ended("handled", "agent")),
        (8, "conversation.idled", chat.pk, {"remote": False}),
    ]
    assert owed(chat.conversation, center.webhook, after=5) == [(6, "AGENT_LEFT")]
    assert fresh(chat, *ENDED) == ("wrap_up", "handled", "agent", agent.pk)
    ended_at, finished_at, until = fresh(chat, "ended_at", "finished_at", "wrap_up_until")
    assert (ended_at >= now, finished_at, until - ended_at) == (True, None, timedelta(seconds=60))
    shown = fresh(chat.conversation, "state", "open_interaction_id", "last_ended_at", "last_agent_id")
    assert shown == ("idle", None, ended_at, agent.pk)
    assert fresh(agent, "load", "idle_since") == (3, ended_at)
    assert Participant.objects.get(agent=agent).left_at >= ended_at


@pytest.mark.parametrize(
    ("mode", "seconds", "state", "lasts", "load"),
    [
        ("none", None, "finished", None, 0),
        ("optional", None, "wrap_up", 60, 3),
        ("optional", 30, "wrap_up", 30, 3),
        ("optional", 0, "wrap_up", None, 3),
        ("required", 30, "wrap_up", None, 3),
        ("required_timed", 30, "wrap_up", 30, 3),
    ],
)
def test_how_long_wrap_up_lasts(center, agent, chat, mode, seconds, state, lasts, load):
    type(center.queue).objects.update(wrap_up_mode=mode, wrap_up_seconds=seconds)
    interactions.end_interaction(interaction_id=chat.pk, agent=agent)
    found, ended_at, finished_at, until = fresh(chat, "state", "ended_at", "finished_at", "wrap_up_until")
    assert (found, until and (until - ended_at).total_seconds()) == (state, lasts)
    assert finished_at == (ended_at if state == "finished" else None)
    assert fresh(agent, "load") == (load,)


def test_ended_twice_is_once(agent, chat):
    first = interactions.end_interaction(interaction_id=chat.pk, agent=agent)
    with nothing_written():
        assert interactions.end_interaction(interaction_id=chat.pk, agent=agent) == first


def test_where_nobody_is_there_nothing_is_wrapped_up(center, agent, chat):
    """Neither is a code asked, nor is the time waited for."""
    factories.make_codes(center.tenant, "Fees", required=True)
    messages.add_message(conversation_id=chat.conversation_id, author_type=AGENT, text="Hello?", agent=agent)
    interactions.nobody_there(interaction_id=chat.pk, agent=agent)
    assert fresh(chat, *ENDED[:3]) == ("finished", "timed_out", "agent")
    assert list(chat.codes.values_list("short_code", flat=True)) == ["system:nobody_there"]
    assert fresh(agent, "load") == (0,)
    assert facts(chat.conversation, after=6) == [
        (7, "agent.left", chat.pk, named(agent)),
        (8, "interaction.ended", chat.pk, ended("timed_out", "agent")),
        (9, "conversation.idled", chat.pk, {"remote": False}),
    ]
    with nothing_written():
        interactions.nobody_there(interaction_id=chat.pk, agent=agent)


def test_who_has_written_is_there(agent, chat):
    messages.add_message(conversation_id=chat.conversation_id, author_type=CUSTOMER, text="Yes")
    with refused(Conflict):
        interactions.nobody_there(interaction_id=chat.pk, agent=agent)


def test_only_who_has_the_chat_says_that_nobody_is_there(chat, colleague, stranger):
    for who, error in ((colleague, Conflict), (stranger, NotFound)):
        with nothing_written(), pytest.raises(error):
            interactions.nobody_there(interaction_id=chat.pk, agent=who)


def test_only_who_has_the_chat_ends_it(chat, colleague):
    with refused(Conflict, message="You are not in this chat any more."):
        interactions.end_interaction(interaction_id=chat.pk, agent=colleague)
    interactions.end_interaction(interaction_id=chat.pk, agent=chat.agent)
    with refused(Conflict, message="You are not in this chat any more."):
        interactions.end_interaction(interaction_id=chat.pk, agent=colleague)


def test_what_only_rings_is_not_ended(agent, conversation):
    offer = factories.offer_of(conversation)
    with refused(Conflict, code="conflict"):
        interactions.end_interaction(interaction_id=offer.interaction_id, agent=agent)


def test_an_agent_of_another_tenant_finds_no_such_chat(chat, stranger):
    with refused(NotFound, resource_type="Interaction", resource_id=chat.pk):
        interactions.end_interaction(interaction_id=chat.pk, agent=stranger)


def test_what_was_erased_has_ended(agent, chat):
    conversations.erase_conversation(conversation_id=chat.conversation_id)
    with nothing_written():
        interactions.end_interaction(interaction_id=chat.pk, agent=agent)
    assert fresh(chat, *ENDED) == ("finished", "cancelled", "system", agent.pk)


def test_a_bot_that_waits_for_it_gets_it(center, agent, chat):
    bot = factories.make_webhook(center.tenant, version="Chat Gateway v1.0")
    assign_post_agent(conversation_id=chat.conversation_id, webhook_id=bot.pk)
    interactions.end_interaction(interaction_id=chat.pk, agent=agent)
    assert facts(chat.conversation, after=5) == [
        (6, "agent.left", chat.pk, named(agent)),
        (7, "interaction.ended", chat.pk, ended("handled", "agent")),
        (8, "conversation.assigned", None, {"to": "webhook", "id": bot.pk}),
    ]
    assert fresh(chat.conversation, "state", "open_interaction_id") == ("active", None)


# Ended by the customer


def test_the_customer_leaves_the_chat(center, agent, chat):
    locked(interactions.end_for_customer, chat.conversation)
    customer = Participant.objects.get(type="user")
    assert facts(chat.conversation, after=5) == [
        (6, "customer.left", chat.pk, {"participant_id": customer.pk, "said": ""}),
        (7, "agent.left", chat.pk, named(agent)),
        (8, "interaction.ended", chat.pk, ended("handled", "customer")),
        (9, "conversation.idled", chat.pk, {"remote": False}),
    ]
    assert owed(chat.conversation, center.webhook, after=5) == [(7, "AGENT_LEFT")]
    assert fresh(chat, *ENDED) == ("wrap_up", "handled", "customer", agent.pk)
    assert fresh(agent, "load", "first_in_line") == (3, False)
    assert customer.left_at is not None
    assert not chat.codes.exists()


@pytest.mark.parametrize(("waited", "outcome"), [(4, "short_abandoned"), (5, "abandoned")])
def test_the_customer_does_not_wait(center, conversation, waited, outcome):
    waiting = Interaction.objects.get()
    Interaction.objects.update(entered_at=timezone.now() - timedelta(seconds=waited))
    locked(interactions.end_for_customer, conversation)
    customer = Participant.objects.get()
    assert facts(conversation, after=3) == [
        (4, "customer.left", waiting.pk, {"participant_id": customer.pk, "said": ""}),
        (5, "interaction.ended", waiting.pk, ended(outcome, "customer")),
        (6, "conversation.idled", waiting.pk, {"remote": False}),
    ]
    assert owed(conversation, center.webhook, after=3) == []
    assert fresh(waiting, *ENDED) == ("finished", outcome, "customer", None)
    assert list(waiting.codes.values_list("code", "short_code", "label")) == [
        (None, "system:abandoned", "system:abandoned")
    ]


def back_after(conversation, seconds, queue=None):
    """The interaction of a customer who left while waiting, and wrote again so many seconds later."""
    by = timedelta(seconds=seconds)
    locked(interactions.end_for_customer, conversation)
    ended = Conversation.objects.get(pk=conversation.pk).last_ended_at
    Conversation.objects.update(last_ended_at=ended - by)
    locked(interactions.open_interaction, conversation, queue or Interaction.objects.first().queue)
    return Interaction.objects.get(state="waiting")


def test_who_comes_back_soon_waits_in_the_place_of_before(conversation):
    first = Interaction.objects.get()
    Interaction.objects.update(entered_at=first.entered_at - timedelta(seconds=90), priority=5)
    came, due = fresh(first, "entered_at")[0], first.due_at - timedelta(minutes=5, seconds=90)
    second = back_after(conversation, 200)
    assert (second.due_at, second.place_from, second.priority) == (due, came, 5)
    assert second.entered_at > came
    third = back_after(conversation, 200)
    assert third.place_from == second.entered_at  # who comes and goes does not keep the first place for ever
    assert fresh(first, "outcome") == ("abandoned",)


def test_who_comes_back_late_or_elsewhere_waits_anew(center, conversation):
    late = back_after(conversation, 301)
    assert (late.place_from, late.due_at - late.entered_at) == (None, timedelta(seconds=60))
    assert back_after(conversation, 0, factories.make_queue(center.tenant)).place_from is None


def test_who_came_while_it_was_closed_is_not_behind_who_comes_after_it_has_opened(center, conversation):
    now = timezone.now()
    days = {str(day): [["00:00", "24:00"]] for day in range(7)}
    before = (now - timedelta(days=1)).date()
    hours = OpeningHours(tenant=center.tenant, name="Later", weekly=days, exceptions={str(before): []})
    save_hours(hours)
    Interaction.objects.update(entered_at=now - timedelta(days=1))
    factories.plan(center.queue, hours=hours)
    Queue.objects.update(is_closed=False)
    back = back_after(conversation, 0, Queue.objects.get())
    assert back.due_at - back.entered_at <= timedelta(seconds=60)


def test_no_place_is_kept_of_who_was_answered(agent, conversation):
    factories.accepted(conversation)
    assert back_after(conversation, 0).place_from is None


def test_no_place_is_kept_where_the_settings_say_so(conversation, settings):
    settings.CONTACTCENTER_CHAT = {**settings.CONTACTCENTER_CHAT, "PLACE_KEPT_SECONDS": 0}
    assert back_after(conversation, 0).place_from is None


def test_the_customer_leaves_while_it_rings(agent, conversation):
    offer = factories.offer_of(conversation)
    locked(interactions.end_for_customer, conversation)
    kinds = [kind for _number, kind, _interaction, _data in facts(conversation, after=4)]
    assert kinds == ["customer.left", "offer.ended", "interaction.ended", "conversation.idled"]
    assert fresh(offer, "state", "reason") == ("withdrawn", "customer_left")
    assert fresh(agent, "load", "first_in_line") == (0, True)


def test_where_nothing_is_open_the_customer_ends_nothing(conversation):
    locked(interactions.end_for_customer, conversation)
    with nothing_written():
        locked(interactions.end_for_customer, conversation)


# Ended by the clock


@pytest.fixture
def silent(agent, chat):
    """A chat where the agent had the last word, and the customer was warned five minutes later; when the word was."""
    message = messages.add_message(conversation_id=chat.conversation_id, author_type=AGENT, text="Hm?", agent=agent)
    Interaction.objects.update(warned_at=message.created_at + timedelta(minutes=5))
    return message.created_at


def end_idle(interaction_id, now):
    return interactions.end_idle(interaction_id=interaction_id, now=now)


def test_a_silent_customer_has_gone(center, agent, chat, silent):
    assert end_idle(chat.pk, silent + timedelta(minutes=10)) is True
    assert facts(chat.conversation, after=6) == [
        (7, "agent.left", chat.pk, named(agent)),
        (8, "interaction.ended", chat.pk, ended("timed_out", "system")),
        (9, "conversation.idled", chat.pk, {"remote": False}),
    ]
    assert fresh(chat, *ENDED) == ("wrap_up", "timed_out", "system", agent.pk)
    assert list(chat.codes.values_list("short_code", flat=True)) == ["system:customer_idle"]
    with nothing_written():
        assert end_idle(chat.pk, silent + timedelta(minutes=10)) is False


def test_what_was_said_since_counts(chat, silent):
    with nothing_written():
        assert end_idle(chat.pk, silent + timedelta(seconds=599)) is False
    Interaction.objects.update(warned_at=silent + timedelta(seconds=301))
    with nothing_written():
        assert end_idle(chat.pk, silent + timedelta(minutes=10)) is False


def test_who_was_not_warned_has_not_gone(chat, silent):
    Interaction.objects.update(warned_at=None)
    with nothing_written():
        assert end_idle(chat.pk, silent + timedelta(minutes=10)) is False


@pytest.mark.parametrize(("author_type", "is_silent"), [(AGENT, True), (BOT, True), (CUSTOMER, False)])
def test_who_had_the_last_word(chat, silent, author_type, is_silent):
    Conversation.objects.update(last_word_by=author_type)
    with transaction.atomic():
        conversation, interaction = interactions.lock_interaction(chat.pk)
        assert interactions.is_silent(conversation, interaction, silent) is is_silent


def test_where_nobody_answers_nobody_is_silent(conversation):
    messages.add_message(conversation_id=conversation.pk, author_type=BOT, text="Please wait")
    with nothing_written():
        interaction_id = Interaction.objects.get().pk
        assert end_idle(interaction_id, timezone.now() + timedelta(hours=1)) is False


# Ended since the conversation goes away


def test_cancelled_while_it_rings(agent, conversation):
    offer = factories.offer_of(conversation)
    locked(interactions.cancel, conversation)
    withdrawn = {"offer_id": offer.pk, "agent_id": agent.pk, "state": "withdrawn", "reason": "cancelled"}
    assert facts(conversation, after=4) == [
        (5, "offer.ended", offer.interaction_id, withdrawn),
        (6, "interaction.ended", offer.interaction_id, ended("cancelled", "system")),
        (7, "conversation.idled", offer.interaction_id, {"remote": False}),
    ]
    assert fresh(offer.interaction, *ENDED) == ("finished", "cancelled", "system", None)
    assert fresh(agent, "load", "first_in_line") == (0, False)
    with nothing_written():
        locked(interactions.cancel, conversation)


def test_cancelled_while_it_is_handled(agent, chat):
    locked(interactions.cancel, chat.conversation)
    assert fresh(chat, *ENDED) == ("wrap_up", "cancelled", "system", agent.pk)


# Taken back


@pytest.mark.parametrize("reason", ["no_reply", "agent_lost"])
def test_taken_from_an_agent_it_waits_with_its_age(center, agent, chat, reason):
    assert interactions.reroute(interaction_id=chat.pk, agent_id=agent.pk, reason=reason) is True
    assert facts(chat.conversation, after=5) == [
        (6, "interaction.rerouted", chat.pk, {"agent_id": agent.pk, "reason": reason}),
        (7, "agent.left", chat.pk, named(agent)),
        (8, "interaction.queued", chat.pk, {"queue_id": center.queue.pk, "queue_name": center.queue.name}),
    ]
    assert owed(chat.conversation, center.webhook, after=5) == [(7, "AGENT_LEFT"), (8, "QUEUED")]
    assert fresh(chat, "state", "agent_id", "accepted_at") == ("waiting", None, None)
    assert fresh(chat, "entered_at", "due_at") == (chat.entered_at, chat.due_at)
    assert fresh(chat.conversation, "state", "open_interaction_id") == ("active", chat.pk)
    assert fresh(agent, "load") == (0,)
    assert Participant.objects.get(agent=agent).left_at is not None
    with nothing_written():
        assert interactions.reroute(interaction_id=chat.pk, agent_id=agent.pk, reason=reason) is False


def test_only_from_the_agent_who_has_it(chat, colleague):
    with nothing_written():
        assert interactions.reroute(interaction_id=chat.pk, agent_id=colleague.pk, reason="no_reply") is False


def test_not_what_has_ended(agent, chat):
    interactions.end_interaction(interaction_id=chat.pk, agent=agent)
    with nothing_written():
        assert interactions.reroute(interaction_id=chat.pk, agent_id=agent.pk, reason="no_reply") is False


def test_the_queue_of_what_was_taken_back_is_woken(center, agent, chat, woken):
    taken = woken(interactions.reroute, interaction_id=chat.pk, agent_id=agent.pk, reason="no_reply")
    assert ("wake_routing", center.queue.pk) in taken


# Codes of the centre's own


def test_a_code_of_the_centres_own_is_given_once(chat):
    for _ in range(2):
        interactions.give_system_code(chat, "system:abandoned")
    assert list(chat.codes.values_list("code", "short_code", "label", "chosen_by")) == [
        (None, "system:abandoned", "system:abandoned", None)
    ]
