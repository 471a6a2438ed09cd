"""What is another tenant's is not there: every operation, with another tenant's ids."""

import pytest

from contactcenter_chat.actions.messages import add_message
from contactcenter_chat.events import QUICK_REPLIES
from contactcenter_chat.models import Attachment, Card, Channel, Conversation, LogEntry, Message, Webhook
from tests.factories import make_attachment, make_channel, start_conversation

from ..caller import Caller, invalid, plain, problem


@pytest.fixture
def theirs(other):
    """Another tenant's rows, by the names that the paths below use."""
    conversation = start_conversation(other.channel, history=["Secret"], email="secret@example.org")
    choice = [(QUICK_REPLIES, {"options": [{"title": "Secret"}]})]
    message = add_message(conversation_id=conversation.pk, author_type="bot", cards=choice)
    return {
        "webhook": other.webhook.pk,
        "channel": other.channel.pk,
        "queue": other.queue.pk,
        "conversation": conversation.pk,
        "interaction": conversation.open_interaction_id,
        "message": message.pk,
        "card": message.cards.get().pk,
        "attachment": make_attachment(conversation).pk,
    }


WEBHOOK = {"name": "x", "uri": "https://portal.example.org/", "version": "v2.0"}
MESSAGE = {"text": "Hello"}

NOT_FOUND = [
    ("GET", "web-hooks/{webhook}", None, "WebHook"),
    ("PUT", "web-hooks/{webhook}", WEBHOOK, "WebHook"),
    ("DELETE", "web-hooks/{webhook}", None, "WebHook"),
    ("GET", "channels/{channel}", None, "Channel"),
    ("PUT", "channels/{channel}", {}, "Channel"),
    ("DELETE", "channels/{channel}", None, "Channel"),
    ("GET", "channels/{channel}/availability", None, "Channel"),
    ("GET", "conversations/{conversation}", None, "Conversation"),
    ("GET", "conversations/{conversation}/waiting", None, "Conversation"),
    ("GET", "conversations/{conversation}/handover", None, "Conversation"),
    ("POST", "conversations/{conversation}/handover", {}, "Conversation"),
    ("DELETE", "conversations/{conversation}/handover", None, "Conversation"),
    ("GET", "conversations/{conversation}/verification", None, "Conversation"),
    ("POST", "conversations/{conversation}/verification", {}, "Conversation"),
    ("GET", "conversations/{conversation}/participants", None, "Conversation"),
    ("DELETE", "conversations/{conversation}/participants/customer", None, "Conversation"),
    ("GET", "conversations/{conversation}/messages", None, "Conversation"),
    ("POST", "conversations/{conversation}/messages", MESSAGE, "Conversation"),
    ("GET", "conversations/{conversation}/events", None, "Conversation"),
]


def everything():
    """All that a request could change."""
    models = (Webhook, Channel, Conversation, Message, Attachment, Card, LogEntry)
    return [list(model.objects.order_by("pk").values()) for model in models]


@pytest.mark.parametrize(("method", "path", "body", "resource_type"), NOT_FOUND)
def test_anothers_things_are_not_there(api, theirs, receiver, method, path, body, resource_type):
    before = everything()
    path = path.format(**theirs)
    response = api.call(method, path, body)
    resource_id = path.split("/")[1]
    assert problem(response) == (
        404,
        plain(f"Resource of type {resource_type} with id {resource_id} was not found."),
    )
    assert everything() == before
    assert receiver.posts == []


@pytest.mark.parametrize(("method", "path", "body", "resource_type"), NOT_FOUND)
def test_they_are_there_for_their_owner(other, theirs, receiver, method, path, body, resource_type):
    """So that the test above does not pass because a path is wrong."""
    response = Caller(other).call(method, path.format(**theirs), body)
    assert response.status_code in {200, 202, 204, 400, 409}


def channel_body(**ids):
    return {"name": "x", "webHookId": ids["webhook"], "routingOptions": {"type": "queue", "id": ids["queue"]}}


def test_anothers_webhook_and_queue_cannot_be_bound(api, center, theirs):
    own = {"webhook": center.webhook.pk, "queue": center.queue.pk}
    for name, field in (("webhook", "webHookId"), ("queue", "routingOptions.id")):
        body = channel_body(**{**own, name: theirs[name]})
        response = api.put(f"channels/{center.channel.pk}", body)
        expected = invalid(f"{field}: {name.capitalize()} ID {theirs[name]} is invalid.")
        assert problem(response) == (400, expected)
        assert problem(api.post("channels", body))[0] == 400


def test_a_conversation_cannot_start_on_anothers_channel(api, theirs):
    response = api.post("conversations", {"channelId": theirs["channel"]})
    assert problem(response) == (400, invalid(f"channelId: Channel ID {theirs['channel']} is invalid."))


def test_lists_hold_nothing_of_anothers(api, center, other, theirs):
    assert [each["id"] for each in api.get("web-hooks").json()["data"]] == [center.webhook.pk]
    assert [each["id"] for each in api.get("channels").json()["data"]] == [center.channel.pk]
    for query in ("", f"?channel-id={theirs['channel']}", "?customer.email=secret@example.org", "?status=pending"):
        body = api.get(f"conversations{query}").json()
        assert (body["data"], body["page"]["elementCount"]) == ([], 0)
    for field, value in (("id", theirs["channel"]), ("routingOptions.id", theirs["queue"])):
        assert api.get(f"channels?filter={field}=={value}").json()["data"] == []
        either = api.get(f"channels?filter={field}=={value},{field}!={value}").json()["data"]
        assert [each["id"] for each in either] == [center.channel.pk]


def test_anothers_interaction_filters_nothing_in(api, center, theirs):
    mine = start_conversation(center.channel, history=["Hello"])
    response = api.get(f"conversations/{mine.pk}/messages?interaction-id={theirs['interaction']}")
    assert response.json() == {"messages": []}


@pytest.mark.parametrize(
    ("method", "path"),
    [
        *((method, path) for method, path, _body, _type in NOT_FOUND),
        ("GET", "web-hooks"),
        ("POST", "web-hooks"),
        ("POST", "web-hooks/verify"),
        ("GET", "channels"),
        ("POST", "channels"),
        ("GET", "conversations"),
        ("POST", "conversations"),
    ],
)
def test_anothers_path_is_forbidden_whatever_is_asked(api, other, theirs, receiver, method, path):
    before = everything()
    path = f"{api.root}tenant/{other.tenant.label}/{path.format(**theirs)}"
    response = api.call(method, path, {**WEBHOOK, **MESSAGE, **channel_body(**theirs), "channelId": theirs["channel"]})
    assert problem(response) == (
        403,
        {
            "message": "The tenant does not belong to customer.",
            "errors": ["Tenant museum does not belong to customer college."],
        },
    )
    assert everything() == before
    assert receiver.posts == []


def test_two_tenants_may_use_the_same_idempotency_key(api, center, other):
    for caller, each in ((api, center), (Caller(other), other)):
        make_channel(each.tenant, each.queue, each.webhook)
        response = caller.post(
            "conversations", {"channelId": each.channel.pk}, **{"Idempotency-Key": "one-and-the-same"}
        )
        assert response.status_code == 202
    assert Conversation.objects.count() == 2
