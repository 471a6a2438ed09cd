"""What the documented callbacks of both wires tell us, and what tolerance makes of others."""

import json
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from contactcenter_chat import events
from contactcenter_chat.exceptions import Invalid
from contactcenter_chat.wire.chat_api_v2 import incoming as v2
from contactcenter_chat.wire.chat_gateway_v1 import incoming as v1
from contactcenter_chat.wire.tolerant import Envelope, Typing, items, moment, text, words_of

AT = datetime(2024, 4, 14, 13, 6, 40, tzinfo=UTC)
FILE = {
    "id": "att-001",
    "type": "image",
    "file_name": "screenshot.png",
    "url": "https://storage.example.com/attachments/att-001?signature=abc",
}


def payload(name):
    path = Path(os.environ["CONTACTCENTER_SPEC_DIR"], "payloads", name)
    return json.loads(path.read_text())["payload"]


def said(**changes):
    usual = {"message_id": "", "participant_id": "", "author_type": "agent"}
    return events.MessageAdded(**{**usual, **changes})


@pytest.mark.spec
@pytest.mark.parametrize(
    ("name", "event"),
    [
        ("QUEUED", events.InteractionQueued(queue_id="queue-abc-123", queue_name="Customer Support")),
        ("MEMBERS_CHANGED", events.AgentJoined(agent_id="agent-abc-123", first_name="", last_name="")),
        ("TRANSFER", events.InteractionTransferred(from_agent_id="", to_queue_id="")),
        ("MESSAGE", said(agent_id="agent-abc-123", text="Hello, how can I help you?", attachments=(FILE,))),
        ("CONVERSATION_UPDATE", None),
        ("ACTIVITY_typing", None),
        ("ACTIVITY_typing_stopped", None),
        ("ACTIVITY_adaptiveCard_action", None),
        ("ACTIVITY_quickReply_action", None),
        ("ACTIVITY_interactive_reply", None),
        ("WEB_HOOK_VERIFY", None),
    ],
)
def test_documented_callbacks_of_chat_gateway_v1(name, event):
    body = payload(f"chat_gateway_v1/event_{name}.json")
    assert v1.read_callback(body).event == event
    if "timestamp" in body:
        assert v1.read_envelope(body) == Envelope(body["eventType"], "ID-0", AT)


@pytest.mark.spec
@pytest.mark.parametrize(
    ("name", "typing"),
    [
        ("ACTIVITY_typing", Typing(("agent-abc-123",))),
        ("ACTIVITY_typing_stopped", Typing(())),
        ("ACTIVITY_read_receipts", None),
        ("ACTIVITY_quickReply_action", None),
        ("MESSAGE", None),
        ("TRANSFER", None),
    ],
)
def test_who_types(name, typing):
    body = payload(f"chat_gateway_v1/event_{name}.json")
    assert v1.read_typing(body) == typing
    assert v2.read_typing(body) is None


@pytest.mark.parametrize(
    ("value", "typing"),
    [
        (
            {"users": [{"type": "agent", "id": "a"}, {"type": "agent", "id": 5}, {"type": "agent", "id": "a"}]},
            ("a", "5"),
        ),
        ({"users": [{"type": "user", "id": "u"}, None, "x", {"id": "a"}]}, ()),
        ({"users": [{"type": "agent", "id": "a" * 300}]}, ("a" * 255,)),
        ({"users": None}, None),
        ({}, None),
        ([], None),
        (None, None),
    ],
)
def test_only_agents_type(value, typing):
    found = v1.read_typing({"eventType": "ACTIVITY", "data": {"name": "typing", "value": value}})
    assert found == (None if typing is None else Typing(typing))


@pytest.mark.spec
def test_read_receipts():
    found = v1.read_callback(payload("chat_gateway_v1/event_ACTIVITY_read_receipts.json"))
    assert (found.event, found.read_until, found.read_by) == (None, AT, "agent-abc-123")


@pytest.mark.spec
@pytest.mark.parametrize(
    ("name", "event"),
    [
        ("QUEUED", events.InteractionQueued(queue_id="string", queue_name="string")),
        ("AGENT_JOINED", events.AgentJoined(agent_id="string", first_name="string", last_name="")),
        ("AGENT_LEFT", events.AgentLeft(agent_id="string", first_name="string", last_name="")),
        ("TRANSFER", events.InteractionTransferred(from_agent_id="", to_queue_id="")),
        ("TEXT", said(agent_id="string", agent_first_name="string", text="string")),
        ("WEB_HOOK_VERIFY", None),
    ],
)
def test_documented_callbacks_of_chat_api_v2(name, event):
    assert v2.read_callback(payload(f"chat_api_v2/event_{name}.json")).event == event


