"""What a webhook of Chat Gateway v1 is told of a whole conversation, word by word."""

import json

import pytest

from contactcenter_chat import events
from contactcenter_chat.actions import conversations
from contactcenter_chat.actions.center import transfers
from contactcenter_chat.actions.messages import add_message
from contactcenter_chat.models import Conversation, Delivery, Webhook
from contactcenter_chat.wire.chat_gateway_v1 import FORMAT as CHAT_GATEWAY_V1
from tests.factories import accepted, make_agent, make_channel, make_queue, make_webhook

USER = {"name": "Ada", "additionalProperties": [{"key": "course", "value": "7"}]}


@pytest.fixture
def v1(center):
    """The channel's webhook wants this version."""
    Webhook.objects.filter(pk=center.webhook.pk).update(version=CHAT_GATEWAY_V1.version)


def told(conversation, webhook=None):
    """The bodies of callbacks in order, without what is the same in all."""
    rows = Delivery.objects.filter(conversation_id=conversation).order_by("number")
    bodies = [json.loads(row.body) for row in (rows.filter(receiver_id=webhook.pk) if webhook else rows)]
    for body in bodies:
        assert body.pop("conversationId") == conversation
        assert isinstance(body.pop("timestamp"), int)
    return [(body.pop("eventType"), body.pop("data", None)) for body in bodies]


def start(gateway, **changes):
    body = {"channelId": gateway.center.channel.pk, "user": USER, **changes}
    return gateway.post("conversations", body).json()["conversationId"]


def update(state, kind, assigned_id):
    assignment = {"type": kind, "id": assigned_id}
    return "CONVERSATION_UPDATE", {"state": state, "assignment": assignment, "user": USER, "channel": "ChatAPI"}


def queued(queue):
    return "QUEUED", {"queueId": queue.pk, "queueName": queue.name}


def member(kind, change, member_id):
    return "MEMBERS_CHANGED", {"memberType": kind, "change": change, "id": member_id}


def message(kind, sender_id, text, is_echo):
    sender = {"id": sender_id, "type": kind}
    data = {"isEcho": is_echo, "sender": sender, "text": text, "attachments": [], "cards": []}
    return "MESSAGE", data


def test_a_whole_conversation(gateway, center, v1):
    agent = make_agent(center.tenant, center.queue)
    history = {"messages": [{"authorType": "bot", "text": "Before"}]}
    conversation_id = start(gateway, history=history)
    row = Conversation.objects.get()
    interaction = accepted(row)
    gateway.post(f"conversations/{conversation_id}/messages", {"text": "Hello"})
    gateway.post(f"conversations/{conversation_id}/messages", {"authorType": "bot", "text": "He says hello"})
    add_message(conversation_id=row.pk, author_type=events.AGENT, agent=agent, text="Hi 👋")
    queue = make_queue(center.tenant, name="Second")
    transfers.transfer_to_queue(interaction_id=interaction.pk, agent=agent, queue=queue, note="secret")
    gateway.patch(f"conversations/{conversation_id}", {"assignment": {"id": center.queue.pk}})
    gateway.patch(f"conversations/{conversation_id}/participants/user", {"removed": True})
    people = {each.type: each.pk for each in row.participants.all()}
    assert told(conversation_id) == [
        update("created", "queue", center.queue.pk),
        update("active", "queue", center.queue.pk),
        queued(center.queue),
        member("agent", "joined", agent.pk),
        message("user", people["user"], "Hello", True),
        message("bot", people["bot"], "He says hello", True),
        message("agent", agent.pk, "Hi 👋", False),
        ("TRANSFER", None),
        member("agent", "left", agent.pk),
        queued(queue),
        queued(center.queue),
        member("user", "left", people["user"]),
        update("idle", "queue", center.queue.pk),
    ]
    raw = Delivery.objects.get(number=Conversation.objects.get().log.get(message__text="Hi 👋").number).body
    assert "👋" in raw
    assert ": " not in raw.replace("Hi", "")


def test_a_change_of_the_customers_data(gateway, center, v1):
    conversation_id = start(gateway)
    gateway.patch(f"conversations/{conversation_id}", {"user": {"name": "Bea"}})
    name, data = told(conversation_id)[-1]
    assert (name, data["user"]["name"], data["state"]) == ("CONVERSATION_UPDATE", "Bea", "active")
    # What was owed before is as it was then.
    assert told(conversation_id)[0][1]["user"] == USER


def test_a_scripts_words_are_no_echo(gateway, center, v1, settings):
    settings.CONTACTCENTER_CHAT = {**settings.CONTACTCENTER_CHAT, "BOTS": ("faq",)}
    conversation_id = start(gateway, assignment={"type": "script", "id": "faq"})
    add_message(conversation_id=conversation_id, author_type=events.BOT, text="Which course?")
    add_message(conversation_id=conversation_id, author_type=events.CUSTOMER, text="Latin")
    conversations.assign_to_queue(conversation_id=conversation_id)
    people = {each.type: each.pk for each in Conversation.objects.get().participants.all()}
    assert told(conversation_id) == [
        update("created", "script", "faq"),
        update("active", "script", "faq"),
        message("bot", people["bot"], "Which course?", False),
        message("user", people["user"], "Latin", True),
        queued(center.queue),
    ]


def test_both_versions_at_once(gateway, center):
    """Each channel's webhook is told in its own format."""
    webhook = make_webhook(center.tenant, version=CHAT_GATEWAY_V1.version)
    channel = make_channel(center.tenant, center.queue, webhook=webhook, name="Gateway")
    make_agent(center.tenant, center.queue)
    old, new = start(gateway), start(gateway, channelId=channel.pk)
    for conversation_id in (old, new):
        interaction = accepted(Conversation.objects.get(pk=conversation_id))
        add_message(conversation_id=conversation_id, author_type=events.AGENT, agent=interaction.agent, text="Hi")
    assert [name for name, _data in told(new, webhook)] == [
        "CONVERSATION_UPDATE",
        "CONVERSATION_UPDATE",
        "QUEUED",
        "MEMBERS_CHANGED",
        "MESSAGE",
    ]
    of_webhook = Delivery.objects.filter(receiver_id=center.webhook.pk).order_by("number")
    names = [json.loads(row.body)["eventType"] for row in of_webhook]
    assert names == ["QUEUED", "AGENT_JOINED", "TEXT"]
