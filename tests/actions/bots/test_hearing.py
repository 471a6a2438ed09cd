"""What is a bot asked?"""

from django.db import connection
from django.test.utils import CaptureQueriesContext

from contactcenter_chat.actions.bots import hearing
from contactcenter_chat.actions.cards import submit_card
from contactcenter_chat.bots.base import QuickReply, Say
from contactcenter_chat.models import Card

from .conftest import said, says, silence, spell_of, take_turns


def test_it_remembers_and_hears_what_was_chosen(talk, bot):
    def answer(turn):
        turn.memory["count"] = turn.memory.get("count", 0) + 1
        yield Say(f"{turn.memory['count']} {turn.data}", [QuickReply("Blue", {"colour": "b"}), QuickReply("Red", 2)])

    bot.answers = staticmethod(answer)
    says(talk, "Hello")
    take_turns()
    card = Card.objects.get()
    assert [each["title"] for each in card.content["options"]] == ["Blue", "Red", "Talk to a person"]
    submit_card(conversation_id=talk.pk, card_id=card.pk, given={"title": "Red"})
    take_turns()
    says(talk, "1")
    take_turns()
    says(talk, " red ")
    take_turns()
    says(talk, "green")
    take_turns()
    assert said(talk)[1:] == ["1 None", "2 2", "3 {'colour': 'b'}", "4 2", "5 None"]
    assert [turn.text for turn in bot.turns] == ["Hello", "Red", "1", " red ", "green"]


def test_however_much_was_said_it_is_read_with_as_many_queries(talk, bot):
    bot.answers = staticmethod(lambda turn: iter([Say("Which?", [QuickReply("Blue", 1)])]))
    says(talk, "Hello")
    take_turns()
    counts = []
    for _ in range(2):
        for text in ("blue", "green", "1"):
            says(talk, text)
        with CaptureQueriesContext(connection) as queries:
            turn, _heard = hearing.turn_of(spell_of(talk))
        counts.append(len(queries))
    assert [each.data for each in turn.said] == [1, None, 1] * 2
    assert counts[0] == counts[1]


def press(conversation, card, title):
    submit_card(conversation_id=conversation.pk, card_id=card.pk, given={"title": title})


def test_a_press_on_what_was_asked_before_is_words_and_nothing_else(talk, bot):
    bot.answers = staticmethod(lambda turn: iter([Say(f"{turn.number}?", [QuickReply("Yes", {"book": turn.number})])]))
    says(talk, "Hello")
    take_turns()
    says(talk, "yes")
    take_turns()
    first, second = Card.objects.order_by("message__number")
    press(talk, first, "Yes")
    take_turns()
    assert [(turn.text, turn.data) for turn in bot.turns] == [("Hello", None), ("yes", {"book": 1}), ("Yes", None)]
    press(talk, second, "Yes")  # which has been passed since then
    take_turns()
    assert (bot.turns[-1].text, bot.turns[-1].data) == ("Yes", None)
    press(talk, Card.objects.latest("message__number"), "Yes")
    take_turns()
    assert bot.turns[-1].data == {"book": 4}


def test_what_the_bot_asks_by_itself_passes_nothing(talk, bot):
    bot.answers = staticmethod(lambda turn: iter([Say("Book it?", [QuickReply("Yes", "book")])]))
    says(talk, "Hello")
    take_turns()
    silence()
    assert said(talk)[-1] == "Is there anything else I can help with?"
    press(talk, Card.objects.earliest("message__number"), "Yes")
    take_turns()
    assert bot.turns[-1].data == "book"


def test_a_person_is_had_by_an_old_press_too(talk, bot):
    bot.answers = staticmethod(lambda turn: iter([Say("Which?", [QuickReply("Blue", 1)])]))
    for text in ("Hello", "Green"):
        says(talk, text)
        take_turns()
    press(talk, Card.objects.earliest("message__number"), "Talk to a person")
    take_turns()
    assert spell_of(talk).end == "handed_over"
