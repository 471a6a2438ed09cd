"""What holds for every bot, whatever it would answer?"""

import pytest

from contactcenter_chat.actions import conversations
from contactcenter_chat.actions.bots import turns
from contactcenter_chat.actions.cards import submit_card
from contactcenter_chat.bots import words
from contactcenter_chat.bots.base import QuickReply, Say
from contactcenter_chat.models import BotSpell, Card, Interaction, Message, Queue
from tests.bots.test_wishes import WISHES
from tests.facts import fresh

from .conftest import DISCLOSED, LONG_AGO, PASSED_ON, answers, said, says, silence, spell_of, take_turns


def test_a_wish_for_a_person_is_obeyed_at_once(talk, bot):
    says(talk, "Can I talk to a human?")
    take_turns()
    assert bot.turns == []
    assert said(talk) == [DISCLOSED, PASSED_ON]
    assert Interaction.objects.get().brief == {
        "intent": "test",
        "summary": "Can I talk to a human?",
        "identity": "none",
        "bot": "helper",
        "reason": "asked",
    }


@pytest.mark.parametrize("tag", WISHES)
@pytest.mark.parametrize("is_closed", [False, True])
def test_each_wish_is_obeyed_the_first_time_in_one_sentence(center, bot, request, tag, is_closed):
    """A hundred in all: ten wordings in five languages, while somebody is there and while nobody is."""
    if is_closed:
        request.getfixturevalue("closed")
    for text in WISHES[tag]:
        talk = conversations.start_conversation(channel=center.channel, data={"language": tag}, script="helper")
        says(talk, text)
        take_turns()
        assert len(said(talk)) == 2, text  # that it is a bot, and one sentence
        spell, options = spell_of(talk), options_of(talk)
        if is_closed:
            assert (spell.ended_at, spell.choosing, len(options)) == (None, True, 3), text
            assert [each["data"] for each in options] == [{"contactcenter": name} for name in words.CHOICES], text
            assert fresh(talk, "control", "script") == ("bot", "helper"), text
        else:
            assert (spell.end, spell.reason) == ("handed_over", "asked"), text
            choices = [{"contactcenter": name} for name in words.WHILE_WAITING]
            assert [each["data"] for each in options] == choices, text
            assert Interaction.objects.get(conversation=talk).state == "waiting", text
    assert bot.turns == []


def options_of(talk):
    """What was given to choose with what was said last."""
    cards = Card.objects.filter(message=Message.objects.filter(conversation=talk).latest("number"))
    return [each for card in cards for each in card.content["options"]]


def test_the_same_question_again_is_a_miss(talk, bot):
    for _ in range(3):
        says(talk, "Where  is it?")
        take_turns()
    assert said(talk) == [DISCLOSED, "You said: Where  is it?", "You said: Where  is it?", PASSED_ON]
    assert spell_of(talk).misses == ["same_again", "same_again"]


def test_after_its_turns_it_hands_over(talk, bot, settings):
    settings.CONTACTCENTER_CHAT = {**settings.CONTACTCENTER_CHAT, "BOT_TURNS_MOST": 2}
    for number in range(3):
        says(talk, f"Question {number}")
        take_turns()
    assert said(talk)[-1] == PASSED_ON
    assert spell_of(talk).reason == "policy"


