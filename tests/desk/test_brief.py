"""What an agent sees of what the bot said, once a colleague has handed the chat on."""

import pytest

from contactcenter_chat.actions.center.presence import set_presence
from contactcenter_chat.actions.center.transfers import transfer_to_agent
from contactcenter_chat.models import Interaction
from tests import factories

from .conftest import told

pytestmark = pytest.mark.django_db


@pytest.fixture
def handed_on(chat, agent, colleague):
    Interaction.objects.update(brief={"summary": "Wants a refund", "bot": "faq", "reason": "asked"})
    set_presence(agent_id=colleague.agent.pk, presence="available")
    colleague.agent.refresh_from_db()
    transfer_to_agent(interaction_id=chat.pk, agent=agent, to_agent=colleague.agent, note="over 500")
    return chat.conversation


def test_the_offer_and_the_panel_have_it(handed_on, colleague, agent):
    offer = factories.offer_of(handed_on)
    rung = told(colleague.page("rail"))
    assert "Wants a refund" in rung
    assert "over 500" in rung
    colleague.post("accept", offer.pk)
    brief = colleague.page("chat", handed_on.pk).select_one("[data-part=brief]")
    assert told(brief.select_one(".said")) == "Wants a refund"
    assert told(brief.select_one(".passed-on")) == f"Handed on by {agent} : over 500"


def test_who_has_it_from_the_bot_sees_nobody_else(chat, desk):
    Interaction.objects.update(brief={"summary": "Wants a refund", "bot": "faq", "reason": "asked"})
    assert desk.page("chat", chat.conversation_id).select_one(".passed-on") is None


def folded_by(desk, chat):
    """By what a browser knows the brief that was folded, and by what the part of the page that it has changed."""
    part = desk.page("chat", chat.conversation_id).select_one("[data-part=brief]")
    box = part.select_one("[data-brief]")
    assert part["data-state"] == box["data-brief"]
    assert box.has_attr("open")
    return box["data-brief"]


def test_a_browser_knows_one_that_says_the_same_and_takes_a_renewed_one_for_another(chat, desk):
    said = {"summary": "Wants a refund", "bot": "faq", "reason": "asked"}
    Interaction.objects.update(brief=said)
    before = folded_by(desk, chat)
    assert before.startswith(chat.pk)
    for renewed in (said | {"summary": "In a hurry"}, said | {"passed_on": {"by": "Tom Whitfield", "note": ""}}):
        Interaction.objects.update(brief=renewed)
        assert folded_by(desk, chat).startswith(chat.pk)
        assert folded_by(desk, chat) != before
    Interaction.objects.update(brief=said)
    assert folded_by(desk, chat) == before
