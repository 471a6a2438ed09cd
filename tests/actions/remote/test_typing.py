"""An agent there types: the application here is told at once, as of an agent here, and nothing is stored."""

import json
import os
import time
from pathlib import Path

import pytest

from contactcenter_chat import tasks
from contactcenter_chat.actions import conversations
from contactcenter_chat.actions.center import interactions
from contactcenter_chat.actions.typing import TYPING_SECONDS, agent_types
from contactcenter_chat.models import (
    Conversation,
    Delivery,
    DeliveryAttempt,
    InboundCallback,
    LogEntry,
    Receiver,
    TypingSign,
    Webhook,
)
from contactcenter_chat.queries.signing_keys import signer_for
from contactcenter_chat.workers import wakeup

from ...inbound.test_callbacks import counted, post, signed, transmission
from .test_journeys import accept, start

GATEWAY = "Chat Gateway v1.0"
pytestmark = [pytest.mark.django_db, pytest.mark.parametrize("wire", [GATEWAY])]


@pytest.fixture(autouse=True)
def _at_once(monkeypatch):
    """Typing is told as soon as a task is to tell it."""
    monkeypatch.setattr("contactcenter_chat.actions.typing.after_commit", lambda follow: follow())
    monkeypatch.setattr(wakeup, "wake_typing", tasks.tell_typing)


@pytest.fixture
def chat(here, application, run):
    """A conversation that an agent there has accepted: its interaction there."""
    conversation = start(here)
    run()
    interaction = accept(conversation)
    run()
    application.clear()
    return interaction


@pytest.fixture
def own(chat):
    """The conversation here."""
    return Conversation.objects.get(remote_id=chat.conversation_id)


@pytest.fixture
def tell(chat, there):
    """Send a callback as the centre does; return the answer."""
    signer = signer_for(there.tenant.pk)

    def tell(body, **changes):
        sent = transmission({"conversationId": chat.conversation_id, "timestamp": int(time.time() * 1000), **body})
        return post(sent, signed(signer, sent) | changes)

    return tell


def typing(*agent_ids):
    users = [{"type": "agent", "id": agent_id} for agent_id in agent_ids]
    return {"eventType": "ACTIVITY", "data": {"name": "typing", "value": {"users": users}}}


def everything():
    return [model.objects.count() for model in (LogEntry, Delivery, DeliveryAttempt, InboundCallback)]


@pytest.mark.spec
@pytest.mark.parametrize("name", ["typing", "typing_stopped"])
def test_the_documented_callbacks_are_passed_on(own, tell, application, name):
    path = Path(os.environ["CONTACTCENTER_SPEC_DIR"], f"payloads/chat_gateway_v1/event_ACTIVITY_{name}.json")
    documented = json.loads(path.read_text())["payload"]
    before = everything()
    now = int(time.time() * 1000)
    assert tell({"eventType": "ACTIVITY", "data": documented["data"]}).status_code == 200
    [(headers, body)] = application
    assert abs(body["timestamp"] - now) < 60_000
    assert body == documented | {"conversationId": own.pk, "timestamp": body["timestamp"]}
    assert headers["X-8x8-Tenant-Id"] == "here"
    assert everything() == before


def test_an_agent_there_types_and_stops(chat, own, application, network):
    before, asked = everything(), len(network.asked)
    agent_types(chat.pk, chat.agent_id, types=True)
    agent_types(chat.pk, chat.agent_id, types=False)
    told = [(body["conversationId"], body["data"]) for _headers, body in application]
    assert told == [(own.pk, typing(chat.agent_id)["data"]), (own.pk, typing()["data"])]
    assert network.asked[asked:] == [("POST", "/callbacks/vendor/")] * 2  # and the centre is not told what it said
    assert everything() == before


def test_several_type(own, tell, application):
    tell(typing("a", "b"))
    assert [body["data"] for _headers, body in application] == [typing("a", "b")["data"]]


def test_one_of_whom_nothing_is_said_has_an_id(own, tell, application):
    tell(typing(None))
    assert [body["data"] for _headers, body in application] == [typing("agent")["data"]]


def test_what_was_said_a_while_ago_is_over(tell, application):
    before = everything()
    for seconds, told in ((60, 0), (TYPING_SECONDS + 1, 0), (TYPING_SECONDS - 4, 1)):
        assert tell(typing("a") | {"timestamp": int((time.time() - seconds) * 1000)}).status_code == 200
        assert len(application) == told
    assert everything() == before


@pytest.mark.parametrize("remote_id", ["unknown", "", None, 5])
def test_a_conversation_that_is_not_known(here, tell, application, remote_id):
    start(here)  # one that has no id there yet
    before = everything()
    assert tell(typing("a") | {"conversationId": remote_id}).status_code == 200
    assert (application, everything()) == ([], before)


@pytest.mark.parametrize(
    "change",
    [
        lambda channel: Webhook.objects.filter(pk=channel.webhook_id).update(version="v2.0"),
        lambda channel: Receiver.objects.filter(pk=channel.webhook_id).update(enabled=False),
        lambda channel: Webhook.objects.filter(pk=channel.webhook_id).update(deleted_at="2026-01-01T00:00Z"),
    ],
)
def test_an_application_that_cannot_hear_of_it(here, tell, application, change):
    change(here.center.channel)
    assert tell(typing("a")).status_code == 200
    assert application == []


def test_nobody_types_where_nobody_is(chat, run, tell, application):
    interactions.end_interaction(interaction_id=chat.pk, agent=chat.agent)
    run()
    application.clear()
    assert tell(typing("a")).status_code == 200
    assert application == []


def test_nothing_is_told_of_what_was_erased(own, tell, application):
    conversations.erase_conversation(conversation_id=own.pk)
    assert tell(typing("a")).status_code == 200
    assert application == []


def test_nothing_is_believed_before_the_signature_is_right(tell, application):
    before = everything()
    assert tell(typing("a"), **{"X-8x8-Signature": "x..y"}).status_code == 401
    assert (application, everything()) == ([], before)
    assert sum(counted().values()) == 1


def test_it_costs_two_queries(tell, monkeypatch, django_assert_num_queries):
    told = []
    monkeypatch.setattr(wakeup, "wake_typing", lambda: told.append(""))
    tell(typing("a"))  # the centre's key and row are looked up
    with django_assert_num_queries(2):
        tell(typing("a", "b", "c"))
    assert len(told) == 2
    assert TypingSign.objects.get().agent_ids == ["a", "b", "c"]


def test_what_is_not_understood_is_kept_as_any_other(tell, application, chat):
    before = InboundCallback.objects.count()
    assert tell({"eventType": "ACTIVITY", "data": {"name": "typing", "value": "x"}}).status_code == 200
    assert (application, InboundCallback.objects.count()) == ([], before + 1)