@pytest.mark.parametrize(
    ("answer", "end", "last"),
    [
        ("Leave it for a colleague", "handed_over", "I have left it for a colleague, who answers here."),
        ("2", "", "All right. What would you like to know?"),
        ("Stop here", "bot_left_after_miss", "All right. Write here whenever you need something."),
        ("When do you open?", "", "You said: When do you open?"),
        ("a human please", "handed_over", "I have left it for a colleague, who answers here."),
    ],
)
def test_while_it_is_closed_the_customer_chooses(talk, bot, closed, answer, end, last):
    says(talk, "Can I talk to a human?")
    take_turns()
    assert not Interaction.objects.exists()
    assert said(talk)[1].endswith("What shall I do?")
    assert [each["title"] for each in Card.objects.get().content["options"]] == [
        "Leave it for a colleague",
        "Go on with the assistant",
        "Stop here",
    ]
    assert spell_of(talk).choosing
    says(talk, answer)
    take_turns()
    assert (spell_of(talk).end, said(talk)[-1]) == (end, last)
    assert Interaction.objects.count() == (end == "handed_over")
    if end == "handed_over":
        assert Interaction.objects.get().brief["summary"] == "Can I talk to a human?"


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize(
    ("is_open", "told"),
    [
        (False, {"en": "I have left it for a colleague, who answers here.", "es": "Se lo he dejado"}),
        (True, {"en": "I am handing you over to a colleague", "es": "Le paso"}),
    ],
)
def test_who_leaves_it_for_a_colleague_late_has_one(talk, bot, closed, language, is_open, told):
    type(talk).objects.update(language=language)
    says(talk, "Can I talk to a human?")
    take_turns()
    card = Card.objects.get()
    says(talk, "Hm, how much is it?")
    BotSpell.objects.update(due_at=LONG_AGO)
    take_turns()
    Queue.objects.update(is_closed=not is_open)
    title = card.content["options"][0]["title"]
    submit_card(conversation_id=talk.pk, card_id=card.pk, given={"title": title})
    BotSpell.objects.update(due_at=LONG_AGO)
    take_turns()
    assert said(talk)[-1].startswith(told[language])
    assert (spell_of(talk).end, fresh(talk, "control")) == ("handed_over", ("queue",))
    assert Interaction.objects.get().brief["summary"].endswith(title)


def test_nothing_more_settles_it(talk, bot):
    says(talk, "Hello")
    take_turns()
    silence()
    says(talk, "No, that was all")
    take_turns()
    assert (spell_of(talk).end, fresh(talk, "state")) == ("bot_confirmed", ("idle",))


def test_a_press_counts_whatever_is_said_after_it(talk, bot):
    answers(bot, Say("Which?", [QuickReply("Blue", 1)]))
    says(talk, "Hello")
    take_turns()
    says(talk, "Talk to a person")
    says(talk, "hello?")
    BotSpell.objects.update(due_at=LONG_AGO)
    take_turns()
    assert said(talk)[-1] == PASSED_ON


def test_what_a_dead_worker_was_asked_is_not_asked_again(talk, bot):
    class Killed(BaseException):
        pass

    def dies(turn):
        raise Killed
        yield

    bot.answers = staticmethod(dies)
    says(talk, "Hello")
    with pytest.raises(Killed):
        take_turns()
    BotSpell.objects.update(lease_until=LONG_AGO)
    answers(bot, Say("Here"))
    take_turns()
    assert (said(talk)[-1], spell_of(talk).misses) == ("Here", [])


@pytest.mark.parametrize("is_closed", [True, False])
def test_what_was_obeyed_before_a_crash_is_not_obeyed_again(talk, bot, center, request, monkeypatch, is_closed):
    class Killed(BaseException):
        pass

    def dies(*arguments):
        raise Killed

    if is_closed:
        request.getfixturevalue("closed")
    says(talk, "A person, please")
    take_turns()
    card = Card.objects.latest("message__number")
    submit_card(conversation_id=talk.pk, card_id=card.pk, given={"title": "Go on with the assistant"})
    BotSpell.objects.update(due_at=LONG_AGO)
    with monkeypatch.context() as patched:
        patched.setattr(turns, "_finish", dies)
        with pytest.raises(Killed):
            take_turns()
    says(talk, "How much is it?")
    BotSpell.objects.update(lease_until=LONG_AGO)
    take_turns()
    assert said(talk).count("All right. What would you like to know?") == 1
    assert said(talk)[-1] == "You said: How much is it?"
