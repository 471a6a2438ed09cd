"""What a program is told is English, whatever the project's language, and whatever the program says it reads."""

import pytest
from django.utils.translation import override

from contactcenter_chat.models import Webhook
from tests.api.caller import Caller
from tests.api.chat_gateway_v1.caller import VERSION, Gateway
from tests.factories import start_conversation


@pytest.fixture(autouse=True)
def _no_language_is_left():
    """A request leaves its language behind in the thread."""
    with override(None):
        yield


def first_error(answer):
    """The sentence of a refusal that has one."""
    errors = answer.json()["errors"]
    error = errors[0] if isinstance(errors, list) else errors
    return answer.status_code, error if isinstance(error, str) else error["message"]


def of_chat_api(center, conversation):
    chat = f"conversations/{conversation.pk}/messages"
    webhook = {"name": "New", "uri": "http://a.example", "version": "v2.0"}
    return Caller(center), [
        (("DELETE", f"web-hooks/{center.webhook.pk}"), 409, "A channel uses this webhook."),
        (
            ("POST", "web-hooks", webhook),
            400,
            "uri: The URL did not pass the verification. It answered 500.",
        ),
        (
            ("POST", "web-hooks", {**webhook, "uri": "ftp://a.example"}),
            400,
            "uri: Must be an http or https URL without a user name.",
        ),
        (("POST", chat, {"text": " ", "authorType": "user"}), 400, "text: May not be empty."),
        (("GET", "channels?filter=name="), 400, "filter: This is not a valid FIQL expression (see character 5)."),
        (("GET", "channels/nothing"), 404, "Resource of type Channel with id nothing was not found."),
    ]


def of_chat_gateway(center, conversation):
    chat = f"conversations/{conversation.pk}"
    said = {"authorType": "user", "text": "Hello"}
    script = {"channelId": center.channel.pk, "user": {}, "assignment": {"type": "script", "id": "nobody"}}
    return Gateway(center), [
        (("DELETE", f"webhooks/{center.webhook.pk}"), 409, "A channel uses this webhook."),
        (("PUT", chat, {"channelId": "x", "user": {}}), 400, "channelId: The channel cannot be changed."),
        (("POST", "conversations", script), 400, "assignment.id: Bot ID nobody is invalid."),
        (
            ("POST", f"{chat}/messages", {**said, "attachments": [{"id": "x"}]}),
            400,
            "attachments: There is no attachment x to send.",
        ),
        (
            ("POST", f"{chat}/attachments", {"file": "none"}),
            400,
            "attachment: The body must be multipart/form-data with a file.",
        ),
        (
            ("POST", f"{chat}/post-agent-assignment", {"type": "webhook", "id": "x"}),
            400,
            "id: Webhook ID x is invalid.",
        ),
        (("GET", f"{chat}/messages/x"), 404, "Resource of type Message with id x was not found."),
    ]


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("refusals_of", [of_chat_api, of_chat_gateway])
def test_refusals_are_english(center, receiver, settings, refusals_of, language):
    settings.LANGUAGE_CODE = language
    receiver.status = 500
    version = "v2.0" if refusals_of is of_chat_api else VERSION
    Webhook.objects.filter(pk=center.webhook.pk).update(version=version)
    caller, refusals = refusals_of(center, start_conversation(center.channel))
    for request, status, sentence in refusals:
        assert first_error(caller.call(*request, **{"Accept-Language": "es"})) == (status, sentence)
