"""What is another tenant's is not there: every operation, with another tenant's ids."""

import pytest

from contactcenter_chat.models import Webhook
from tests.factories import start_conversation

from ..caller import problem
from ..chat_api_v2.test_isolation import everything, theirs  # noqa: F401 (a fixture)
from .caller import VERSION, Gateway, invalid, items, operations, route_of, unknown

WEBHOOK = {"name": "x", "uri": "https://portal.example.org/", "version": VERSION}

NOT_FOUND = [
    ("GET", "webhooks/{webhook}", None, "WebHook"),
    ("PUT", "webhooks/{webhook}", WEBHOOK, "WebHook"),
    ("DELETE", "webhooks/{webhook}", None, "WebHook"),
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
    ("PUT", "conversations/{conversation}", {}, "Conversation"),
    ("PATCH", "conversations/{conversation}", {"user": {"name": "Mine"}}, "Conversation"),
    ("GET", "conversations/{conversation}/interactions", None, "Conversation"),
    ("PATCH", "conversations/{conversation}/participants/user", {"removed": True}, "Conversation"),
    ("POST", "conversations/{conversation}/messages", {"text": "Hello"}, "Conversation"),
    ("GET", "conversations/{conversation}/messages/{message}", None, "Conversation"),
    ("GET", "conversations/{conversation}/attachments", None, "Conversation"),
    ("POST", "conversations/{conversation}/attachments", None, "Conversation"),
    ("GET", "conversations/{conversation}/attachments/{attachment}", None, "Conversation"),
    ("GET", "conversations/{conversation}/attachments/{attachment}/content", None, "Conversation"),
]
FIGURES = [("GET", "/cc/v1/stats/rt/queue/{queue}", None, "Queue")]
CARD = "/api/v1/tenant/{tenant}/conversations/{conversation}/cards/{card}/"
NEWER = [
    ("GET", "conversations/{conversation}/participants", None),
    ("GET", "conversations/{conversation}/messages", None),
    ("GET", "conversations/{conversation}/messages/{message}/cards", None),
    ("POST", "conversations/{conversation}/typing", {"authorType": "user"}),
    ("POST", "conversations/{conversation}/thinking", {}),
    ("POST", "conversations/{conversation}/read-receipt", {"authorType": "user", "readAt": 1}),
    ("POST", "conversations/{conversation}/post-agent-assignment", {"id": "{webhook}"}),
    ("PUT", CARD + "action-submit", {"title": "Secret"}),
    ("PUT", CARD + "action-execute", {"title": "Secret"}),
]
LISTS_AND_MORE = [
    ("GET", "webhooks"),
    ("POST", "webhooks"),
    ("POST", "webhooks/verify"),
    ("GET", "channels"),
    ("POST", "channels"),
    ("GET", "articles"),
    ("GET", "conversations"),
    ("POST", "conversations"),
    ("GET", "/cc/v1/stats/rt/queues"),
    ("GET", "/cc/v1/schedules"),
    ("GET", "/cc/v1/schedules/any/status"),  # of which there are none
]
OF_ALL = [("GET", "jwk/tests/public")]  # needs no key, belongs to nobody
EVERY = [*((method, path) for method, path, *_rest in [*NOT_FOUND, *FIGURES, *NEWER]), *LISTS_AND_MORE]


@pytest.fixture(autouse=True)
def of_this_version(center, other):
    """Webhooks of another version are nobody's here."""
    Webhook.objects.update(version=VERSION)


@pytest.mark.parametrize(("method", "path", "body", "resource_type"), FIGURES)
def test_anothers_queue_does_not_stand_anywhere(gateway, other, theirs, method, path, body, resource_type):  # noqa: F811
    path = path.format(**theirs)
    assert problem(gateway.call(method, path, body)) == (404, unknown(resource_type, theirs["queue"]))
    assert Gateway(other).call(method, path, body).status_code == 200


def test_every_operation_is_looked_at():
    assert {(method, route_of(path)) for method, path in [*EVERY, *OF_ALL]} == operations()
    assert len(operations()) == 36 + 10


@pytest.mark.parametrize(("method", "path", "body", "resource_type"), NOT_FOUND)
def test_anothers_things_are_not_there(gateway, theirs, receiver, method, path, body, resource_type):  # noqa: F811
    before = everything()
    path = path.format(**theirs)
    response = gateway.call(method, path, body)
    assert problem(response) == (404, unknown(resource_type, path.split("/")[1]))
    assert everything() == before
    assert receiver.posts == []


