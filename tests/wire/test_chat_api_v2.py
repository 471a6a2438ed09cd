"""Chat API v2's shapes: callbacks against the published payloads, requests, and times."""

import json
import os
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import pytest

from contactcenter_chat import events
from contactcenter_chat.api.base import limits
from contactcenter_chat.exceptions import InvalidFields
from contactcenter_chat.wire import chat_api_v2
from contactcenter_chat.wire.base import encode
from contactcenter_chat.wire.chat_api_v2 import requests, responses

AT = datetime(2021, 8, 24, 12, 2, 57, 2999, tzinfo=UTC)
AGENT = {"agent_id": "cmalutan", "first_name": "Cosmin", "last_name": "Malutan"}

TOLD = {
    "QUEUED": events.InteractionQueued(queue_id="101", queue_name="Sales"),
    "AGENT_JOINED": events.AgentJoined(**AGENT),
    "AGENT_LEFT": events.AgentLeft(**AGENT),
    "TRANSFER": events.InteractionTransferred(from_agent_id="cmalutan", to_queue_id="101", note="secret"),
    "TEXT": events.MessageAdded(
        message_id="m",
        author_type=events.AGENT,
        participant_id="p",
        agent_id="cmalutan",
        agent_first_name="Cosmin",
        agent_last_name="Malutan",
        text="héllo 👋",
    ),
}


def body_of(event):
    return chat_api_v2.FORMAT.event_body(event, conversation_id="Aka5NMHU8MtIG7lUQOxI0DTOvM4", at=AT)


def test_the_callbacks_bodies():
    common = {"conversationId": "Aka5NMHU8MtIG7lUQOxI0DTOvM4", "timestamp": 1629806577002}
    system = {"messageType": "SYSTEM", **common}
    agent = {"agentId": "cmalutan", "agentName": "Cosmin,Malutan"}
    assert {name: body_of(event) for name, event in TOLD.items()} == {
        "QUEUED": {"eventType": "QUEUED", **system, "queueId": "101", "queueName": "Sales"},
        "AGENT_JOINED": {"eventType": "AGENT_JOINED", **system, **agent},
        "AGENT_LEFT": {"eventType": "AGENT_LEFT", **system, **agent},
        "TRANSFER": {"eventType": "TRANSFER", **system},
        "TEXT": {"eventType": "TEXT", "messageType": "AGENT", **common, **agent, "message": "héllo 👋"},
    }


def test_to_give_it_back_to_a_bot_is_not_the_end():
    """An AGENT_LEFT that follows no TRANSFER would be."""
    handed_back = body_of(events.ConversationHandedBack(agent_id="cmalutan", bot="faq"))
    assert handed_back == body_of(TOLD["TRANSFER"])


def published(name):
    path = Path(os.environ["CONTACTCENTER_SPEC_DIR"]) / "payloads" / "chat_api_v2" / f"event_{name}.json"
    return json.loads(path.read_text())["payload"]


def types_of(body):
    return {name: type(value) for name, value in body.items()}


@pytest.mark.spec
@pytest.mark.parametrize("name", sorted(TOLD))
def test_a_callback_has_exactly_the_published_keys_in_their_order(name):
    assert types_of(body_of(TOLD[name])) == types_of(published(name))
    assert body_of(TOLD[name])["eventType"] == published(name)["eventType"]
    assert body_of(TOLD[name])["messageType"] == published(name)["messageType"]


@pytest.mark.spec
def test_the_verification_is_the_published_one():
    assert encode(chat_api_v2.FORMAT.verify_body("v2.0")) == encode(published("WEB_HOOK_VERIFY"))


@pytest.mark.spec
def test_every_published_callback_is_told():
    folder = Path(os.environ["CONTACTCENTER_SPEC_DIR"]) / "payloads" / "chat_api_v2"
    names = {path.stem.removeprefix("event_") for path in folder.glob("event_*.json")}
    assert names == {*TOLD, "WEB_HOOK_VERIFY"}


@pytest.mark.parametrize("author_type", [events.CUSTOMER, events.BOT, events.SYSTEM])
def test_only_agents_messages_are_told(author_type):
    assert body_of(events.MessageAdded(message_id="m", author_type=author_type, participant_id="p")) is None


def test_nothing_else_is_told():
    told = {type(event) for event in TOLD.values()} | {events.ConversationHandedBack}
    for event in events.Event.__subclasses__():
        if event not in told:
            assert body_of(object.__new__(event)) is None


@pytest.mark.parametrize(("first", "last", "name"), [("A", "B", "A,B"), ("A", "", "A"), ("", "B", "B"), ("", "", "")])
def test_an_agent_may_have_one_name(first, last, name):
    event = events.AgentJoined(agent_id="1", first_name=first, last_name=last)
    assert body_of(event)["agentName"] == name


def test_bodies_are_compact_and_in_raw_utf8():
    body = encode(body_of(TOLD["TEXT"]))
    assert body.endswith(',"agentName":"Cosmin,Malutan","message":"héllo 👋","timestamp":1629806577002}')


def test_times_are_utc_with_milliseconds():
    row = SimpleNamespace(
        pk="i", channel_id="c", data_in_order={}, created_at=AT, interactions=SimpleNamespace(all=list)
    )
    assert responses.conversation(row)["startTime"] == "2021-08-24T12:02:57.002Z"


@pytest.mark.parametrize(("count", "pages"), [(0, 0), (1, 1), (20, 1), (21, 2)])
def test_pages_are_counted(count, pages):
    assert responses.page([], size=20, index=0, count=count)["page"]["pageCount"] == pages


def test_a_conversation_request():
    body = {
        "channelId": 25,
        "user": {"ignored": True},
        "customer": {"name": "Ada", "age": 36},
        "history": {"messages": [{"type": "bot Options:", "text": "A or B?"}, {"type": "user", "text": "A"}]},
    }
    read = requests.read_conversation(body, replace(limits(), customer_keys=2, history=2, message=10))
    assert read == requests.ConversationRequest(
        channel_id="25", customer={"name": "Ada", "age": "36"}, history=(("bot", "A or B?"), ("user", "A"))
    )


def test_of_a_history_what_fits_is_read():
    said = [{"text": text} for text in ("one", "", "two", "three words here")]
    read = requests.read_conversation(
        {"channelId": "c", "history": {"messages": said}}, replace(limits(), history=2, message=10)
    )
    assert read.history == (("user", "two"), ("user", "three  […]"))
    assert max(len(text) for _author, text in read.history) == 10


def test_every_fault_of_a_request_is_found():
    with pytest.raises(InvalidFields) as raised:
        requests.read_channel({"name": 1, "routingOptions": {"type": "script"}}, limits())
    assert [each.field for each in raised.value.problems] == [
        "routingOptions.type",
        "name",
        "webHookId",
        "routingOptions.id",
    ]


@pytest.mark.spec
def test_members_stand_as_in_a_callback_that_was_received():
    path = Path(os.environ["CONTACTCENTER_SPEC_DIR"]) / "payloads" / "signature" / "real_AGENT_JOINED_delivery.json"
    received = json.loads(json.loads(path.read_text())["raw_body"])
    assert list(body_of(TOLD["AGENT_JOINED"])) == list(received)
