"""Typing, thinking, read receipts and post-agent assignments in Chat Gateway v1."""

import pytest
from django.utils import timezone

from contactcenter_chat.models import LogEntry, Participant, PostAgentAssignment
from tests.factories import make_webhook, start_conversation

from ..caller import problem
from .caller import VERSION, general


@pytest.fixture
def path(center):
    return f"conversations/{start_conversation(center.channel).pk}"


@pytest.fixture
def shown(monkeypatch):
    shown = []
    monkeypatch.setattr("contactcenter_chat.actions.typing.live.sign", lambda **about: shown.append(about))
    return shown


@pytest.fixture
def bot(center):
    return make_webhook(center.tenant, version=VERSION)


def invalid(path, *errors):
    """The body of a refusal of these operations, but for its reference."""
    message = f"Invalid parameter exception for conversation {path.split('/')[1]} and tenant college."
    return {"message": message, "errors": [{"code": code, "message": text} for code, text in errors]}


def refused(response):
    status, body = problem(response)
    assert len(body.pop("referenceId")) == 32
    return status, body


@pytest.mark.parametrize("author_type", ["user", "bot"])
def test_typing_is_shown_and_not_stored(gateway, path, shown, author_type):
    before = LogEntry.objects.count()
    response = gateway.post(f"{path}/typing", {"authorType": author_type})
    assert (response.status_code, response.content) == (204, b"")
    conversation_id = path.split("/")[1]
    assert shown == [{"conversation_id": conversation_id, "kind": "typing", "author_type": author_type, "seconds": 8}]
    assert LogEntry.objects.count() == before


@pytest.mark.parametrize(
    ("content", "seconds"),
    [
        (b"", 60),
        (b" ", 60),
        (b"{}", 60),
        (b'{"authorType": "bot", "maxThinkingTimeSeconds": 600}', 600),
        (b'{"maxThinkingTimeSeconds": "1"}', 1),
        (b'{"maxThinkingTimeSeconds": null}', 60),
    ],
)
def test_thinking_has_defaults(gateway, path, shown, content, seconds):
    assert gateway.post(f"{path}/thinking", content).status_code == 204
    [about] = shown
    assert (about["kind"], about["author_type"], about["seconds"]) == ("thinking", "bot", seconds)


def test_a_read_receipt_is_noted(gateway, path):
    read_at = int(timezone.now().timestamp() * 1000)
    for _ in range(2):
        response = gateway.post(f"{path}/read-receipt", {"authorType": "user", "readAt": str(read_at)})
        assert (response.status_code, response.content) == (204, b"")
    assert int(Participant.objects.get().read_at.timestamp() * 1000) == read_at
    assert LogEntry.objects.filter(kind="messages.read").count() == 1


def test_a_receipt_of_the_year_9999_is_one_of_now(gateway, path):
    response = gateway.post(f"{path}/read-receipt", {"authorType": "bot", "readAt": 253402300799999})
    assert response.status_code == 204
    assert Participant.objects.get(type="bot").read_at <= timezone.now()


def test_a_post_agent_assignment_is_kept(gateway, path, bot):
    configuration = {
        "notifyChannelWebhookIfExists": "true",
        "maxTotalMinutes": "20",
        "userTimeoutInMinutes": 300,
        "displayMessage": "ignored",
    }
    body = {"type": "webhook", "id": bot.pk, "configuration": configuration}
    response = gateway.post(f"{path}/post-agent-assignment", body)
    assert (response.status_code, response.content) == (201, b"")
    kept = PostAgentAssignment.objects.get()
    assert (kept.webhook_id, kept.tells_channel, kept.total_minutes, kept.silence_minutes) == (bot.pk, True, 20, 300)


@pytest.mark.parametrize("configuration", [{}, {"configuration": None}, {"configuration": {}}])
def test_its_configuration_may_be_left_out(gateway, path, bot, configuration):
    assert gateway.post(f"{path}/post-agent-assignment", {"id": bot.pk, **configuration}).status_code == 201
    kept = PostAgentAssignment.objects.get()
    assert (kept.tells_channel, kept.total_minutes, kept.silence_minutes) == (False, 300, 150)


