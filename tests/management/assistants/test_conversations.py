"""What is told of conversations: newest first, masked, no more than fits."""

import pytest

from contactcenter_chat.actions.conversations import erase_conversation
from contactcenter_chat.actions.setup.tenants import update_tenant
from contactcenter_chat.events import CUSTOMER
from contactcenter_chat.exceptions import Conflict, NotFound
from contactcenter_chat.isolates import unturned
from contactcenter_chat.management.assistants import conversations
from contactcenter_chat.management.assistants.catalogue import TOOLS
from contactcenter_chat.models import ApiKey, Conversation, LogEntry
from contactcenter_chat.queries.sentences import sentence
from tests.factories import accepted, make_agent, make_center, start_conversation

from .conftest import MASKED, say

pytestmark = pytest.mark.django_db


def called(api_key, tool, **arguments):
    return TOOLS[tool].called(api_key, arguments)


def read(conversation, **arguments):
    key = ApiKey(tenant=conversation.tenant)
    return called(key, "read_conversation", conversationId=conversation.pk, **arguments)


def test_the_newest_come_first_and_of_one_tenant(center, conversation):
    later = start_conversation(center.channel, name="Ada +34 600 123 456")
    start_conversation(make_center().channel)
    first, second = called(center.api_key, "list_conversations")["conversations"]
    assert first == {
        "conversationId": later.pk,
        "channel": "Website",
        "customer": "Ada [phone 1]",
        "state": "active",
        "control": "queue",
        "language": None,
        "startedAt": later.created_at.isoformat(timespec="seconds"),
    }
    assert (second["conversationId"], second["control"]) == (conversation.pk, "bot")
    assert called(center.api_key, "list_conversations", size=1)["conversations"] == [first]
    assert called(center.api_key, "list_conversations", standing="waiting")["conversations"] == [first]
    assert called(center.api_key, "list_conversations", standing="handled")["conversations"] == []


def test_as_many_queries_for_many(center, conversation, django_assert_num_queries):
    assert center.api_key.tenant == conversation.tenant
    with django_assert_num_queries(2):
        called(center.api_key, "list_conversations")
    for _ in range(3):
        start_conversation(center.channel)
    with django_assert_num_queries(2):
        called(center.api_key, "list_conversations")
    for _ in range(3):
        with django_assert_num_queries(6):
            read(conversation)
        say(conversation, "Hello?")


def test_what_must_not_leave_is_masked(center, conversation):
    say(conversation, "My account is DE89 3704 0044 0532 0130 00, again: grace@example.org, student S-1234.")
    update_tenant(center.tenant, name="College", masked_patterns="S-####")
    lines = read(conversation)["lines"]
    assert [(each["speaker"], each["name"], each["text"]) for each in lines if each["speaker"] == CUSTOMER] == [
        (CUSTOMER, "Grace", MASKED),
        (CUSTOMER, "Grace", "My account is [iban 1], again: [email 1], student [number 1]."),
    ]
    assert {each["name"] for each in lines if not each["speaker"]} == {None}


def test_lines_before(conversation):
    for number in range(5):
        say(conversation, f"Word {number}")
    last = Conversation.objects.get(pk=conversation.pk).last_number
    newest = read(conversation, size=2)
    assert ([each["text"] for each in newest["lines"]], newest["before"]) == (["Word 3", "Word 4"], last - 1)
    older = read(conversation, size=2, before=newest["before"])
    assert [each["text"] for each in older["lines"]] == ["Word 1", "Word 2"]
    assert read(conversation, size=200)["before"] is None
    assert read(conversation, before=1)["lines"] == []
    assert read(conversation, before=10**6)["lines"] == read(conversation)["lines"]


def test_no_more_than_fits(conversation, monkeypatch):
    monkeypatch.setattr(conversations, "TEXT_MOST", 6)
    monkeypatch.setattr(conversations, "LINES_MOST", 20)
    say(conversation, "One")
    say(conversation, "Twenty-two")
    cut = read(conversation)
    assert [each["text"] for each in cut["lines"]] == ["One", "Twenty […]"]
    assert cut["before"] == cut["lines"][0]["number"]
    assert read(conversation, before=cut["before"])["lines"][-1]["text"] == MASKED[:6] + " […]"


def test_room_is_given_by_numbers_where_lines_stand_in_another_order(monkeypatch):
    monkeypatch.setattr(conversations, "LINES_MOST", 10)
    lines = [{"number": number, "text": "12345"} for number in (3, 1, 2)]
    assert conversations._first_that_fits(lines, 1) == 2


def test_what_was_erased_is_gone(conversation):
    erase_conversation(conversation_id=conversation.pk)
    assert "tuition" not in str(read(conversation))


def test_handed_over_again_the_brief_is_renewed(center, conversation):
    named = {"conversationId": conversation.pk}
    called(center.api_key, "hand_over", **named, brief={"intent": "fees"})
    told = called(center.api_key, "hand_over", **named, reason="policy", brief={"intent": "rooms"})
    assert (told["state"], told["reason"]) == ("accepted", "policy")
    conversation.refresh_from_db()
    assert conversation.open_interaction.brief["intent"] == "rooms"


def test_whose_key_has_done_it_is_told(center, conversation):
    named = {"conversationId": conversation.pk}
    told = called(center.api_key, "hand_over", **named, reason="asked", brief={"intent": "fees"})
    assert "Default" not in str(told)
    handed = LogEntry.objects.get(kind="conversation.handed_over")
    assert handed.data == {"bot": "guide", "reason": "asked", "by_key": "Default", "left_out": []}
    told = "The API key Default handed over for the bot Guide: the customer wants a person."
    assert unturned(sentence(handed, {})) == told
    conversation.refresh_from_db()
    assert conversation.open_interaction.brief["by_key"] == "Default"
    center.api_key.name = "Helper"
    called(center.api_key, "hand_over", **named, reason="asked", brief={"intent": "rooms"})
    assert LogEntry.objects.get(kind="brief.renewed").data["by_key"] == "Helper"
    conversation.refresh_from_db()
    assert conversation.open_interaction.brief["by_key"] == "Helper"


def test_an_agent_who_has_it_keeps_it(center):
    waiting = start_conversation(center.channel)
    make_agent(center.tenant, center.queue)
    accepted(waiting)
    with pytest.raises(Conflict, match="An agent has the conversation"):
        called(center.api_key, "hand_over", conversationId=waiting.pk)


@pytest.mark.parametrize("tool", ["read_conversation", "draft_reply", "hand_over"])
def test_anothers_is_not_found(conversation, tool):
    with pytest.raises(NotFound):
        called(make_center().api_key, tool, conversationId=conversation.pk)
