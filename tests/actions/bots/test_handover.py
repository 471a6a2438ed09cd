"""How does a bot hand a conversation over?"""

from contactcenter_chat.bots.base import Brief, HandOver, Say
from contactcenter_chat.models import Interaction
from tests import factories
from tests.facts import facts, fresh

from .conftest import DISCLOSED, PASSED_ON, answers, said, says, take_turns


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