def test_it_may_name_a_bot_of_the_project(gateway, path):
    """Not in the vendor's API: what it documents is a webhook."""
    body = {"type": "script", "id": "faq", "configuration": {"maxTotalMinutes": 20}}
    assert gateway.post(f"{path}/post-agent-assignment", body).status_code == 201
    kept = PostAgentAssignment.objects.get()
    assert (kept.webhook_id, kept.bot, kept.total_minutes, kept.silence_minutes) == (None, "faq", 20, 150)
    response = gateway.post(f"{path}/post-agent-assignment", {"type": "script", "id": "nobody"})
    assert (response.status_code, response.json()["errors"][0]["code"]) == (400, "invalid_script")
    assert PostAgentAssignment.objects.get().bot == "faq"


TYPE = "authorType: Invalid authorType={}, has to be one of {}"


@pytest.mark.parametrize(
    ("operation", "body", "code", "message"),
    [
        ("typing", {"authorType": "agent"}, "invalid_parameter", TYPE.format("agent", "user, bot")),
        ("typing", {}, "required", "authorType: May not be empty."),
        ("thinking", [], "invalid_parameter", "body: Must be an object."),
        ("thinking", {"authorType": "user"}, "invalid_parameter", TYPE.format("user", "bot")),
        (
            "thinking",
            {"maxThinkingTimeSeconds": 601},
            "invalid_parameter",
            "maxThinkingTimeSeconds: Must be a whole number from 1 to 600.",
        ),
        (
            "thinking",
            {"maxThinkingTimeSeconds": 0},
            "invalid_parameter",
            "maxThinkingTimeSeconds: Must be a whole number from 1 to 600.",
        ),
        ("read-receipt", {"authorType": "user"}, "required", "readAt: May not be empty."),
        (
            "read-receipt",
            {"authorType": "user", "readAt": "yesterday"},
            "invalid_parameter",
            "readAt: Must be a whole number from 0 to 253402300799999.",
        ),
        ("post-agent-assignment", {}, "required", "id: May not be empty."),
        ("post-agent-assignment", {"id": "x"}, "invalid_webhook", "id: Webhook ID x is invalid."),
        (
            "post-agent-assignment",
            {"id": "x", "configuration": {"maxTotalMinutes": 19}},
            "invalid_parameter",
            "configuration.maxTotalMinutes: Must be a whole number from 20 to 600.",
        ),
        (
            "post-agent-assignment",
            {"id": "x", "configuration": {"userTimeoutInMinutes": "301"}},
            "invalid_parameter",
            "configuration.userTimeoutInMinutes: Must be a whole number from 10 to 300.",
        ),
        (
            "post-agent-assignment",
            {"id": "x", "configuration": {"notifyChannelWebhookIfExists": "maybe"}},
            "invalid_parameter",
            "configuration.notifyChannelWebhookIfExists: Must be true or false.",
        ),
    ],
)
def test_bad_values_are_named_in_the_newer_shape(gateway, path, shown, operation, body, code, message):
    before = LogEntry.objects.count()
    assert refused(gateway.post(f"{path}/{operation}", body)) == (400, invalid(path, (code, message)))
    assert (shown, LogEntry.objects.count(), PostAgentAssignment.objects.count()) == ([], before, 0)


@pytest.mark.parametrize("operation", ["typing", "thinking", "read-receipt", "post-agent-assignment"])
def test_an_unknown_conversation_has_the_newer_shape(gateway, operation):
    message = "Entity of type Conversation with id undefined was not found."
    expected = {"message": "Resource not found", "errors": [{"code": "resource_not_found", "message": message}]}
    assert problem(gateway.post(f"conversations/undefined/{operation}", {})) == (404, expected)


def test_a_bot_that_has_it_is_not_replaced(gateway, path, bot):
    body = {"id": bot.pk}
    gateway.post(f"{path}/post-agent-assignment", body)
    PostAgentAssignment.objects.update(began_at=timezone.now())
    response = gateway.post(f"{path}/post-agent-assignment", body)
    assert problem(response) == (409, general("conflict", "A bot has the conversation already."))
