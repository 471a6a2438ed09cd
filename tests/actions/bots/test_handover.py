"""How does a bot hand a conversation over?"""

import pytest

from contactcenter_chat.actions import conversations
from contactcenter_chat.bots.base import Brief, HandOver, Say
from contactcenter_chat.models import Card, Interaction
from tests import factories
from tests.facts import facts, fresh

from .conftest import DISCLOSED, PASSED_ON, answers, said, says, spell_of, take_turns


def test_it_hands_over_with_a_brief_and_one_sentence(talk, bot, center):
    brief = Brief("fees", "Wants to pay in parts", {"amount": "500"}, ["Fees page"], "calm")
    answers(bot, HandOver(brief), Say("Nobody hears this"))
    says(talk, "Hello")
    take_turns()
    assert said(talk) == [DISCLOSED, PASSED_ON]
    assert Interaction.objects.get().brief == {
        "intent": "fees",
        "summary": "Wants to pay in parts",
        "entities": {"amount": "500"},
        "tried": ["Fees page"],
        "mood": "calm",
        "identity": "none",
        "bot": "helper",
        "reason": "failed",
    }
    kinds = [kind for _number, kind, _interaction, _data in facts(talk)]
    assert kinds[-2:] == ["conversation.handed_over", "interaction.queued"]


def test_it_names_a_queue_and_skills(talk, bot, center):
    queue = factories.make_queue(center.tenant, name="Fees")
    skill = factories.make_skill(center.tenant, "Money")
    answers(bot, HandOver(queue="Fees", skills=[("Money", 3)]))
    says(talk, "Hello")
    take_turns()
    assert Interaction.objects.get().queue == queue
    assert fresh(talk, "asked_skills") == ({skill.pk: 3},)


def test_queues_and_skills_that_there_are_not_harm_nothing(talk, bot, center, caplog):
    answers(bot, HandOver(queue="None", skills=[("Magic", 3), "?"]))
    says(talk, "Hello")
    take_turns()
    assert Interaction.objects.get().queue == center.queue
    (data,) = [each[3] for each in facts(talk) if each[1] == "conversation.handed_over"]
    assert data["left_out"] == ["queue: 'None'", "skills: pairs of a name and a level"]
    assert "The bot helper hands over, and this is left out: queue: 'None'" in caplog.text


@pytest.mark.parametrize(
    ("wanted", "left_out"),
    [
        ({"queue": "Default"}, []),
        ({"skills": [("Magic", 3)]}, ["skills: There is no skill Magic."]),
        ({"skills": [("Magic", "3")]}, ["skills: pairs of a name and a level"]),
        ({"skills": [3]}, ["skills: pairs of a name and a level"]),
        ({"reason": "askd"}, ["reason: 'askd'"]),
        ({"brief": Brief(intent="x" * 201)}, ["brief: Must be text of at most 200 characters."]),
    ],
)
def test_what_cannot_be_obeyed_is_told_and_erased(talk, bot, wanted, left_out):
    answers(bot, HandOver(**wanted))
    says(talk, "Hello")
    take_turns()
    assert [each[3]["left_out"] for each in facts(talk) if each[1] == "conversation.handed_over"] == [left_out]
    conversations.erase_conversation(conversation_id=talk.pk)
    assert [each[3]["left_out"] for each in facts(talk) if each[1] == "conversation.handed_over"] == [[]]


def test_another_has_it_hand_over(talk, bot):
    says(talk, "Hello")
    interaction = conversations.hand_over(conversation_id=talk.pk, brief=Brief(intent="fees"), reason="asked")
    assert said(talk) == [DISCLOSED, PASSED_ON]
    assert (interaction.brief["intent"], interaction.brief["bot"]) == ("fees", "helper")
    assert (spell_of(talk).end, take_turns()) == ("handed_over", 0)


def test_another_has_it_hand_over_while_it_is_closed(talk, bot, closed):
    """In the middle of a turn of its own: that is not heard any more."""

    def slow(turn):
        assert conversations.hand_over(conversation_id=talk.pk, reason="asked") is None
        yield Say("Too late")

    bot.answers = staticmethod(slow)
    says(talk, "Hello")
    take_turns()
    assert said(talk)[1:] == ["None of my colleagues is here at the moment. What shall I do?"]
    conversations.hand_over(conversation_id=talk.pk, brief=Brief(intent="fees"), reason="asked")
    assert facts(talk)[-1][1:] == ("brief.renewed", None, {"bot": "helper", "reason": "asked", "by_key": ""})
    assert spell_of(talk).brief["brief"] == {"intent": "fees"}


def test_a_brief_that_is_said_anew_keeps_whose_it_is(center, settings):
    settings.CONTACTCENTER_CHAT = {"BOTS": ["own"]}
    talk = conversations.start_conversation(channel=center.channel, data={}, script="own")
    conversations.hand_over(conversation_id=talk.pk, brief=Brief(intent="fees"), reason="asked")
    again = conversations.hand_over(conversation_id=talk.pk, brief=Brief(intent="rooms"), reason="failed")
    assert again.brief == {"intent": "rooms", "identity": "none", "bot": "own", "reason": "failed"}
    assert facts(talk)[-1][1:] == ("brief.renewed", None, {"bot": "own", "reason": "failed", "by_key": ""})


def test_when_it_may_not_go_on_it_is_not_offered(talk, bot, closed, settings):
    settings.CONTACTCENTER_CHAT = {**settings.CONTACTCENTER_CHAT, "BOT_TURNS_MOST": 1}
    for text in ("Hello", "And now?"):
        says(talk, text)
        take_turns()
    options = Card.objects.latest("message__number").content["options"]
    assert [each["title"] for each in options] == ["Leave it for a colleague", "Stop here"]


def test_what_a_bot_elsewhere_names_beside_is_told(talk, bot):
    answers(bot, HandOver(left_out=["unknown: 'sumary'"]))
    says(talk, "Hello")
    take_turns()
    assert [each[3]["left_out"] for each in facts(talk) if each[1] == "conversation.handed_over"] == [
        ["unknown: 'sumary'"]
    ]