@pytest.mark.spec
def test_a_real_delivery():
    path = Path(os.environ["CONTACTCENTER_SPEC_DIR"], "payloads/signature/real_AGENT_JOINED_delivery.json")
    body = json.loads(json.loads(path.read_text())["raw_body"])
    joined = events.AgentJoined(agent_id="cmalutan", first_name="Cosmin", last_name="Malutan")
    assert v2.read_callback(body).event == joined


def test_what_falls_idle_and_what_is_our_own():
    idle = {"eventType": "CONVERSATION_UPDATE", "data": {"state": "idle"}}
    assert v1.read_callback(idle).event == events.ConversationIdled(remote=True)
    left = {"eventType": "MEMBERS_CHANGED", "data": {"memberType": "user", "change": "left", "id": "x"}}
    assert v1.read_callback(left).event is None
    for data in ({"isEcho": True, "text": "x"}, {"isEcho": "true", "text": "x"}, {"sender": {"type": "user"}}):
        assert v1.read_callback({"eventType": "MESSAGE", "data": data}).event is None
    bot = {"eventType": "MESSAGE", "data": {"isEcho": False, "sender": {"type": "bot", "id": "b"}, "text": "Hi"}}
    assert v1.read_callback(bot).event == said(author_type="bot", text="Hi")


@pytest.mark.parametrize("wire", [v1, v2])
@pytest.mark.parametrize("body", [None, [], "x", 5, {}, {"eventType": 5}, {"eventType": "NEW", "data": []}])
def test_what_says_nothing_to_us(wire, body):
    assert v2.read_envelope(body).conversation_id == ""
    assert wire.read_typing(body) is None
    if isinstance(body, dict):
        assert wire.read_callback(body).event is None


def test_what_comes_with_a_message_and_is_no_text():
    card = {"contentType": "application/vnd.microsoft.card.adaptive", "content": {"fallbackText": "Choose: yes, no"}}
    data = {"sender": {"type": "agent", "id": "a"}, "attachments": ["x", {}], "cards": [card, None, {"content": 5}]}
    assert v1.read_callback({"eventType": "MESSAGE", "data": data}).event.text == "Choose: yes, no"


@pytest.mark.parametrize("wire", [v1, v2])
def test_names_turn_nothing_that_stands_beside_them(wire):
    joined = v2.read_callback({"eventType": "AGENT_JOINED", "agentId": "a", "agentName": "Ada\u202e,Love\u2066lace"})
    assert (joined.event.first_name, joined.event.last_name) == ("Ada", "Lovelace")
    queued = {"queueName": "\u202eFees", "queueId": "q"}
    body = {"eventType": "QUEUED", **queued, "data": queued}
    assert wire.read_callback(body).event.queue_name == "Fees"


def test_words_are_needed_and_made_storable():
    with pytest.raises(Invalid):
        v2.read_callback({"eventType": "TEXT", "agentId": "a"})
    with pytest.raises(Invalid):
        v1.read_callback({"eventType": "MESSAGE", "data": {"text": ["x"]}})
    assert v2.read_callback({"eventType": "TEXT", "message": "a\0b"}).event.text == "a\ufffdb"


@pytest.mark.parametrize(
    ("value", "at"),
    [
        (1713100000000, datetime(2024, 4, 14, 13, 6, 40, tzinfo=UTC)),
        ("1713100000000", datetime(2024, 4, 14, 13, 6, 40, tzinfo=UTC)),
        ("2024-04-14T13:06:40Z", datetime(2024, 4, 14, 13, 6, 40, tzinfo=UTC)),
        (0, None),
        (None, None),
        (True, None),
        ("yesterday", None),
        (1e300, None),
        ([], None),
    ],
)
def test_times(value, at):
    assert moment(value) == at


@pytest.mark.parametrize(
    "answer",
    [[{"id": "1"}], {"data": [{"id": "1"}]}, {"_embedded": {"webhooks": [{"id": "1"}]}}, {"messages": [{"id": "1"}]}],
)
def test_lists_however_they_are_wrapped(answer):
    assert items(answer, "messages") == [{"id": "1"}]
    assert items(None) == items({"data": "x"}) == []


@pytest.mark.parametrize(
    "said", ["a\0b", "a\ud800b", {"message": "a\0b"}, {"errors": ["a\udfffb"]}, {"detail": "a\0b"}]
)
def test_what_cannot_be_stored_is_replaced(said):
    assert words_of(json.dumps(said).encode()) == "a\ufffdb"
    assert text({"id": "a\0b\ud800"}, "id") == "a\ufffdb\ufffd"


def test_words_of_a_refusal():
    assert words_of(b'{"message": "No.", "errors": ["No.", "Why"]}') == "No. Why"
    assert words_of(b"") == ""
    assert words_of(b"\xff") == "\ufffd"
