"""Who types: shown at open desks, and put down for those who are to be told."""

import pytest

from contactcenter_chat.actions import typing
from contactcenter_chat.live import sending
from contactcenter_chat.models import TypingSign, Webhook
from contactcenter_chat.wire.chat_api_v2 import FORMAT as CHAT_API_V2
from contactcenter_chat.wire.chat_gateway_v1 import FORMAT as CHAT_GATEWAY_V1
from tests.factories import accepted, make_agent, make_center, start_conversation

pytestmark = pytest.mark.django_db


@pytest.fixture
def center():
    center = make_center("college")
    Webhook.objects.filter(pk=center.webhook.pk).update(version=CHAT_GATEWAY_V1.version)
    make_agent(center.tenant, center.queue)
    return center


@pytest.fixture
def chat(center):
    return accepted(start_conversation(center.channel))


def signs():
    return [*TypingSign.objects.values_list("conversation", "author_type", "agent_ids")]


def test_only_who_handles_the_chat_types_in_it(center, chat):
    other = make_agent(center.tenant, center.queue)
    typing.agent_types(chat.pk, other.pk, types=True)
    assert signs() == []
    typing.agent_types(chat.pk, chat.agent_id, types=True)
    assert signs() == [(chat.conversation_id, "agent", [chat.agent_id])]
    typing.agent_types(chat.pk, chat.agent_id, types=False)
    assert signs() == [(chat.conversation_id, "agent", [])]


def test_nothing_is_put_down_where_nobody_can_hear_of_it(center, chat):
    Webhook.objects.update(version=CHAT_API_V2.version)
    typing.agent_types(chat.pk, chat.agent_id, types=True)
    assert signs() == []


def test_open_desks_are_told_for_how_long(monkeypatch):
    told = []
    monkeypatch.setattr(sending._sender, "add", lambda **about: told.append(about))
    typing.show_typing("c", "user")
    typing.show_thinking("c", "bot", 60)
    assert told == [{"signs": {"c": "typing user 8"}}, {"signs": {"c": "thinking bot 60"}}]
