"""An agent there has one id here, whichever way the application meets that agent."""

import time

import pytest
from django.test import Client

from contactcenter_chat.actions.remote import inbox
from contactcenter_chat.models import Interaction
from contactcenter_chat.queries.signing_keys import signer_for

from ...inbound.test_callbacks import post, signed, transmission
from .test_journeys import accept, answer, start

GATEWAY = "Chat Gateway v1.0"
pytestmark = pytest.mark.django_db


def of_agents(conversation, key, name):
    """The ids of the agents that Chat Gateway v1 lists as participants, or as authors of messages."""
    path = f"/chat-gateway/v1/conversations/{conversation.pk}/{name}"
    rows = Client().get(path, headers={"x-api-key": key}).json()["_embedded"][name]
    who = [row["author"] if name == "messages" else row for row in rows]
    return {each["id"] for each in who if each["type"] == "agent"}


def told(application):
    """The ids by which the callbacks have named agents."""
    rows = [body["data"] for _headers, body in application if body.get("data")]
    members = {data["id"] for data in rows if data.get("memberType") == "agent"}
    senders = {data["sender"]["id"] for data in rows if data.get("sender", {}).get("type") == "agent"}
    readers = {
        user["id"] for data in rows if isinstance(data.get("value"), list) for user in data["value"][0]["users"]
    }
    return members | senders | readers


@pytest.mark.parametrize("wire", ["v2.0", GATEWAY])
def test_the_id_is_the_one_that_callbacks_tell(here, there, application, run):
    conversation = start(here)
    run()
    interaction = accept(conversation)
    answer(interaction, "In October.")
    run()
    assert told(application) == {there.ada.pk}
    assert of_agents(conversation, here.center.key, "participants") == {there.ada.pk}
    assert of_agents(conversation, here.center.key, "messages") == {there.ada.pk}


UNNAMED = {
    "v2.0": [
        {"eventType": "AGENT_JOINED"},
        {"eventType": "TEXT", "message": "Hello"},
    ],
    GATEWAY: [
        {"eventType": "MEMBERS_CHANGED", "data": {"memberType": "agent", "change": "joined"}},
        {"eventType": "MESSAGE", "data": {"sender": {"type": "agent"}, "text": "Hello"}},
        {
            "eventType": "ACTIVITY",
            "data": {"name": "read-receipts", "value": [{"timestamp": 1700000000000, "users": [{"type": "agent"}]}]},
        },
    ],
}


@pytest.mark.parametrize("wire", ["v2.0", GATEWAY])
def test_one_of_whom_nothing_is_said_has_an_id_too(here, there, application, run, wire):
    conversation = start(here)
    run()
    conversation.refresh_from_db()
    signer = signer_for(there.tenant.pk)
    for number, event in enumerate(UNNAMED[wire]):
        body = {"conversationId": conversation.remote_id, "timestamp": int(time.time() * 1000), **event}
        sent = transmission(body, event_id=f"event-{number}")
        assert post(sent, signed(signer, sent)).status_code == 200
    assert inbox.process_due() == len(UNNAMED[wire])
    run()
    assert told(application) == {"agent"}
    assert of_agents(conversation, here.center.key, "participants") == {"agent"}
    assert of_agents(conversation, here.center.key, "messages") == {"agent"}
    assert Interaction.objects.get(conversation=conversation).remote_agent == ""
