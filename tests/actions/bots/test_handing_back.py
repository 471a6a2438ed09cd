"""The agent ends, and the assistant goes on: a bot of the app, by its name."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import IntegrityError, connections, transaction

from contactcenter_chat.actions import conversations
from contactcenter_chat.actions.bots import ends
from contactcenter_chat.actions.bots.after_agent import assign_post_agent, end_overdue
from contactcenter_chat.actions.bots.recalling import recall
from contactcenter_chat.actions.center import interactions, wrapup
from contactcenter_chat.actions.messages import add_message
from contactcenter_chat.bots.base import AgentBefore, HandOver
from contactcenter_chat.exceptions import Conflict, ContactCenterError, ControlMoved, Invalid
from contactcenter_chat.models import (
    BotPause,
    BotSpell,
    ControlSpan,
    Conversation,
    Interaction,
    PostAgentAssignment,
    Webhook,
    clock,
)
from contactcenter_chat.queries import control
from contactcenter_chat.queries.assignment import assistant_for
from tests import factories
from tests.facts import facts, fresh, nothing_written, owed, refused

from .conftest import DISCLOSED, LONG_AGO, answers, says, spell_of, take_turns
from .conftest import said as bot_said

BACK = "My colleague has handed the chat back to me: what else can I do for you?"


@pytest.fixture
def agent(center):
    return factories.make_agent(center.tenant, center.queue, first_name="Maria", last_name="Torres")


@pytest.fixture
def chat(talk, agent):
    """An interaction that an agent has, after the bot."""
    says(talk, "A person, please")
    take_turns()
    return factories.accepted(talk)


def end(chat, **more):
    return interactions.end_interaction(interaction_id=chat.pk, agent=chat.agent, **more)


def back(chat, **more):
    end(chat, bot="helper", **more)
    return Conversation.objects.get(pk=chat.conversation_id)


def spans(conversation):
    return list(ControlSpan.objects.filter(conversation=conversation).values_list("control", "holder"))


# Given


def test_the_bot_has_it_and_says_so(chat):
    (before, epoch), known = fresh(chat.conversation, "last_number", "control_epoch"), len(bot_said(chat.conversation))
    conversation = back(chat)
    assert [each[1] for each in facts(conversation, before)] == [
        "conversation.handed_back",
        "agent.left",
        "interaction.ended",
        "conversation.assigned",
        "message.added",
        "bot.disclosed",
        "message.added",
    ]
    assert bot_said(conversation)[known:] == [DISCLOSED, BACK]
    assert fresh(conversation, "state", "script", "control", "control_holder", "control_epoch") == (
        "active",
        "helper",
        "post_bot",
        "helper",
        epoch + 1,
    )
    assert fresh(chat, "outcome", "ended_by", "state") == ("handled", "agent", "wrap_up")
    assert spans(conversation)[-2:] == [("agent", chat.agent_id), ("post_bot", "helper")]
    assert [(held.control_display, held.who) for held in control.held(conversation)][:1] == [
        ("bot after the agent", "helper")
    ]
    assert fresh(PostAgentAssignment.objects.get(), "bot", "webhook", "total_minutes", "silence_minutes") == (
        "helper",
        None,
        300,
        150,
    )


def test_it_answers_what_is_said_next(chat):
    conversation = back(chat)
    assert take_turns() == 0
    says(conversation, "Which room?")
    take_turns()
    assert bot_said(conversation)[-1] == "You said: Which room?"
    assert not Interaction.objects.exclude(pk=chat.pk).exists()


def test_what_the_agent_has_not_seen_it_answers_at_once(chat):
    says(chat.conversation, "Thanks")
    (seen,) = fresh(chat.conversation, "last_number")
    says(chat.conversation, "One more thing")
    conversation = back(chat, heard=seen)
    take_turns()
    assert bot_said(conversation)[-2:] == [BACK, "You said: One more thing"]


def test_what_the_agent_has_seen_and_not_answered_it_takes_up(chat, bot):
    conversation = chat.conversation
    says(conversation, "How much is a room?")
    add_message(conversation_id=conversation.pk, author_type="agent", agent=chat.agent, text="50 euros")
    says(conversation, "And is there breakfast?")
    says(conversation, "thanks")
    known = len(bot_said(conversation))
    back(chat, heard=fresh(conversation, "last_number")[0])
    take_turns()
    assert bot_said(conversation)[known:] == [DISCLOSED, BACK, "You said: And is there breakfast?\nthanks"]


@pytest.mark.parametrize(
    "text", ["Thank you!", "👍", "ok", "yes please", "It's settled", "back to the assistant", "The code is 460884"]
)
def test_what_asks_for_nothing_it_does_not_take_up(chat, bot, text):
    says(chat.conversation, text)
    back(chat)
    assert take_turns() == 0


def test_its_turn_knows_the_agent_and_what_came_of_it(chat, bot, center):
    codes = factories.make_codes(center.tenant, "Fees", queues=[center.queue])
    conversation = back(chat)
    says(conversation, "Hello")
    take_turns()
    assert bot.turns[-1].agent == AgentBefore("Maria Torres", "handled", {}, is_wrapped_up=False)
    code = codes["Fees"] if isinstance(codes, dict) else codes[0]
    wrapup.finish(interaction_id=chat.pk, agent=chat.agent, code_ids=[code.pk])
    says(conversation, "Are you there?")
    take_turns()
    assert bot.turns[-1].agent == AgentBefore("Maria Torres", "handled", {code.short_code: "Fees"}, is_wrapped_up=True)


def test_before_an_agent_there_is_none(talk, bot):
    says(talk, "Hello")
    take_turns()
    assert bot.turns[-1].agent is None


def test_applications_of_v2_hear_that_it_goes_on(chat, center):
    Webhook.objects.update(version="v2.0")
    (before,) = fresh(chat.conversation, "last_number")
    conversation = back(chat)
    assert [kind for _number, kind in owed(conversation, center.webhook, after=before)] == [
        "TRANSFER",
        "AGENT_LEFT",
        "TEXT",
        "TEXT",
    ]


def test_those_of_v1_hear_who_is_to_answer(chat, center):
    (before,) = fresh(chat.conversation, "last_number")
    conversation = back(chat)
    assert [kind for _number, kind in owed(conversation, center.webhook, after=before)] == [
        "MEMBERS_CHANGED",
        "CONVERSATION_UPDATE",
        "MESSAGE",
        "MESSAGE",
    ]


def test_the_projects_own_code_says_what_it_wants_to(chat):
    known = bot_said(chat.conversation)
    end(chat, bot="own")
    assert fresh(chat.conversation, "control", "control_holder", "script") == ("post_bot", "own", "own")
    assert bot_said(chat.conversation) == known
    assert not BotSpell.objects.filter(ended_at=None).exists()


def test_in_the_customers_language(chat):
    Conversation.objects.update(language="es")
    assert bot_said(back(chat))[-1] == "Mi compañero me ha devuelto el chat: ¿qué más puedo hacer por usted?"


def test_a_bot_that_cannot_go_on_gets_nothing(chat):
    BotPause.objects.create(tenant=chat.tenant, bot="helper", paused_until=clock.now() + timedelta(hours=1))
    for name in ("helper", "nobody"):
        with (
            nothing_written(),
            refused(Conflict, message="The assistant cannot go on just now. End the chat without it."),
        ):
            end(chat, bot=name)
    assert assistant_for(chat.conversation) == ""
    end(chat)
    assert fresh(chat.conversation, "state") == ("idle",)


def test_again_it_changes_nothing(chat):
    conversation = back(chat)
    with nothing_written():
        back(chat)
        end(chat)
    says(conversation, "Hello")
    take_turns()
    with nothing_written():
        back(chat)


def test_an_agents_late_words_are_refused(chat):
    conversation = back(chat)
    with refused(Conflict), nothing_written():
        add_message(conversation_id=conversation.pk, author_type="agent", text="Late", agent=chat.agent)


def test_words_of_the_bots_earlier_time_are_refused(chat):
    first = BotSpell.objects.earliest("pk").epoch
    conversation = back(chat)
    with refused(ControlMoved):
        add_message(conversation_id=conversation.pk, author_type="bot", text="Late", epoch=first, bot="helper")


# Kept by a client


def test_a_client_may_name_it_before(chat):
    assign_post_agent(conversation_id=chat.conversation_id, bot="helper", total_minutes=20, silence_minutes=10)
    end(chat)
    assert fresh(chat.conversation, "control", "control_holder") == ("post_bot", "helper")
    row = PostAgentAssignment.objects.get()
    assert row.due_at - row.began_at < timedelta(minutes=10, seconds=1)


def test_kept_and_in_trouble_the_conversation_rests(chat):
    assign_post_agent(conversation_id=chat.conversation_id, bot="helper")
    BotPause.objects.create(tenant=chat.tenant, bot="helper", paused_until=clock.now() + timedelta(hours=1))
    end(chat)
    assert fresh(chat.conversation, "state") == ("idle",)


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"bot": "nobody"}, "invalid_script"),
        ({}, "invalid_value"),
        ({"bot": "own", "webhook_id": "x"}, "invalid_value"),
    ],
)
def test_one_bot_must_be_named(chat, given, code):
    with refused(Invalid, code=code), nothing_written():
        assign_post_agent(conversation_id=chat.conversation_id, **given)


def test_the_database_knows_no_other(chat, center):
    for wrong in ({"webhook": None, "bot": ""}, {"webhook": center.webhook, "bot": "helper"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            PostAgentAssignment.objects.create(
                conversation=chat.conversation, total_minutes=20, silence_minutes=10, **wrong
            )


# Over


def later(minutes):
    back = timedelta(minutes=minutes)
    for row in PostAgentAssignment.objects.all():
        PostAgentAssignment.objects.filter(pk=row.pk).update(began_at=row.began_at - back)
    for row in Conversation.objects.all():
        Conversation.objects.filter(pk=row.pk).update(last_word_at=row.last_word_at - back)


def test_who_says_nothing_more_needs_it_no_more(chat):
    conversation = back(chat)
    later(149)
    assert end_overdue(conversation_id=conversation.pk, now=clock.now()) is False
    later(2)
    assert end_overdue(conversation_id=conversation.pk, now=clock.now()) is True
    assert fresh(conversation, "state", "script", "control") == ("idle", "", "")
    assert (spell_of(conversation).end, spell_of(conversation).code) == ("unanswered", "")
    assert not PostAgentAssignment.objects.exists()
    says(conversation, "Hello")
    assert fresh(conversation, "control") == ("queue",)


def test_it_asks_once_whether_there_is_more_and_its_own_limits_end_it(chat):
    conversation = back(chat)
    says(conversation, "Which room?")
    take_turns()
    for _ in range(2):
        BotSpell.objects.filter(ended_at=None).update(look_at=LONG_AGO)
        for spell in ends.silent(clock.now()):
            ends.look(spell.pk, clock.now())
    assert bot_said(conversation)[-1] == "Is there anything else I can help with?"
    assert fresh(conversation, "control") == ("post_bot",)
    later(301)
    assert end_overdue(conversation_id=conversation.pk, now=clock.now()) is True
    # It was not the bot alone that has settled it.
    assert (spell_of(conversation).end, spell_of(conversation).code) == ("bot_assumed", "")


def test_the_customer_may_leave_it(chat):
    conversation = back(chat)
    conversations.leave_as_customer(conversation_id=conversation.pk)
    assert fresh(conversation, "state", "script") == ("idle", "")
    assert not PostAgentAssignment.objects.exists()


# To agents again


def test_it_hands_over_to_the_same_agent_first(chat, center, bot):
    other = factories.make_agent(center.tenant, center.queue)
    conversation = back(chat)
    interactions_before = Interaction.objects.count()
    answers(bot, HandOver())
    says(conversation, "Something else")
    take_turns()
    waiting = Interaction.objects.latest("entered_at")
    assert Interaction.objects.count() == interactions_before + 1
    assert (waiting.target_agent, waiting.brief["bot"]) == (chat.agent, "helper")
    assert not PostAgentAssignment.objects.exists()
    assert fresh(conversation, "script", "control") == ("", "queue")
    assert factories.offer_of(conversation).agent != other


def test_taken_back_it_is_after_the_agent_again(chat):
    conversation = back(chat)
    began_at = PostAgentAssignment.objects.get().began_at
    says(conversation, "A person, please")
    take_turns()
    recall(conversation_id=conversation.pk)
    assert fresh(conversation, "control", "control_holder", "script") == ("post_bot", "helper", "helper")
    assert fresh(PostAgentAssignment.objects.get(), "began_at", "bot", "total_minutes") == (began_at, "helper", 300)
    says(conversation, "Hello")
    take_turns()
    assert bot_said(conversation)[-1] == "You said: Hello"


# Who


def test_who_had_it_last_is_offered_else_the_channels(chat, center):
    assert assistant_for(chat.conversation) == "helper"
    other = factories.start_conversation(center.channel)
    assert assistant_for(other) == ""
    type(center.channel).objects.update(bot="helper")
    assert assistant_for(Conversation.objects.get(pk=other.pk)) == "helper"
    Conversation.objects.update(is_remote=True)
    assert assistant_for(Conversation.objects.get(pk=other.pk)) == ""


# At once


def together(*verbs):
    barrier = threading.Barrier(len(verbs))

    def run(verb):
        try:
            barrier.wait()
            verb()
        except ContactCenterError as refusal:
            return type(refusal)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(verbs)) as threads:
        return [each.result() for each in [threads.submit(run, verb) for verb in verbs]]


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_two_presses_and_the_customers_words_at_once(center, bot):
    agent = factories.make_agent(center.tenant, center.queue, capacity=20)
    for _ in range(6):
        talk = conversations.start_conversation(channel=center.channel, data={}, script="helper")
        says(talk, "A person, please")
        take_turns()
        chat = factories.accepted(talk)
        (seen,) = fresh(talk, "last_number")

        def press(chat=chat, seen=seen):
            interactions.end_interaction(interaction_id=chat.pk, agent=agent, bot="helper", heard=seen)

        assert together(press, press, lambda talk=talk: says(talk, "One more thing")) == [None] * 3
        BotSpell.objects.filter(ended_at=None, due_at__isnull=False).update(due_at=LONG_AGO)
        take_turns()
        assert bot_said(talk).count(BACK) == 1
        assert bot_said(talk)[-1] == "You said: One more thing"  # whichever came first
        assert fresh(talk, "control", "control_holder") == ("post_bot", "helper")


@pytest.fixture
def waits_for_it():
    """Do something while another transaction waits for what was locked; returns what the other raised."""

    def do(first, second):
        came = []

        def run():
            try:
                second()
            except ContactCenterError as error:
                came.append(error)
            finally:
                connections.close_all()

        other = threading.Thread(target=run)
        with transaction.atomic():
            first()
            other.start()
            until_somebody_waits()
        other.join()
        return came

    return do


def until_somebody_waits():
    with connections["default"].cursor() as cursor:
        for _ in range(600):
            cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
            if cursor.fetchone()[0]:
                return
            time.sleep(0.01)
    raise AssertionError("Nobody waits.")


SECONDS = {
    "update": lambda talk: conversations.update_conversation(conversation_id=talk.pk, data={"customerName": "Grace"}),
    "words": lambda talk: says(talk, "Which room?"),
    "handover": lambda talk: conversations.hand_over(conversation_id=talk.pk),
}


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
class TestWhoeverHasWaited:
    """What is joined to a row that was waited for is as it was before, unless it is read anew."""

    @pytest.mark.parametrize("second", ["update", "words"])
    def test_while_the_agent_ends(self, talk, chat, waits_for_it, second):
        assert waits_for_it(lambda: end(chat, bot="helper"), lambda: SECONDS[second](talk)) == []
        assert fresh(talk, "control") == ("post_bot",)
        assert spell_of(talk).epoch == fresh(talk, "control_epoch")[0]
        says(talk, "And which floor?")
        BotSpell.objects.filter(ended_at=None).update(due_at=LONG_AGO)
        take_turns()
        assert "And which floor?" in bot_said(talk)[-1]

    @pytest.mark.parametrize("second", SECONDS)
    def test_while_the_bot_hands_over_again(self, talk, chat, waits_for_it, second):
        back(chat)
        assert (
            waits_for_it(lambda: conversations.hand_over(conversation_id=talk.pk), lambda: SECONDS[second](talk)) == []
        )
        assert fresh(talk, "control") == ("queue",)
        assert Interaction.objects.filter(ended_at=None, conversation=talk).count() == 1

    def test_a_bot_that_is_named_meanwhile_gets_it(self, talk, chat, waits_for_it):
        named = {"conversation_id": talk.pk, "bot": "helper"}
        assert waits_for_it(lambda: assign_post_agent(**named), lambda: end(chat)) == []
        assert fresh(talk, "control") == ("post_bot",)


def test_no_number_beyond_the_log_makes_it_deaf(chat):
    conversation = back(chat, heard=999_999_999)
    says(conversation, "Which room?")
    BotSpell.objects.filter(ended_at=None).update(due_at=LONG_AGO)
    take_turns()
    assert "Which room?" in bot_said(conversation)[-1]
