"""An agent there reads what the customer here said: the transcript and a signal tell it, however fast it comes."""

import json
import os
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.utils import timezone

from contactcenter_chat import signals
from contactcenter_chat.actions.reading import mark_read
from contactcenter_chat.actions.remote import inbox
from contactcenter_chat.events import AGENT
from contactcenter_chat.models import Conversation, Message, Participant
from contactcenter_chat.outbound import requests
from contactcenter_chat.queries.transcripts import transcripts_of
from contactcenter_chat.wire.base import encode
from tests.factories import log_of

from .test_journeys import accept, remote_of, say, start

GATEWAY = "Chat Gateway v1.0"
pytestmark = [pytest.mark.django_db, pytest.mark.parametrize("wire", [GATEWAY])]


def reads(interaction, until=None):
    """The agent there has read all that was said there."""
    newest = Message.objects.filter(conversation=interaction.conversation_id, author_type="user").latest("number")
    mark_read(
        conversation_id=interaction.conversation_id,
        author_type=AGENT,
        agent=interaction.agent,
        read_at=until or newest.created_at,
    )


def states(conversation):
    said = Message.objects.filter(conversation=conversation, author_type="user", history=False)
    return list(said.order_by("number").values_list("delivery_state", flat=True))


@pytest.fixture
def told():
    """What the signal has told of each message."""
    told = []

    def hear(sender, entry, message, **kwargs):
        told.append((message.text, message.delivery_state))

    signals.message_state_changed.connect(hear)
    yield told
    signals.message_state_changed.disconnect(hear)


def test_it_is_shown_in_the_transcript_and_told(here, run, told, django_capture_on_commit_callbacks):
    conversation = start(here)
    run()
    interaction = accept(conversation)
    first = say(conversation, "Hello?")
    run()
    assert states(conversation) == ["sent", "sent"]
    reads(interaction)
    say(conversation, "And now?")
    with django_capture_on_commit_callbacks(execute=True):
        run()
    assert states(conversation) == ["read", "read", "sent"]
    assert told.count((first.text, "read")) == 1
    (transcript,) = transcripts_of(
        [Conversation.objects.select_related("channel", "customer").get(pk=conversation.pk)]
    )
    shown = {
        message.text: message.get_delivery_state_display()
        for line in transcript.lines
        if (message := line.entry.message)
    }
    assert (shown["Hello?"], shown["And now?"]) == ("read", "sent")
    before = log_of(conversation)
    reads(interaction)  # what was said since
    reads(interaction, until=first.created_at)  # an older one is no news
    run()
    assert states(conversation) == ["read", "read", "read"]
    assert log_of(conversation) == [*before, "messages.read", "message.state_changed"]
    assert not {line.entry.kind for line in transcript.lines} & {"messages.read", "message.state_changed"}


def test_it_may_be_faster_than_the_answer(here, run, network, monkeypatch):
    conversation = start(here)
    run()
    interaction = accept(conversation)
    run()
    usual, meanwhile = network.request, []

    def read_at_once(method, url, *arguments, **options):
        answer = usual(method, url, *arguments, **options)
        if method == "POST" and urlsplit(url).path.endswith("/messages"):
            reads(interaction)
            run()
            meanwhile.append(states(conversation))
        return answer

    say(conversation, "Hello?")
    monkeypatch.setattr(requests, "request", read_at_once)
    run()
    assert meanwhile == [["read", "queued"]]
    assert states(conversation) == ["read", "read"]
    monkeypatch.setattr(requests, "request", usual)
    say(conversation, "And now?")
    run()
    assert states(conversation) == ["read", "read", "sent"]


def test_a_clock_that_is_ahead_reads_nothing_that_is_not_said_yet(here, run):
    conversation = start(here)
    run()
    interaction = accept(conversation)
    remote = remote_of(conversation)
    body = {
        "eventType": "ACTIVITY",
        "conversationId": remote.pk,
        "timestamp": int((timezone.now() + timedelta(days=1)).timestamp() * 1000),
        "data": {
            "name": "read-receipts",
            "value": [
                {
                    "timestamp": int((timezone.now() + timedelta(days=1)).timestamp() * 1000),
                    "users": [{"type": "agent", "id": interaction.agent_id}, {"type": "user", "id": "u"}, 1],
                },
                {"timestamp": "x", "users": [{"type": "agent", "id": "y"}]},
                {"timestamp": 1700000000000, "users": "z"},
            ],
        },
    }
    run()
    inbox.store(
        tenant_id=here.tenant.pk,
        provider="vendor",
        event_id="ahead",
        body=encode(body).encode(),
        parsed=body,
        headers={},
    )
    inbox.process_due()
    say(conversation, "Later")
    run()
    assert states(conversation) == ["read", "sent"]
    (reader,) = Participant.objects.filter(conversation=conversation).exclude(remote_id="")
    assert (reader.remote_id, reader.read_at <= timezone.now()) == (interaction.agent_id, True)


@pytest.mark.spec
def test_the_application_is_told_as_of_an_agent_of_this_project(
    here, run, application, django_capture_on_commit_callbacks
):
    path = Path(os.environ["CONTACTCENTER_SPEC_DIR"], "payloads/chat_gateway_v1/event_ACTIVITY_read_receipts.json")
    documented, heard = json.loads(path.read_text())["payload"], []

    def hear(sender, entry, conversation, **kwargs):
        heard.append((conversation.pk, entry.data["author_type"], entry.data["agent_id"]))

    conversation = start(here)
    run()
    remote = remote_of(conversation)
    accept(conversation)
    run()
    application.clear()
    signals.messages_read.connect(hear)
    try:
        for number in range(2):  # an older one, or the same again, is no news
            body = documented | {"conversationId": remote.pk}
            with django_capture_on_commit_callbacks(execute=True):
                inbox.store(
                    tenant_id=here.tenant.pk,
                    provider="vendor",
                    event_id=f"read-{number}",
                    body=encode(body).encode(),
                    parsed=body,
                    headers={},
                )
                inbox.process_due()
        run()
    finally:
        signals.messages_read.disconnect(hear)
    [(_headers, body)] = application
    assert body == documented | {"conversationId": conversation.pk}
    assert heard == [(conversation.pk, "agent", "agent-abc-123")]
    assert states(conversation) == ["sent"]  # which was said later


def test_what_the_agent_reads_at_the_desk_is_told_here(here, run, application):
    conversation = start(here)
    run()
    interaction = accept(conversation)
    run()
    application.clear()
    reads(interaction)
    run()
    [(_headers, body)] = application
    assert (body["eventType"], body["conversationId"], body["data"]["name"]) == (
        "ACTIVITY",
        conversation.pk,
        "read-receipts",
    )
    [receipt] = body["data"]["value"]
    assert receipt["users"] == [{"id": interaction.agent_id, "type": "agent"}]
    newest = Message.objects.get(conversation=conversation, author_type="user", history=False)
    assert receipt["timestamp"] >= int(newest.created_at.timestamp() * 1000)
    assert states(conversation) == ["read"]
