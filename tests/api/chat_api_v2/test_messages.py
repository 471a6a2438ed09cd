"""What is said: sending and reading."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from contactcenter_chat import events
from contactcenter_chat.actions.center.interactions import end_interaction
from contactcenter_chat.actions.messages import add_message
from contactcenter_chat.models import Conversation, Delivery, IdempotencyRecord, Interaction, Message, Participant
from contactcenter_chat.models.conversations import ConversationState, InteractionState
from tests.factories import accepted, log_of, make_agent, start_conversation

from ..caller import invalid, plain, problem


@pytest.fixture
def conversation(center):
    return start_conversation(center.channel)


def say(api, conversation, body, **headers):
    return api.post(f"conversations/{conversation.pk}/messages", body, **headers)


@pytest.mark.parametrize(
    ("body", "author_type"),
    [
        ({"text": "Hello"}, "user"),
        ({"text": "Hello", "authorType": "user"}, "user"),
        ({"text": "Hello", "authorType": None}, "user"),
        ({"text": "Hello", "authorType": "bot", "displayMessage": "ignored", "configuration": None}, "bot"),
    ],
)
def test_a_message_is_accepted(api, conversation, body, author_type):
    response = say(api, conversation, body)
    assert (response.status_code, response.content) == (202, b"")
    assert "Content-Type" not in response.headers
    message = Message.objects.get()
    assert (message.author_type, message.text, message.conversation_id) == (author_type, "Hello", conversation.pk)
    assert log_of(conversation)[-1] == events.MessageAdded.name


@pytest.mark.parametrize(
    "text",
    [
        *("x" * 16_000, "héllo 👋 €", " a ", "line\nline\ttab\r\n", '"\\/', "a\u2028b", "\u0007"),
        *("👩\u200d👩\u200d👧❤\ufe0f", "می\u200cخواهم", "a\u202eb", "\ufeffa"),
    ],
)
def test_a_text_is_kept_as_it_came(api, conversation, text):
    assert say(api, conversation, {"text": text}).status_code == 202
    assert Message.objects.get().text == text
    [message] = api.get(f"conversations/{conversation.pk}/messages").json()["messages"]
    assert message["originalText"] == text


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ({}, "text: May not be empty."),
        ({"text": None}, "text: May not be empty."),
        ({"text": ""}, "text: May not be empty."),
        ({"text": " \n"}, "text: May not be empty."),
        ({"text": "\u200b\u2060\ufeff\u202e\xad\u3164 "}, "text: May not be empty."),
        ({"text": 5}, "text: Must be a string."),
        ({"text": ["a"]}, "text: Must be a string."),
        ({"text": {"a": "b"}}, "text: Must be a string."),
        ({"text": "x" * 16_001}, "text: May not be longer than 16000 characters."),
        ({"text": "a\0b"}, "text: May not contain the character U+0000."),
        ({"text": "a", "authorType": "agent"}, "authorType: Invalid authorType=agent, has to be one of user, bot"),
        ({"text": "a", "authorType": "system"}, "authorType: Invalid authorType=system, has to be one of user, bot"),
        (
            {"text": "a", "authorType": "bot Options:"},
            "authorType: Invalid authorType=bot Options:, has to be one of user, bot",
        ),
        ({"text": "a", "authorType": 1}, "authorType: Must be a string."),
    ],
)
def test_bad_values_are_named_and_nothing_is_said(api, conversation, body, error):
    before = log_of(conversation)
    assert problem(say(api, conversation, body)) == (400, invalid(error))
    assert not Message.objects.exists()
    assert log_of(conversation) == before


def test_everything_wrong_is_named(api, conversation):
    response = say(api, conversation, {"authorType": "x"})
    assert problem(response) == (
        400,
        invalid("authorType: Invalid authorType=x, has to be one of user, bot", "text: May not be empty."),
    )


def test_the_setting_says_how_long_a_message_may_be(api, conversation, settings):
    settings.CONTACTCENTER_CHAT = {"MESSAGE_MAX_LENGTH": 5}
    assert say(api, conversation, {"text": "12345"}).status_code == 202
    assert say(api, conversation, {"text": "123456"}).status_code == 400


@pytest.mark.parametrize("conversation_id", ["undefined", "x" * 22, "null", "%00", "%F0%9F%91%8B", "x" * 500])
def test_an_unknown_conversation_is_not_found(api, conversation_id):
    for response in (
        api.post(f"conversations/{conversation_id}/messages", {"text": "Hello"}),
        api.get(f"conversations/{conversation_id}/messages"),
        api.get(f"conversations/{conversation_id}"),
        api.get(f"conversations/{conversation_id}/participants"),
        api.get(f"conversations/{conversation_id}/events"),
        api.delete(f"conversations/{conversation_id}/participants/customer"),
    ):
        status, body = problem(response)
        assert status == 404
        assert body["message"].startswith("Resource of type Conversation with id ")
        assert body["errors"] == [body["message"]]


def test_messages_are_listed_in_order(api, center):
    make_agent(center.tenant, center.queue, first_name="Cosmin", last_name="Malutan")
    conversation = start_conversation(center.channel, history=["Which course?"])
    interaction = accepted(conversation)
    say(api, conversation, {"text": "Maths"})
    add_message(conversation_id=conversation.pk, author_type=events.AGENT, text="Good", agent=interaction.agent)
    participants = {row.type: row.pk for row in Participant.objects.all()}

    def shown(text, author_type, interaction_id):
        return {
            "interactionId": interaction_id,
            "originalText": text,
            "translatedText": text,
            "authorType": author_type,
            "participantId": participants[author_type],
        }

    path = f"conversations/{conversation.pk}/messages"
    said = [shown("Maths", "user", interaction.pk), shown("Good", "agent", interaction.pk)]
    assert api.get(path).json() == {"messages": [shown("Which course?", "bot", ""), *said]}
    assert api.get(f"{path}?interaction-id={interaction.pk}").json() == {"messages": said}
    assert api.get(f"{path}?interaction-id=unknown").json() == {"messages": []}
    assert api.get(f"{path}?interaction-id=").json() == api.get(path).json()
    assert problem(api.get(f"{path}?interaction-id=%00"))[0] == 400


def test_a_message_into_an_idle_conversation_is_queued_where_it_was(api, center, conversation):
    make_agent(center.tenant, center.queue)
    interaction = accepted(conversation)
    end_interaction(interaction_id=interaction.pk, agent=interaction.agent)
    conversation.refresh_from_db()
    assert conversation.state == ConversationState.IDLE
    assert say(api, conversation, {"text": "One more thing"}).status_code == 202
    conversation.refresh_from_db()
    assert conversation.state == ConversationState.ACTIVE
    again = Interaction.objects.get(state=InteractionState.WAITING)
    assert (again.queue, conversation.open_interaction) == (center.queue, again)


def test_the_clients_own_message_is_not_sent_back(api, conversation):
    before = Delivery.objects.count()
    say(api, conversation, {"text": "Hello"})
    say(api, conversation, {"text": "Hello", "authorType": "bot"})
    assert Delivery.objects.count() == before


CONTROL = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE SAVEPOINT")


def statements(queries):
    """What reads or writes; beginning and ending a transaction is not counted."""
    return [query["sql"] for query in queries if not query["sql"].startswith(CONTROL)]


@pytest.mark.parametrize("author_type", ["user", "bot"])
def test_a_message_takes_the_same_few_queries_however_long_the_conversation(api, conversation, author_type):
    say(
        api, conversation, {"text": "first", "authorType": author_type}
    )  # the bot joins, the key's bucket is drawn from
    counts = set()
    for number in range(12):
        with CaptureQueriesContext(connection) as captured:
            body = {"text": "Hello", "authorType": author_type}
            say(api, conversation, body, **{"Idempotency-Key": f"key-{number}"})
        counts.add(len(statements(captured)))
    assert IdempotencyRecord.objects.count() == 12
    assert Message.objects.count() == 13
    assert counts == {6 if author_type == "user" else 7}


def test_an_agents_message_comes_with_its_events(api, center, conversation):
    """What the client sees of it besides the callback."""
    make_agent(center.tenant, center.queue, first_name="Cosmin", last_name="Malutan")
    interaction = accepted(conversation)
    message = add_message(
        conversation_id=conversation.pk, author_type=events.AGENT, text="héllo", agent=interaction.agent
    )
    delivery = Delivery.objects.get(entry=message.log_entry)
    told = api.get(f"conversations/{conversation.pk}/events").json()["data"][-1]
    assert told["eventId"] == delivery.entry_id
    assert told["event"] == {
        "eventType": "TEXT",
        "messageType": "AGENT",
        "conversationId": conversation.pk,
        "timestamp": int(message.created_at.timestamp() * 1000),
        "agentId": interaction.agent.pk,
        "agentName": "Cosmin,Malutan",
        "message": "héllo",
    }
    assert Conversation.objects.get().last_word_by == events.AGENT


def test_an_unknown_path_below_a_conversation(api, conversation):
    response = api.get(f"conversations/{conversation.pk}/attachments")
    path = f"/vcc/us/chat/v2/tenant/college/conversations/{conversation.pk}/attachments"
    assert problem(response) == (404, plain(f"There is nothing at {path}."))
