"""Chat Gateway v1's shapes: callbacks against the published payloads, requests, customer's data."""

import json
import os
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from contactcenter_chat import events
from contactcenter_chat.api.base import limits
from contactcenter_chat.exceptions import InvalidFields
from contactcenter_chat.wire import chat_gateway_v1
from contactcenter_chat.wire.base import encode
from contactcenter_chat.wire.chat_gateway_v1 import requests
from contactcenter_chat.wire.chat_gateway_v1.users import user

AT = datetime(2024, 4, 14, 13, 6, 40, tzinfo=UTC)
AGENT = {"agent_id": "agent-abc-123", "first_name": "Cosmin", "last_name": "Malutan"}
CUSTOMER = {
    "name": "John Doe",
    "userId": "user-456",
    "email": "john@example.com",
    "phone": "+1234567890",
    "company": "Acme Inc.",
    "caseId": "CASE-789",
    "language": "en",
    "ipaddress": "192.168.1.1",
    "timezoneOffset": "-300",
    "department": "support",
}
SITUATION = events.Situation(state="active", assignment=("agent", "agent-abc-123"), customer=CUSTOMER)

TOLD = {
    "CONVERSATION_UPDATE": events.ConversationActivated(situation=SITUATION),
    "QUEUED": events.InteractionQueued(queue_id="queue-abc-123", queue_name="Customer Support"),
    "MEMBERS_CHANGED": events.AgentJoined(**AGENT),
    "TRANSFER": events.InteractionTransferred(from_agent_id="agent-abc-123", to_queue_id="101", note="secret"),
    "ACTIVITY_read_receipts": events.MessagesRead(
        participant_id="p", author_type=events.AGENT, agent_id="agent-abc-123", read_at=1713100000000
    ),
    "MESSAGE": events.MessageAdded(
        message_id="m",
        author_type=events.AGENT,
        participant_id="p",
        agent_id="agent-abc-123",
        text="Hello, how can I help you?",
        attachments=(
            {
                "id": "att-001",
                "type": "image",
                "url": "https://storage.example.com/attachments/att-001?signature=abc",
                "file_name": "screenshot.png",
            },
        ),
        cards=({"id": "c", "content_type": "application/vnd.microsoft.card.adaptive", "content": {}},),
    ),
}


def body_of(event):
    return chat_gateway_v1.FORMAT.event_body(event, conversation_id="ID-0", at=AT)


def published(name):
    folder = Path(os.environ["CONTACTCENTER_SPEC_DIR"]) / "payloads" / "chat_gateway_v1"
    return json.loads((folder / f"{name}.json").read_text())["payload"]


@pytest.mark.spec
@pytest.mark.parametrize("name", sorted(TOLD))
def test_a_callback_is_exactly_the_published_one(name):
    expected = published(f"event_{name}")
    expected["timestamp"] = 1713100000000
    if name == "CONVERSATION_UPDATE":  # what only other channels and centres have
        del expected["data"]["msisdn"], expected["data"]["assignment"]["resourceId"]
        expected["data"]["channel"] = "ChatAPI"
    assert encode(body_of(TOLD[name])) == encode(expected)


@pytest.mark.spec
def test_the_verification_is_the_published_one():
    body = chat_gateway_v1.FORMAT.verify_body("Chat Gateway v1.0")
    assert encode(body) == encode(published("event_WEB_HOOK_VERIFY"))


@pytest.mark.spec
@pytest.mark.parametrize(("name", "agent_ids"), [("typing", ["agent-abc-123"]), ("typing_stopped", [])])
def test_typing_is_exactly_the_published_one(name, agent_ids):
    body = chat_gateway_v1.callbacks.typing_body(agent_ids, conversation_id="ID-0", at=AT)
    assert encode(body) == encode(published(f"event_ACTIVITY_{name}"))


def test_that_a_bot_thinks_is_told_as_that_somebody_types():
    body = chat_gateway_v1.callbacks.thinking_body(["faq"], conversation_id="ID-0", at=AT)
    assert body["eventType"] == "ACTIVITY"
    assert body["data"] == {"name": "typing", "value": {"users": [{"type": "bot", "id": "faq"}]}}


def update(state, assignment):
    return {
        "eventType": "CONVERSATION_UPDATE",
        "conversationId": "ID-0",
        "timestamp": 1713100000000,
        "data": {
            "state": state,
            "assignment": {"type": assignment[0], "id": assignment[1]},
            "user": {"name": "Ada", "additionalProperties": []},
            "channel": "ChatAPI",
        },
    }


@pytest.mark.parametrize(
    "make",
    [
        lambda situation: events.ConversationStarted(channel_id="c", customer_id="u", situation=situation),
        lambda situation: events.ConversationActivated(situation=situation),
        lambda situation: events.ConversationIdled(situation=situation),
        lambda situation: events.ConversationUpdated(changed=("name",), situation=situation),
        lambda situation: events.ConversationAssigned(to="script", id="faq", situation=situation),
    ],
)
def test_changes_of_a_conversation_tell_how_it_stands(make):
    situation = events.Situation(state="idle", assignment=("queue", "q"), customer={"name": "Ada"})
    assert body_of(make(situation)) == update("idle", ("queue", "q"))
    assert "situation" not in make(situation).data()
    assert body_of(make(None)) is None