@pytest.mark.parametrize(("method", "path", "body", "resource_type"), NOT_FOUND)
def test_they_are_there_for_their_owner(other, theirs, receiver, method, path, body, resource_type):  # noqa: F811
    """So that the test above does not pass because a path is wrong."""
    response = Gateway(other).call(method, path.format(**theirs), body)
    assert response.status_code in {200, 201, 202, 204, 400, 409}


@pytest.mark.parametrize(("method", "path", "body"), NEWER)
def test_anothers_conversation_is_not_there_for_the_newer(gateway, other, theirs, method, path, body):  # noqa: F811
    before = everything()
    response = gateway.call(method, path.format(**theirs, tenant="college"), body)
    message = f"Entity of type Conversation with id {theirs['conversation']} was not found."
    expected = {"message": "Resource not found", "errors": [{"code": "resource_not_found", "message": message}]}
    assert problem(response) == (404, expected)
    assert everything() == before
    path = path.format(**theirs, tenant=other.tenant.label)
    assert Gateway(other).call(method, path, body).status_code in {200, 204, 400}


def test_anothers_webhook_gets_no_conversation(gateway, center, theirs):  # noqa: F811
    mine = start_conversation(center.channel)
    response = gateway.post(f"conversations/{mine.pk}/post-agent-assignment", {"id": theirs["webhook"]})
    status, body = problem(response)
    assert (status, body["errors"][0]["code"]) == (400, "invalid_webhook")


@pytest.mark.parametrize(("method", "path"), EVERY)
def test_anothers_tenant_is_forbidden_whatever_is_asked(gateway, other, theirs, receiver, method, path):  # noqa: F811
    before = everything()
    path = path.format(**theirs, tenant="college")
    response = gateway.call(method, path, WEBHOOK, **{"X-8x8-Tenant": other.tenant.label})
    assert problem(response)[0] == 403
    assert everything() == before
    assert receiver.posts == []


def test_anothers_webhook_and_queue_cannot_be_bound(gateway, center, theirs):  # noqa: F811
    own = {"webhook": center.webhook.pk, "queue": center.queue.pk}
    for name, field in (("webhook", "webHookId"), ("queue", "routingOptions.id")):
        ids = {**own, name: theirs[name]}
        body = {"name": "x", "webHookId": ids["webhook"], "routingOptions": {"type": "queue", "id": ids["queue"]}}
        response = gateway.put(f"channels/{center.channel.pk}", body)
        sentence = f"{field}: {name.capitalize()} ID {theirs[name]} is invalid."
        assert problem(response) == (400, invalid((f"invalid_{name}", sentence)))
        assert gateway.post("channels", body).status_code == 400


def test_a_conversation_cannot_start_or_wait_at_anothers(gateway, center, theirs):  # noqa: F811
    queue = {"type": "queue", "id": theirs["queue"]}
    mine = start_conversation(center.channel)
    for response in (
        gateway.post("conversations", {"channelId": theirs["channel"]}),
        gateway.post("conversations", {"channelId": center.channel.pk, "assignment": queue}),
        gateway.patch(f"conversations/{mine.pk}", {"assignment": queue}),
    ):
        assert problem(response)[0] == 400


def test_anothers_message_is_not_there(gateway, center, theirs):  # noqa: F811
    mine = start_conversation(center.channel)
    response = gateway.get(f"conversations/{mine.pk}/messages/{theirs['message']}")
    assert problem(response) == (404, unknown("Message", theirs["message"]))


def test_lists_hold_nothing_of_anothers(gateway, center, theirs):  # noqa: F811
    assert [each["id"] for each in items(gateway.get("webhooks"), "webhooks")] == [center.webhook.pk]
    assert [each["id"] for each in items(gateway.get("channels"), "channels")] == [center.channel.pk]
    for field in ("id", "webHookId", "routingOptions.id"):
        either = f"filter={field}=={theirs['channel']},{field}!={theirs['channel']}"
        assert [each["id"] for each in items(gateway.get(f"channels?{either}"), "channels")] == [center.channel.pk]
    for query in ("", "?filter=user.email==secret@example.org", "?filter=state==active,state!=active"):
        assert items(gateway.get(f"conversations{query}"), "conversations") == []
