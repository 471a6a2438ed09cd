"""How does a remote bot hand over? Our own two operations, on both wires."""

import json

import pytest

from contactcenter_chat.actions import conversations
from contactcenter_chat.actions.bots.after_agent import assign_post_agent
from contactcenter_chat.actions.center import interactions, transfers
from contactcenter_chat.models import Delivery, Interaction, LogEntry
from tests.factories import (
    accepted,
    give,
    make_agent,
    make_queue,
    make_skill,
    make_webhook,
    offer_of,
    start_conversation,
)

from .caller import problem
from .chat_gateway_v1.caller import Gateway

pytestmark = pytest.mark.django_db
BRIEF = {
    "intent": "fees",
    "summary": "Wants to pay in parts",
    "entities": {"amount": "500"},
    "tried": ["Fees page"],
    "mood": "calm",
}


@pytest.fixture(params=["v2", "v1"])
def client(request, api, center):
    """A client of each wire."""
    return api if request.param == "v2" else Gateway(center)


@pytest.fixture
def conversation(center, settings):
    """One that a bot of the project has."""
    settings.CONTACTCENTER_CHAT = {**settings.CONTACTCENTER_CHAT, "BOTS": ("guide",)}
    return conversations.start_conversation(channel=center.channel, data={"name": "Grace"}, script="guide")


@pytest.fixture
def path(conversation):
    return f"conversations/{conversation.pk}/handover"


def test_it_is_handed_over_with_a_brief(client, conversation, path, center):
    nothing = {"conversationId": conversation.pk, "reason": None, "queueId": None, "agentId": None, "brief": {}}
    assert client.get(path).json() == nothing | {"state": "none"}
    response = client.post(path, {"brief": BRIEF, "reason": "asked"})
    handed = nothing | {
        "state": "accepted",
        "reason": "asked",
        "queueId": center.queue.pk,
        "brief": BRIEF | {"identity": "claimed", "bot": "guide"},
    }
    assert (response.status_code, response.json()) == (202, handed)
    kinds = LogEntry.objects.filter(conversation=conversation).order_by("number").values_list("kind", flat=True)
    assert list(kinds)[-2:] == ["conversation.handed_over", "interaction.queued"]
    agent = make_agent(center.tenant, center.queue)
    accepted(conversation)
    assert client.get(path).json() == handed | {"state": "completed", "agentId": agent.pk}
    assert problem(client.post(path, {"brief": BRIEF}))[0] == 409


def test_without_a_body_it_waits_in_the_channels_queue(client, path, center):
    response = client.post(path, {})
    assert (response.status_code, response.json()["reason"]) == (202, "failed")
    assert Interaction.objects.get().queue == center.queue


def test_a_repeat_renews_the_brief(client, path):
    client.post(path, {"brief": {"intent": "fees"}})
    client.post(path, {"brief": {"intent": "rooms"}, "reason": "policy"})
    assert Interaction.objects.get().brief["intent"] == "rooms"
    assert LogEntry.objects.filter(kind="conversation.handed_over").count() == 1


def test_a_queue_and_skills_are_named(client, path, center, conversation):
    queue, skill = make_queue(center.tenant), make_skill(center.tenant, "Money")
    wanted = {"queueId": queue.pk, "skills": [{"name": "Money", "level": 4}]}
    assert client.post(path, wanted).json()["queueId"] == queue.pk
    make_agent(center.tenant, queue)
    able = make_agent(center.tenant, queue)
    give(able, {skill: 4})
    assert offer_of(conversation).agent == able


def test_who_leaves_before_an_agent_comes(client, path, conversation):
    client.post(path, {})
    conversations.leave_as_customer(conversation_id=conversation.pk)
    assert client.get(path).json()["state"] == "failed"
    assert problem(client.post(path, {}))[0] == 409


def test_a_bot_after_the_agent_hands_over(client, center):
    agent = make_agent(center.tenant, center.queue)
    chat = accepted(start_conversation(center.channel))
    webhook = make_webhook(center.tenant, version="Chat Gateway v1.0")
    assign_post_agent(conversation_id=chat.conversation_id, webhook_id=webhook.pk)
    interactions.end_interaction(interaction_id=chat.pk, agent=agent)
    response = client.post(f"conversations/{chat.conversation_id}/handover", {"brief": {"summary": "Again"}})
    assert (response.json()["state"], response.json()["brief"]["bot"]) == ("accepted", webhook.pk)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"reason": "sulky"}, "reason"),
        ({"queueId": "AaIDpZFhTd6Oe0fVc4fP0g"}, "queueId"),
        ({"queueId": "x\x00"}, "queueId"),
        ({"brief": "fees"}, "brief"),
        ({"brief": {"intent": "x" * 201}}, "brief.intent"),
        ({"brief": {"entities": []}}, "brief"),
        ({"brief": {"entities": {"a": []}}}, "brief"),
        ({"brief": {"entities": {"a": "x" * 201}}}, "brief"),
        ({"brief": {"tried": [1]}}, "brief"),
        ({"brief": {"entities": {"a\x00": "b"}}}, "brief"),
        ({"brief": {"tried": "all"}}, "brief"),
        ({"brief": {"tried": ["x"] * 21}}, "brief"),
        ({"skills": [{"name": "Magic"}]}, "skills"),
    ],
)
def test_what_cannot_be_kept_is_refused(client, path, body, field):
    status, told = problem(client.post(path, body))
    assert status in (400, 422)
    assert field in str(told)
    assert not Interaction.objects.exists()


