"""Who had control of a conversation, and when?"""

import pytest

from contactcenter_chat.actions import conversations
from contactcenter_chat.actions.bots.after_agent import assign_post_agent
from contactcenter_chat.actions.center.interactions import end_interaction
from contactcenter_chat.models import ControlSpan
from contactcenter_chat.queries import control
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def conversation(settings):
    """A script of the project had it, then an agent, then a bot behind a webhook, now nobody."""
    settings.CONTACTCENTER_CHAT = {"BOTS": ("guide",), "LIVE_HINTS": False}
    center = factories.make_center()
    agent = factories.make_agent(center.tenant, center.queue)
    conversation = conversations.start_conversation(channel=center.channel, data={}, script="guide")
    conversations.assign_to_queue(conversation_id=conversation.pk)
    chat = factories.accepted(conversation)
    bot = factories.make_webhook(center.tenant, version="Chat Gateway v1.0", name="Survey")
    assign_post_agent(conversation_id=conversation.pk, webhook_id=bot.pk)
    end_interaction(interaction_id=chat.pk, agent=agent)
    conversations.leave_as_customer(conversation_id=conversation.pk)
    return conversation


def test_the_latest_comes_first_by_name(conversation):
    held = control.held(conversation)
    assert [(each.epoch, each.control, each.control_display, each.who) for each in held] == [
        (5, "", "", ""),
        (4, "post_bot", "bot after the agent", "Survey"),
        (3, "agent", "agent", "Ada Lovelace"),
        (2, "queue", "queue", ""),
        (1, "bot", "bot", "guide"),
    ]
    began = ControlSpan.objects.order_by("-epoch").values_list("began_at", flat=True)
    assert [each.began_at for each in held] == list(began)


def test_a_long_list_is_cut(conversation, monkeypatch):
    monkeypatch.setattr(control, "SHOWN_MOST", 2)
    assert [each.epoch for each in control.held(conversation)] == [5, 4]


def test_it_takes_the_same_few_queries_for_many(conversation, django_assert_num_queries):
    with django_assert_num_queries(3):
        control.held(conversation)


def test_another_conversation_has_its_own(conversation):
    other = factories.start_conversation(conversation.channel)
    assert [each.control for each in control.held(other)] == ["queue", "bot"]
