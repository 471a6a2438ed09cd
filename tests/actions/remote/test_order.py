"""Whatever the order and repetition in which callbacks come, the transcript ends the same."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from contactcenter_chat.actions.messages import add_message
from contactcenter_chat.actions.remote import inbox
from contactcenter_chat.models import Conversation, Interaction, Participant
from contactcenter_chat.queries.transcripts import transcripts_of
from contactcenter_chat.wire.base import encode
from tests.factories import start_conversation

ADA = {"agentId": "ada", "agentName": "Ada,Lovelace"}
ALAN = {"agentId": "alan", "agentName": "Alan,Turing"}
COURSE = [
    (0, {"eventType": "QUEUED", "queueId": "q", "queueName": "Help"}),
    (10, {"eventType": "AGENT_JOINED", **ADA}),
    (20, {"eventType": "TEXT", "message": "Hello", **ADA}),
    (20, {"eventType": "TEXT", "message": "Hello again", **ADA}),
    (30, {"eventType": "TRANSFER"}),
    (30, {"eventType": "AGENT_LEFT", **ADA}),
    (30, {"eventType": "QUEUED", "queueId": "r", "queueName": "Money"}),
    (40, {"eventType": "AGENT_JOINED", **ALAN}),
    (50, {"eventType": "TEXT", "message": "مرحبا 👋", **ALAN}),
    (60, {"eventType": "AGENT_LEFT", **ALAN}),
    (70, {"eventType": "QUEUED", "queueId": "r", "queueName": "Money"}),
    (80, {"eventType": "AGENT_JOINED", **ADA}),
    (85, {"eventType": "SOMETHING_NEW"}),
    (90, {"eventType": "TEXT", "message": "Me again", **ADA}),
]
TOGETHER = [
    (0, {"eventType": "QUEUED", "queueId": "q", "queueName": "Help"}),
    (10, {"eventType": "AGENT_JOINED", **ADA}),
    (15, {"eventType": "AGENT_JOINED", **ALAN}),
    (20, {"eventType": "AGENT_LEFT", **ADA}),
    (30, {"eventType": "TEXT", "message": "Only me", **ALAN}),
    (35, {"eventType": "QUEUED", "queueId": "r", "queueName": "Money"}),
    (40, {"eventType": "AGENT_LEFT", **ALAN}),
]
ENDED = [*COURSE, (99, {"eventType": "AGENT_LEFT", **ADA})]


def on_gateway(second, event):
    """The same event as Chat Gateway v1 tells it, which names agents by their ids."""
    kind, who = event["eventType"], {"type": "agent", "id": event.get("agentId")}
    if kind == "QUEUED":
        return second, {"eventType": kind, "data": {name: event[name] for name in ("queueId", "queueName")}}
    if kind in ("AGENT_JOINED", "AGENT_LEFT"):
        change = {"memberType": "agent", "change": kind.removeprefix("AGENT_").lower(), "id": who["id"]}
        return second, {"eventType": "MEMBERS_CHANGED", "data": change}
    if kind == "TEXT":
        return second, {"eventType": "MESSAGE", "data": {"isEcho": False, "sender": who, "text": event["message"]}}
    return second, event


def updated(second, state):
    return second, {"eventType": "CONVERSATION_UPDATE", "data": {"state": state}}


def active(second, name, value):
    return second, {"eventType": "ACTIVITY", "data": {"name": name, "value": value}}


def echo(second):
    data = {"isEcho": True, "sender": {"type": "user", "id": "u"}, "text": "Is anybody there?"}
    return second, {"eventType": "MESSAGE", "data": data}


SAID = ["Is anybody there?", "Hello", "Hello again", "مرحبا 👋", "Me again"]
READER = {"type": "agent", "id": "ada"}
GATEWAY_COURSE = [
    *(on_gateway(*event) for event in COURSE),
    updated(0, "active"),
    echo(5),
    active(15, "read-receipts", [{"timestamp": 1_700_000_000_000, "users": [READER]}]),
    active(16, "read-receipts", [{"timestamp": 4_000_000_000_000, "users": [READER]}]),
    active(18, "typing", {"users": [READER]}),
    updated(60, "idle"),
    updated(70, "active"),
]
GATEWAY_ENDED = [*GATEWAY_COURSE, on_gateway(99, ENDED[-1][1]), updated(99, "idle")]


def take_in(conversation, at, number, event):
    said_at = int((at + timedelta(seconds=event[0])).timestamp() * 1000)
    body = {"conversationId": conversation.remote_id, "timestamp": said_at, **event[1]}
    inbox.store(
        tenant_id=conversation.tenant_id,
        provider="vendor",
        event_id=f"event-{number}",
        body=encode(body).encode(),
        parsed=body,
        headers={},
    )
    inbox.process_due()


def told(conversation, begun):
    """All that a reader could see of it, without ids of this run."""
    conversation = Conversation.objects.select_related("channel", "customer").get(pk=conversation.pk)
    (transcript,) = transcripts_of([conversation])
    lines = [(line.entry.kind, line.speaker, line.who, line.text) for line in transcript.lines]
    episodes = Interaction.objects.filter(conversation=conversation).order_by("entered_at")
    fields = ("state", "outcome", "ended_by", "remote_agent", "entered_at", "accepted_at", "ended_at")
    agents = Participant.objects.filter(conversation=conversation).exclude(remote_id="").order_by("remote_id")
    return {
        "lines": lines,
        "state": conversation.state,
        "open": conversation.open_interaction_id is not None,
        "arrived": list(conversation.messages.exclude(delivery_state="").values_list("delivery_state", flat=True)),
        "episodes": [tuple(_since(value, begun) for value in row) for row in episodes.values_list(*fields)],
        "agents": [
            (agent.remote_id, agent.remote_name, _since(agent.joined_at, begun), _since(agent.left_at, begun))
            for agent in agents
        ],
    }


def _since(value, begun):
    return round((value - begun).total_seconds()) if hasattr(value, "tzinfo") else value


class _Undone(Exception):
    """Ends a try, so that the database is as before it."""


def after(here, events):
    """What a conversation reads like after these (number, event) have come in this order."""
    found = {}
    try:
        with transaction.atomic():
            conversation = start_conversation(here.channel)
            Conversation.objects.filter(pk=conversation.pk).update(remote_id="C-1")
            conversation.refresh_from_db()
            message = add_message(conversation_id=conversation.pk, author_type="user", text="Is anybody there?")
            message.delivery_state = "sent"
            message.save()
            at = timezone.now() + timedelta(seconds=1)
            for number, event in events:
                take_in(conversation, at, number, event)
            found = told(conversation, at)
            raise _Undone
    except _Undone:
        return found


@pytest.mark.django_db
def test_in_order(here):
    read = after(here, list(enumerate(COURSE)))
    assert [text for _kind, speaker, _who, text in read["lines"] if speaker] == SAID
    assert [episode[:4] for episode in read["episodes"]] == [
        ("finished", "transferred", "agent", "Ada Lovelace"),
        ("finished", "handled", "agent", "Alan Turing"),
        ("handling", "", "", "Ada Lovelace"),
    ]
    assert (read["state"], read["open"]) == ("active", True)
    read = after(here, list(enumerate(TOGETHER)))
    assert [episode[:4] for episode in read["episodes"]] == [("finished", "handled", "agent", "Alan Turing")]
    assert (read["state"], read["open"]) == ("idle", False)


@pytest.mark.django_db
@pytest.mark.parametrize("wire", ["Chat Gateway v1.0"])
def test_in_order_on_the_gateway(here):
    read = after(here, list(enumerate(GATEWAY_ENDED)))
    assert [text for _kind, speaker, _who, text in read["lines"] if speaker] == SAID
    assert [episode[:4] for episode in read["episodes"]] == [
        ("finished", "transferred", "agent", "ada"),
        ("finished", "handled", "agent", "alan"),
        ("finished", "handled", "agent", "ada"),
    ]
    assert (read["state"], read["open"], read["arrived"]) == ("idle", False, ["read"])


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("course", "wire"),
    [
        pytest.param(COURSE, "v2.0", id="goes on"),
        pytest.param(ENDED, "v2.0", id="ended"),
        pytest.param(TOGETHER, "v2.0", id="together"),
        pytest.param(GATEWAY_COURSE, "Chat Gateway v1.0", id="goes on, gateway"),
        pytest.param(GATEWAY_ENDED, "Chat Gateway v1.0", id="ended, gateway"),
        pytest.param([on_gateway(*event) for event in TOGETHER], "Chat Gateway v1.0", id="together, gateway"),
    ],
)
def test_whatever_the_order_and_repetition(course, here):
    in_order = list(enumerate(course))
    expected = after(here, in_order)

    @settings(
        max_examples=8,
        deadline=None,
        phases=(Phase.generate,),
        suppress_health_check=[HealthCheck.function_scoped_fixture],
    )
    @given(st.permutations(in_order), st.lists(st.sampled_from(in_order), max_size=5), st.randoms())
    def holds(order, repeated, random):
        events = list(order)
        for one in repeated:
            events.insert(random.randrange(len(events) + 1), one)
        assert after(here, events) == expected

    holds()