@pytest.mark.parametrize(
    ("event", "data"),
    [
        (events.AgentLeft(**AGENT), {"memberType": "agent", "change": "left", "id": "agent-abc-123"}),
        (events.CustomerLeft(participant_id="p"), {"memberType": "user", "change": "left", "id": "p"}),
    ],
)
def test_whoever_leaves(event, data):
    body = {"eventType": "MEMBERS_CHANGED", "conversationId": "ID-0", "timestamp": 1713100000000, "data": data}
    assert body_of(event) == body


@pytest.mark.parametrize("author_type", [events.CUSTOMER, events.BOT, events.SYSTEM])
@pytest.mark.parametrize("is_echo", [True, False])
def test_everybodys_messages_are_told(author_type, is_echo):
    event = events.MessageAdded(
        message_id="m", author_type=author_type, participant_id="p", text="héllo 👋", is_echo=is_echo
    )
    assert body_of(event)["data"] == {
        "isEcho": is_echo,
        "sender": {"id": "p", "type": author_type},
        "text": "héllo 👋",
        "attachments": [],
        "cards": [],
    }
    assert not {"text", "is_echo", "attachments", "cards"} & event.data().keys()


def test_what_was_said_before_is_not_told():
    event = events.MessageAdded(message_id="m", author_type="bot", participant_id="p", text="x", history=True)
    assert body_of(event) is None


def test_the_rest_is_not_told():
    for event in (
        events.InteractionOffered(offer_id="o", agent_id="a"),
        events.OfferEnded(offer_id="o", agent_id="a", state="rejected"),
        events.CustomerThanked(message_id="m"),
        events.CustomerOptedOut(by="user"),
        events.CustomerOptedIn(by="user"),
        events.InteractionHandedRound(times=3),
        events.CustomerWarned(),
        events.BotDisclosed(bot="faq"),
        events.ToolCalled(tool="fees", state="done", call_id=1, bot="faq"),
        events.ConversationHandedOver(bot="faq", reason="asked"),
        events.BriefRenewed(bot="faq", reason="asked"),
        events.ConversationHandedBack(agent_id="a", bot="faq"),
        events.VerificationSent(address="a•••@example.org"),
        events.CustomerVerified(level="code", address="a•••@example.org"),
        events.SlotFreed(agent_id="a"),
        events.SlotTaken(agent_id="a"),
        events.InteractionRerouted(agent_id="a", reason="no_reply"),
        events.InteractionEnded(outcome="handled", ended_by="agent"),
        events.InteractionWrappedUp(agent_id="a", codes=()),
        events.ConversationErased(),
        events.MessagesRead(participant_id="p", author_type=events.CUSTOMER, read_at=1),
    ):
        assert body_of(event) is None


def test_a_customers_data_back_and_forth():
    written = user(CUSTOMER)
    assert written["timezoneOffset"] == -300
    assert written["additionalProperties"] == [{"key": "department", "value": "support"}]
    body = {"channelId": 25, "user": written}
    read = requests.read_conversation(body, replace(limits(), history=1, message=1))
    assert (read.channel_id, read.customer) == ("25", CUSTOMER)


def test_an_offset_that_is_no_number_stays_as_it_is():
    assert user({"timezoneOffset": "UTC+1"})["timezoneOffset"] == "UTC+1"


@pytest.mark.spec
def test_the_documented_request():
    read = requests.read_conversation(published("request_create_conversation_docs"), limits())
    assert read.channel_id == "f5odm43occnifcdcsa"
    assert read.assignment == requests.Assignment("queue", "123")
    assert read.customer == {
        "language": "en",
        "name": "James Jones",
        "email": "user@example.com",
        "phone": "013453403332",
        "Authenticated": "yes",
        "Intent": "balance",
        " AccountType": "credit",
    }
    assert read.history[0] == ("user", "Hello, can I get my balance please")
    assert read.history[3] == ("bot", "Your balance is £12.34")
    assert len(read.history) == 6


def test_a_history_tolerates_what_clients_send():
    messages = [
        {"authorType": "bot Options:", "text": "A or B?"},
        {"authorType": "user"},
        {"text": "A"},
        {"type": "bot", "text": "Thanks"},
        {"authorType": "user", "externalProvider": {"name": "X", "externalMessageId": 17}},
    ]
    body = {"channelId": "c", "history": {"messages": messages}}
    read = requests.read_conversation(body, replace(limits(), customer_keys=1, history=5, message=50))
    link = "https://x.com/i/status/17"
    assert read.history == (("bot", "A or B?"), ("user", "A"), ("bot", "Thanks"), ("user", link))


def test_every_fault_of_a_change_is_found():
    with pytest.raises(InvalidFields) as raised:
        requests.read_change(
            {
                "user": {"name": ["x"], "additionalProperties": [{"value": "x"}, {"key": "k", "value": {}}]},
                "assignment": {"type": "robot"},
            },
            limits(),
        )
    assert {each.field for each in raised.value.problems} == {
        "user.name",
        "user.additionalProperties[0].key",
        "user.additionalProperties[1].value",
        "assignment.type",
    }


@pytest.mark.parametrize(
    ("kept", "told"),
    [("-60", -60), ("9" * 15, 10**15 - 1), ("9" * 16, "9" * 16), ("9" * 5000, "9" * 5000), ("x", "x")],
)
def test_an_offset_is_a_number_where_it_is_one_for_all(kept, told):
    assert user({"timezoneOffset": kept})["timezoneOffset"] == told