def test_an_older_epoch_is_refused(client, path, conversation):
    headers = {"X-Contactcenter-Control": "1"}
    client.post(path, {})
    status, told = problem(client.post(path, {}, **headers))
    assert (status, "control_moved" in str(told) or "Somebody else" in str(told)) == (409, True)


def test_once_an_agent_has_handed_it_on_it_is_completed_still(client, conversation, path, center):
    agent = make_agent(center.tenant, center.queue)
    client.post(path, {"brief": BRIEF})
    chat = accepted(conversation)
    transfers.transfer_to_queue(interaction_id=chat.pk, agent=agent, queue=make_queue(center.tenant), note="secret")
    told = client.get(path).json()
    assert (told["state"], told["agentId"]) == ("completed", agent.pk)
    assert told["brief"] == BRIEF | {"identity": "claimed", "bot": "guide"}


# Taken back


@pytest.fixture
def told(center):
    """Chat Gateway v1 tells the channel's application what a bot needs to know."""
    type(center.webhook).objects.update(version="Chat Gateway v1.0")
    return center.webhook


def test_it_is_taken_back_while_it_waits(client, conversation, path, center):
    handed = client.post(path, {"brief": BRIEF, "reason": "asked"}).json()
    response = client.delete(path)
    assert (response.status_code, response.json()) == (200, handed | {"state": "recalled"})
    assert client.get(path).json() == response.json()
    conversation.refresh_from_db()
    assert (conversation.control, conversation.control_holder, conversation.script) == ("bot", "guide", "guide")
    again = client.delete(path)
    assert (again.status_code, again.json()) == (200, response.json())
    kinds = LogEntry.objects.filter(conversation=conversation).order_by("number").values_list("kind", flat=True)
    assert list(kinds)[-3:] == ["interaction.queued", "interaction.ended", "conversation.assigned"]
    assert client.post(path, {}).json()["state"] == "accepted"


def test_an_agent_who_has_it_keeps_it(client, conversation, path, center):
    make_agent(center.tenant, center.queue)
    client.post(path, {})
    accepted(conversation)
    status, told = problem(client.delete(path))
    assert (status, "does not wait for an agent" in str(told)) == (409, True)
    headers = {"X-Contactcenter-Control": "2"}
    status, told = problem(client.delete(path, **headers))
    assert (status, "control_moved" in str(told) or "Somebody else" in str(told)) == (409, True)
    assert client.get(path).json()["state"] == "completed"


@pytest.mark.parametrize("epoch", ["", "three", "99"])
def test_the_epoch_must_be_one(client, path, epoch):
    client.post(path, {})
    status, told = problem(client.delete(path, **{"X-Contactcenter-Control": epoch}))
    assert (status, "X-Contactcenter-Control" in str(told)) == (400, True)
    assert client.get(path).json()["state"] == "accepted"


def test_nothing_is_taken_back_that_was_not_handed_over(client, center):
    waiting = start_conversation(center.channel)
    status, told = problem(client.delete(f"conversations/{waiting.pk}/handover"))
    assert (status, "No bot has handed the conversation over." in str(told)) == (409, True)


def test_anothers_is_not_there(client, other):
    theirs = start_conversation(other.channel)
    for pk in (theirs.pk, "nothing", "x" * 23):
        assert client.delete(f"conversations/{pk}/handover").status_code == 404
    theirs.refresh_from_db()
    assert theirs.control == "queue"


def test_what_applications_hear_of_it(client, conversation, path, told):
    client.post(path, {})
    client.delete(path)
    kinds = Delivery.objects.filter(receiver_id=told.pk)
    assert [row.event_type for row in kinds.order_by("number")][-2:] == ["QUEUED", "CONVERSATION_UPDATE"]
    assert json.loads(kinds.latest("number").body)["data"]["assignment"] == {"type": "script", "id": "guide"}
