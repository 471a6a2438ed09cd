"""Does a bot that lives elsewhere give a sign in time?"""

from datetime import timedelta

import pytest

from contactcenter_chat.actions import conversations, typing
from contactcenter_chat.actions.bots import ends
from contactcenter_chat.actions.bots.after_agent import assign_post_agent
from contactcenter_chat.actions.center import interactions, timers
from contactcenter_chat.actions.messages import add_message
from contactcenter_chat.models import (
    BotPause,
    BotSpell,
    Channel,
    Conversation,
    Interaction,
    PostAgentAssignment,
    clock,
)
from tests import factories
from tests.facts import fresh

from .conftest import DISCLOSED, LONG_AGO, PASSED_ON, SORRY, said, says, spell_of

pytestmark = pytest.mark.usefixtures("bot")


@pytest.fixture
def watched(center):
    """A channel whose bots are watched."""
    Channel.objects.update(bot_seconds=15)
    center.channel.refresh_from_db()
    return center


def script_of(center):
    return conversations.start_conversation(channel=center.channel, data={}, script="own")


def after_agent_of(center):
    factories.make_agent(center.tenant, center.queue)
    chat = factories.accepted(factories.start_conversation(center.channel))
    webhook = factories.make_webhook(center.tenant, name="Bot", version="Chat Gateway v1.0")
    assign_post_agent(conversation_id=chat.conversation_id, webhook_id=webhook.pk)
    interactions.end_interaction(interaction_id=chat.pk, agent=chat.agent)
    return Conversation.objects.get()


BOTH = pytest.mark.parametrize("begin", [script_of, after_agent_of])


def speaks(conversation, text="Hello"):
    return add_message(conversation_id=conversation.pk, author_type="bot", text=text)


def late():
    """The time that it had is over; return how many were given up."""
    BotSpell.objects.filter(ended_at=None, sign_by__isnull=False).update(sign_by=LONG_AGO)
    return timers.run_timers()["bots_quiet"]


def seconds_left(conversation):
    return round((spell_of(conversation).sign_by - clock.now()).total_seconds())


# Given up


@BOTH
def test_where_the_channel_says_nothing_nobody_is_watched(center, begin):
    conversation = begin(center)
    says(conversation, "Hello")
    assert not BotSpell.objects.exists()
    speaks(conversation)
    assert said(conversation) == ["Hello"]


@BOTH
def test_one_that_gives_no_sign_is_given_up_with_one_apology(watched, begin):
    conversation = begin(watched)
    assert late() == 0  # nothing was said
    says(conversation, "Hello")
    assert seconds_left(conversation) == 15
    says(conversation, "Anybody?")
    assert seconds_left(conversation) == 15
    assert timers.run_timers()["bots_quiet"] == 0
    assert late() == 1
    assert late() == 0
    assert said(conversation) == [DISCLOSED, f"{SORRY} {PASSED_ON}"]
    spell = spell_of(conversation)
    assert (spell.end, spell.reason, spell.sign_by) == ("failed", "timeout", None)
    waiting = Interaction.objects.latest("entered_at")
    assert (waiting.state, waiting.brief["reason"]) in [("waiting", "timeout"), ("offering", "timeout")]
    assert fresh(conversation, "script", "state") == ("", "active")
    assert not PostAgentAssignment.objects.exists()
    assert BotPause.objects.get().failures == 1


@BOTH
def test_what_it_says_is_a_sign(watched, begin):
    conversation = begin(watched)
    says(conversation, "Hello")
    speaks(conversation)
    assert spell_of(conversation).sign_by is None
    assert late() == 0
    says(conversation, "And?")
    assert seconds_left(conversation) == 15
    assert said(conversation) == ["Hello"]  # it says by itself what it is


@BOTH
def test_that_it_types_or_thinks_gives_it_time(watched, begin):
    conversation = begin(watched)
    typing.show_thinking(conversation.pk, "bot", 60)
    assert spell_of(conversation).sign_by is None  # nothing is to be answered
    says(conversation, "Hello")
    typing.show_typing(conversation.pk, "user")
    assert seconds_left(conversation) == 15
    typing.show_typing(conversation.pk, "bot")
    assert seconds_left(conversation) == 60
    typing.show_thinking(conversation.pk, "bot", 300)
    assert seconds_left(conversation) == 300
    typing.show_thinking(conversation.pk, "bot", 20)  # takes nothing away
    assert seconds_left(conversation) == 300
    typing.show_thinking(conversation.pk, "bot", 10_000)
    assert seconds_left(conversation) == 600
    says(conversation, "Anybody?")
    assert seconds_left(conversation) == 600


@BOTH
def test_what_became_of_it_otherwise_ends_the_watch(watched, begin):
    conversation = begin(watched)
    says(conversation, "Hello")
    conversations.assign_to_queue(conversation_id=conversation.pk)
    spell = spell_of(conversation)
    assert (spell.end, spell.sign_by) == ("withdrawn", None)
    assert said(conversation) == []


def test_while_nobody_is_there_the_customer_chooses(watched, closed):
    conversation = script_of(watched)
    says(conversation, "Hello")
    assert late() == 1
    assert said(conversation)[1].startswith(f"{SORRY} None of my colleagues is here at the moment.")
    assert (spell_of(conversation).choosing, spell_of(conversation).sign_by) == (True, None)


def test_one_that_is_watched_no_more_is_not_given_up(watched):
    conversation = script_of(watched)
    says(conversation, "Hello")
    Channel.objects.update(bot_seconds=None)
    assert late() == 0
    assert spell_of(conversation).sign_by is None
    assert said(conversation) == []


def test_a_second_worker_comes_too_late(watched):
    conversation = script_of(watched)
    says(conversation, "Hello")
    BotSpell.objects.update(sign_by=LONG_AGO)
    found = ends.quiet(clock.now()).get()
    assert ends.give_up_quiet(found.pk, clock.now())
    assert not ends.give_up_quiet(found.pk, clock.now())
    assert BotPause.objects.get().failures == 1


def test_a_sign_that_comes_at_the_last_moment_counts(watched):
    conversation = script_of(watched)
    says(conversation, "Hello")
    BotSpell.objects.update(sign_by=LONG_AGO)
    found = ends.quiet(clock.now()).get()
    speaks(conversation)
    assert not ends.give_up_quiet(found.pk, clock.now())
    assert said(conversation) == ["Hello"]


def test_an_erased_conversation_is_watched_no_more(watched):
    conversation = script_of(watched)
    says(conversation, "Hello")
    conversations.erase_conversation(conversation_id=conversation.pk)
    assert late() == 0


def test_what_it_says_after_that_is_refused(watched):
    conversation = script_of(watched)
    epoch = fresh(conversation, "control_epoch")[0]
    says(conversation, "Hello")
    late()
    with pytest.raises(Exception, match="Somebody else"):
        add_message(conversation_id=conversation.pk, author_type="bot", text="Late", epoch=epoch)


def test_watching_costs_the_same_for_many(watched, django_assert_num_queries):
    for count in (1, 4):
        for _ in range(count):
            says(script_of(watched), "Hello")
        with django_assert_num_queries(1):
            assert list(ends.quiet(clock.now())) == []


def test_a_bot_of_the_app_is_not_watched_beside_its_limit(watched, talk):
    Channel.objects.update(bot_seconds=3)
    says(talk, "Hello")
    assert spell_of(talk).sign_by is None
    assert spell_of(talk).answer_by - clock.now() > timedelta(seconds=25)
