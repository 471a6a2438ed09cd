"""What does a client of the protocol's own library see, in the same process?"""

import json

import anyio
import pytest
from jsonschema import Draft202012Validator
from mcp import Client, MCPError
from mcp.types import INTERNAL_ERROR, INVALID_PARAMS, INVALID_REQUEST

from contactcenter_chat.actions.setup.tenants import create_api_key, revoke_api_key
from contactcenter_chat.management.assistants import catalogue
from contactcenter_chat.management.assistants.callers import Caller
from contactcenter_chat.management.assistants.server import server_for
from contactcenter_chat.models import Interaction
from tests.factories import make_center

from .conftest import MASKED

pytestmark = pytest.mark.django_db(transaction=True)
NOT_FOUND = "Resource of type Conversation with id {} was not found."


def asking(made, *calls, tenant="college"):
    """What comes of each call, a name and arguments: the answer, or what was refused; without calls, the tools."""

    async def talk():
        async with Client(server_for(Caller(tenant, made.key, made.secret))) as client:
            if not calls:
                return [tool.name for tool in (await client.list_tools()).tools]
            return [await came_of(client, *call) for call in calls]

    return anyio.run(talk)


async def came_of(client, name, arguments):
    try:
        result = await client.call_tool(name, arguments)
    except MCPError as error:  # of the protocol, which a tool's own is not
        return error
    if result.is_error:
        return result.content[0].text
    assert json.loads(result.content[0].text) == result.structured_content
    return result.structured_content


def test_all_scopes_have_all_tools(center):
    assert asking(center) == list(catalogue.TOOLS)


@pytest.mark.parametrize("tool", catalogue.TOOLS.values())
def test_arguments_are_described_by_a_schema(tool):
    Draft202012Validator.check_schema(tool.schema)
    named = dict.fromkeys(tool.schema.get("required", ()), "x")
    Draft202012Validator(tool.schema).validate(named)
    assert set(named) <= {"conversationId", "question"}


@pytest.mark.parametrize(
    ("scopes", "tools"),
    [
        ([], []),
        ([catalogue.READ], ["list_conversations", "read_conversation"]),
        ([catalogue.ARTICLES], ["search_articles"]),
        ([catalogue.WRITE], ["hand_over"]),
        ([catalogue.READ, catalogue.ARTICLES], list(catalogue.TOOLS)[:4]),
    ],
)
def test_scopes_decide_which_tools_there_are(center, scopes, tools):
    made = create_api_key(tenant=center.tenant, name="Assistant", scopes=scopes)
    assert asking(made) == tools
    for missing in catalogue.TOOLS.keys() - set(tools):
        [refused] = asking(made, (missing, {}))
        assert (refused.code, refused.message) == (INVALID_PARAMS, f"This key has no tool {missing}.")


def test_an_argument_that_there_is_not(center):
    assert asking(center, ("list_conversations", {"length": 1})) == ["length: There is no such argument."]


def test_a_key_may_not_call_too_often(center, settings):
    settings.CONTACTCENTER_CHAT = {"API_RATE_LIMIT": 1}
    answers = asking(center, *[("search_articles", {"question": "fees"})] * 2)
    assert (answers[-1].code, answers[-1].message) == (INVALID_REQUEST, "Too many requests.")


def test_each_tool(center, conversation, article):
    [listed, read, found, draft, handed] = asking(
        center,
        ("list_conversations", {}),
        ("read_conversation", {"conversationId": conversation.pk}),
        ("search_articles", {"question": "pay tuition in parts"}),
        ("draft_reply", {"conversationId": conversation.pk}),
        ("hand_over", {"conversationId": conversation.pk, "reason": "asked", "brief": {"intent": "fees"}}),
    )
    assert [each["conversationId"] for each in listed["conversations"]] == [conversation.pk]
    assert read["lines"][-1]["text"] == MASKED
    assert [each["articleId"] for each in found["articles"]] == [article.pk]
    assert draft["draft"] == "Yes, in three.\nhttps://college.test/fees"
    assert handed == {
        "conversationId": conversation.pk,
        "state": "accepted",
        "reason": "asked",
        "queueId": center.queue.pk,
    }
    assert Interaction.objects.get().brief["intent"] == "fees"


def test_anothers_conversation_is_not_found(center, conversation):
    other = make_center("school")
    named = {"conversationId": conversation.pk}
    calls = [(name, named) for name in ("read_conversation", "draft_reply", "hand_over")]
    assert asking(other, *calls, tenant="school") == [NOT_FOUND.format(conversation.pk)] * 3
    assert not Interaction.objects.exists()
    queue = asking(center, ("hand_over", named | {"queueId": other.queue.pk}))
    assert queue == [f"Resource of type Queue with id {other.queue.pk} was not found."]


@pytest.mark.parametrize(
    ("tool", "arguments", "told"),
    [
        ("read_conversation", {}, "conversationId: May not be empty."),
        ("read_conversation", {"conversationId": ["x"]}, "conversationId: Must be a string."),
        ("read_conversation", {"conversationId": "x y"}, NOT_FOUND.format("x y")),
        ("list_conversations", {"size": 51}, "size: Must be a whole number from 1 to 50."),
        ("search_articles", {"question": "x" * 501}, "question: May not be longer than 500 characters."),
        ("search_articles", {"question": "\0"}, "question: May not contain the character U+0000."),
        ("search_articles", {"question": "fees", "language": "?"}, "language: Write a language as “es” or “pt-BR”."),
        ("hand_over", {"conversationId": "x", "brief": "fees"}, "brief: Must be an object."),
        ("hand_over", {"conversationId": "x", "reason": 1}, "reason: Must be a string."),
    ],
)
def test_arguments_that_are_not_right(center, tool, arguments, told):
    [refused] = asking(center, (tool, arguments))
    assert refused == told


def test_a_key_that_is_revoked_is_refused_at_the_next_call(center):
    async def talk():
        async with Client(server_for(Caller("college", center.key, center.secret))) as client:
            assert (await came_of(client, "list_conversations", {})) == {"conversations": []}
            await anyio.to_thread.run_sync(revoke_api_key, center.api_key)
            with pytest.raises(MCPError, match="no longer, good for college"):
                await client.call_tool("list_conversations", {})
            with pytest.raises(MCPError, match="no longer, good for college"):
                await client.list_tools()

    anyio.run(talk)


def test_what_fails_is_logged_and_not_shown(center, monkeypatch, caplog):
    monkeypatch.setattr(catalogue, "tools_for", lambda _key: 1 / 0)
    [refused] = asking(center, ("list_conversations", {}))
    assert (refused.code, refused.message) == (INTERNAL_ERROR, "The contact centre has failed.")
    assert "ZeroDivisionError" in caplog.text
