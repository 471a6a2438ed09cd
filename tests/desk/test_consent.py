"""An agent notes whether the customer wants conversations that the business begins."""

import pytest

from contactcenter_chat.actions.center.interactions import end_interaction
from contactcenter_chat.models import Customer

from .conftest import parse, told

pytestmark = pytest.mark.django_db


def buttons(page):
    return [told(each) for each in page.select(".opted-out button")]


def statuses(page):
    return [told(each) for each in page.select(".opted-out [role=status]")]


def test_it_is_noted_and_taken_back(desk, chat):
    page = desk.page("side", chat.conversation_id)
    assert (buttons(page), statuses(page)) == (["Do not write first"], [])
    page = parse(desk.post("opted_out", chat.conversation_id, out="1"))
    assert (buttons(page), statuses(page)) == (["We may write first again"], ["wants no conversations that we begin"])
    assert page.select_one(".opted-out [role=status]").has_attr("autofocus")
    assert Customer.objects.get(pk=chat.conversation.customer_id).opted_out_at is not None
    assert statuses(desk.page("side", chat.conversation_id)) == ["wants no conversations that we begin"]
    page = parse(desk.post("opted_out", chat.conversation_id, out="0"))
    assert (buttons(page), statuses(page)) == (["Do not write first"], ["content with conversations that we begin"])
    assert Customer.objects.get(pk=chat.conversation.customer_id).opted_out_at is None


def test_the_log_says_who(desk, chat):
    desk.post("opted_out", chat.conversation_id, out="1")
    lines = [told(each) for each in desk.page("chat", chat.conversation_id).select(".log li")]
    assert "noted that the customer wants no conversations that we begin." in lines[-1]


def test_only_the_agent_of_the_chat(desk, colleague, stranger, chat):
    for other in (colleague, stranger):
        assert other.post("opted_out", chat.conversation_id, out="1").status_code == 404
    end_interaction(interaction_id=chat.pk, agent=desk.agent)
    assert buttons(desk.page("side", chat.conversation_id)) == []
    assert desk.post("opted_out", chat.conversation_id, out="1").status_code == 409
    assert Customer.objects.get(pk=chat.conversation.customer_id).opted_out_at is None
