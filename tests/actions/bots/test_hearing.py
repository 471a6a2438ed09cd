"""What is a bot asked?"""

from django.db import connection
from django.test.utils import CaptureQueriesContext

from contactcenter_chat.actions.bots import hearing
from contactcenter_chat.actions.cards import submit_card
from contactcenter_chat.bots.base import QuickReply, Say
from contactcenter_chat.models import Card

from .conftest import said, says, spell_of, take_turns


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
