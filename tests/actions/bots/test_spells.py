"""How long does a bot have a conversation?"""

from datetime import timedelta

import pytest

from contactcenter_chat.actions import conversations
from contactcenter_chat.bots.base import Brief, HandOver, Say
from contactcenter_chat.models import BotPause, BotSpell, Interaction, clock
from contactcenter_chat.models.spells import CONTAINED
from tests import factories
from tests.facts import fresh

from .conftest import DISCLOSED, answers, said, says, silence, spell_of, take_turns


def test_what_was_said_before_the_conversation_is_answered(center, bot):
    history = [("user", "Hi"), ("bot", "Hello."), ("user", "When do you open?")]
    conversation = conversations.start_conversation(channel=center.channel, data={}, history=history, script="helper")
    take_turns()
    assert said(conversation)[1:] == [DISCLOSED, "You said: When do you open?"]
    assert bot.turns[0].before == (("user", "Hi"), ("bot", "Hello."))


def test_a_bot_that_the_project_drives_is_not_asked(center, bot):
    conversation = conversations.start_conversation(channel=center.channel, data={}, script="own")
    says(conversation, "Hello")
    assert not BotSpell.objects.exists()
    assert take_turns() == 0


def test_the_channels_bot_begins_and_agents_after_it(center, bot):
    center.channel.bot = "helper"
    center.channel.save()
    conversation = factories.start_conversation(center.channel)
    assert fresh(conversation, "script", "state") == ("helper", "active")
    assert not Interaction.objects.exists()
    says(conversation, "Hello")
    take_turns()
    assert said(conversation)[1:] == ["You said: Hello"]


def test_a_channels_bot_that_is_paused_or_gone_is_left_out(center, bot, settings):
    center.channel.bot = "helper"
    center.channel.save()
    pause = BotPause.objects.create(
        tenant=center.tenant, bot="helper", paused_until=clock.now() + timedelta(seconds=60)
    )
    assert fresh(factories.start_conversation(center.channel), "script") == ("",)
    pause.delete()
    settings.CONTACTCENTER_CHAT = {"BOTS": {}, "LIVE_HINTS": False}
    assert fresh(factories.start_conversation(center.channel), "script") == ("",)
    assert Interaction.objects.count() == 2


def test_after_five_failures_it_is_paused(center, bot, caplog):
    bot.answers = staticmethod(lambda turn: 1 / 0)
    for number in range(5):
        conversation = conversations.start_conversation(channel=center.channel, data={}, script="helper")
        says(conversation, f"Hello {number}")
        take_turns()
    pause = BotPause.objects.get()
    assert pause.failures == 0
    assert timedelta(seconds=55) < pause.paused_until - clock.now() <= timedelta(seconds=60)


@pytest.mark.parametrize(
    ("actions", "end"),
    [
        ([Say("What?", miss="not_understood")], "bot_left_after_miss"),
        ([Say("Glad", settled=True)], "bot_confirmed"),
        ([], "bot_left_after_miss"),
    ],
)
def test_how_it_ends_without_a_word(talk, bot, actions, end):
    answers(bot, *actions)
    says(talk, "Hello")
    take_turns()
    silence(times=2)
    assert spell_of(talk).end == end


def test_who_leaves_has_been_answered_or_not(center, bot):
    for words, end in (("Hello", "bot_assumed"), ("", "bot_no_answer")):
        conversation = conversations.start_conversation(channel=center.channel, data={}, script="helper")
        if words:
            says(conversation, words)
            take_turns()
        conversations.leave_as_customer(conversation_id=conversation.pk)
        assert spell_of(conversation).end == end


def test_who_comes_back_was_not_settled(center, bot):
    data = {"customerId": "7"}
    first = conversations.start_conversation(channel=center.channel, data=data, script="helper")
    says(first, "Hello")
    take_turns()
    conversations.leave_as_customer(conversation_id=first.pk)
    assert spell_of(first).code == "system:bot_contained"
    second = conversations.start_conversation(channel=center.channel, data=data, script="helper")
    assert (spell_of(first).taken_back_at is not None, spell_of(first).code) == (True, "")
    says(second, "Hello")
    take_turns()
    conversations.leave_as_customer(conversation_id=second.pk)
    BotSpell.objects.filter(conversation=second).update(ended_at=clock.now() - timedelta(hours=73))
    factories.start_conversation(center.channel, **data)
    assert (spell_of(second).taken_back_at, spell_of(second).code) == (None, "system:bot_contained")


def test_containment_falls_by_exactly_those_who_return_within_three_days(center, bot):
    def talk_of(number):
        data = {"customerId": f"c{number}"}
        return conversations.start_conversation(channel=center.channel, data=data, script="helper")

    def contained():
        settled = BotSpell.objects.filter(end__in=CONTAINED, taken_back_at=None)
        assert settled.count() == BotSpell.objects.filter(code="system:bot_contained").count()
        return set(settled.values_list("conversation", flat=True))

    talks = [talk_of(number) for number in range(20)]
    for talk in talks:
        says(talk, "Hello")
        take_turns()
        conversations.leave_as_customer(conversation_id=talk.pk)
    assert contained() == {talk.pk for talk in talks}
    for hours, some in ((1, talks[:2]), (71, talks[2:4]), (73, talks[4:8])):
        BotSpell.objects.filter(conversation__in=some).update(ended_at=clock.now() - timedelta(hours=hours))
    for number in range(8):  # four of twenty within 72 hours, four later
        factories.start_conversation(center.channel, customerId=f"c{number}")
    assert contained() == {talk.pk for talk in talks[4:]}


def test_erasing_leaves_nothing_of_what_was_said(talk, bot):
    def answer(turn):
        turn.memory["name"] = "Ana"
        yield HandOver(Brief(summary="Ana wants"))

    bot.answers = staticmethod(answer)
    says(talk, "Hello")
    take_turns()
    conversations.erase_conversation(conversation_id=talk.pk)
    assert Interaction.objects.get().brief == {}
    assert (spell_of(talk).memory, spell_of(talk).brief) == ({}, {})
