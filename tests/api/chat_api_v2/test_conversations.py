"""Starting, listing and looking at conversations; participants; the customer's leaving."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from contactcenter_chat import events
from contactcenter_chat.actions.center.interactions import end_interaction
from contactcenter_chat.actions.conversations import erase_conversation
from contactcenter_chat.models import Conversation, Interaction, Message, Participant
from contactcenter_chat.models.conversations import ConversationState
from tests.factories import accepted, log_of, make_agent, make_channel, make_skill, offer_of, start_conversation

from ..caller import invalid, plain, problem

CUSTOMER = {
    "name": "Ada",
    "customerId": "c-1",
    "email": "ada@example.org",
    "company": "Engines",
    "caseId": "7",
    "language": "en",
    "my own key": "ä €",
}


def start(api, **changes):
    response = api.post("conversations", {"channelId": api.center.channel.pk, "customer": CUSTOMER, **changes})
    assert response.status_code == 202, response.content
    return response.json()["conversationId"]


def wire_time(at):
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03}Z"


def test_create_is_accepted_and_queued_at_once(api, center):
    before = datetime.now(UTC)
    response = api.post("conversations", {"channelId": center.channel.pk, "customer": CUSTOMER})
    body = response.json()
    row = Conversation.objects.get()
    assert response.status_code == 202
    assert body == {"conversationId": row.pk, "timestamp": int(row.created_at.timestamp() * 1000)}
    assert before <= row.created_at <= datetime.now(UTC)
    assert row.state == ConversationState.ACTIVE
    assert row.open_interaction.queue == center.queue


def test_what_is_known_of_the_customer_is_read_back_flat(api, center):
    conversation_id = start(api)
    row = Conversation.objects.get()
    interaction = Interaction.objects.get()
    response = api.get(f"conversations/{conversation_id}")
    assert response.status_code == 200
    assert response.json() == {
        "channelId": center.channel.pk,
        "customer": CUSTOMER,
        "id": conversation_id,
        "startTime": wire_time(row.created_at),
        "interactions": [{"id": interaction.pk, "startTime": wire_time(interaction.entered_at)}],
    }


def test_ended_interactions_have_an_end(api, center):
    make_agent(center.tenant, center.queue)
    conversation = start_conversation(center.channel)
    interaction = accepted(conversation)
    ended = end_interaction(interaction_id=interaction.pk, agent=interaction.agent)
    api.post(f"conversations/{conversation.pk}/messages", {"text": "Another question"})
    second = Interaction.objects.exclude(pk=ended.pk).get()
    assert api.get(f"conversations/{conversation.pk}").json()["interactions"] == [
        {"id": ended.pk, "startTime": wire_time(ended.entered_at), "endTime": wire_time(ended.ended_at)},
        {"id": second.pk, "startTime": wire_time(second.entered_at)},
    ]


def test_values_become_strings(api):
    customer = {"count": 5, "share": 1.5, "vip": True, "new": False, "note": None, "": "empty"}
    conversation_id = start(api, customer=customer)
    assert api.get(f"conversations/{conversation_id}").json()["customer"] == {
        "count": "5",
        "share": "1.5",
        "vip": "true",
        "new": "false",
        "": "empty",
    }


@pytest.mark.parametrize("customer", [None, {}])
def test_nothing_need_be_known_of_the_customer(api, center, customer):
    conversation_id = start(api, customer=customer)
    assert api.get(f"conversations/{conversation_id}").json()["customer"] == {}
    response = api.post("conversations", {"channelId": center.channel.pk})
    assert response.status_code == 202


HISTORY = {
    "messages": [
        {"text": "Hello", "type": "user"},
        {"text": "Which course?", "type": "bot"},
        {"text": "1. Art 2. Maths", "type": "bot Options:"},
        {"text": "Maths", "authorType": "user"},
        {"text": "Typed by nobody"},
        {"type": "bot"},
        {"type": "bot", "text": None},
        {"type": 5, "text": "A number speaks", "attachments": []},
        {"type": "agent", "text": "I am no agent"},
    ]
}


@pytest.mark.parametrize(
    "other",
    [
        {"customer": {**CUSTOMER, "customerId": "c-2"}},
        {"customer": {"name": "Ada", "email": "ada@example.org"}},
        {"channelId": None},
    ],
)
def test_a_known_customer_starts_one_conversation_within_a_while(api, center, other, settings):
    first = start(api)
    assert start(api) == first
    named = {"Idempotency-Key": "another"}
    body = {"channelId": center.channel.pk, "customer": CUSTOMER}
    assert api.post("conversations", body, **named).json()["conversationId"] != first
    assert Conversation.objects.count() == 2
    if "channelId" in other:
        other = {"channelId": make_channel(center.tenant, center.queue).pk}
    assert start(api, **other) != first


def test_that_while_is_over_or_the_conversation_is(api, center, settings):
    first = start(api)
    api.delete(f"conversations/{first}/participants/customer")
    second = start(api)
    Conversation.objects.filter(pk=second).update(created_at=timezone.now() - timedelta(seconds=6))
    third = start(api)
    settings.CONTACTCENTER_CHAT = {**settings.CONTACTCENTER_CHAT, "START_ONCE_SECONDS": 0}
    assert len({first, second, third, start(api)}) == 4


def test_what_is_new_is_added_to_what_was_just_started(api):
    said = [{"type": "user", "text": "Hello"}]
    first = start(api, history={"messages": said})
    assert start(api, history={"messages": said}) == first
    more = [*said, {"type": "bot", "text": "Good day"}]
    assert start(api, customer={"customerId": "c-1", "case": "8"}, history={"messages": more}) == first
    assert start(api, history={"messages": said}) == first
    assert [message.text for message in Message.objects.order_by("number")] == ["Hello", "Hello", "Good day"]
    assert Conversation.objects.get().data == {**CUSTOMER, "case": "8"}
    assert set(Participant.objects.values_list("type", flat=True)) == {"user", "bot"}


def test_history_is_kept_in_order_and_what_is_odd_tolerated(api):
    conversation_id = start(api, history=HISTORY)
    messages = api.get(f"conversations/{conversation_id}/messages").json()["messages"]
    assert [(message["authorType"], message["originalText"]) for message in messages] == [
        ("user", "Hello"),
        ("bot", "Which course?"),
        ("bot", "1. Art 2. Maths"),
        ("user", "Maths"),
        ("user", "Typed by nobody"),
        ("bot", "A number speaks"),
        ("bot", "I am no agent"),
    ]
    assert {message["interactionId"] for message in messages} == {""}


@pytest.mark.parametrize("history", [None, {}, {"messages": []}, {"messages": None}])
def test_there_may_be_no_history(api, history):
    conversation_id = start(api, history=history)
    assert api.get(f"conversations/{conversation_id}/messages").json() == {"messages": []}


def test_of_a_long_history_the_last_two_hundred_are_kept(api):
    said = [{"text": str(number), "type": "bot"} for number in range(250)]
    conversation_id = start(api, history={"messages": [*said, {"text": " "}, {"text": None}]})
    kept = list(Message.objects.order_by("number").values_list("text", flat=True))
    assert kept == [str(number) for number in range(50, 250)]
    assert Interaction.objects.get().conversation_id == conversation_id
    assert start(api, history={"messages": said}) == conversation_id  # sent again, it is the same


def test_a_long_text_of_a_history_is_cut_with_a_mark(api):
    start(api, history={"messages": [{"text": "é" * 16_000}, {"text": "é" * 16_001}]})
    whole, cut = Message.objects.order_by("number").values_list("text", flat=True)
    assert whole == "é" * 16_000
    assert cut == "é" * 15_996 + " […]"


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"channelId": None}, "channelId: May not be empty."),
        ({"channelId": "25"}, "channelId: Channel ID 25 is invalid."),
        ({"channelId": 25}, "channelId: Channel ID 25 is invalid."),
        ({"channelId": {}}, "channelId: Must be a string."),
        ({"customer": []}, "customer: Must be an object."),
        ({"customer": "Ada"}, "customer: Must be an object."),
        ({"customer": {"name": {"first": "Ada"}}}, "customer.name: Must be a string."),
        ({"customer": {"tags": ["a"]}}, "customer.tags: Must be a string."),
        ({"customer": {"a": "\0"}}, "customer.a: May not contain the character U+0000."),
        ({"customer": {"a\0": "b"}}, "customer.a\\0: May not contain the character U+0000."),
        ({"customer": {str(n): "x" for n in range(41)}}, "customer: May not have more than 40 keys."),
        ({"history": []}, "history: Must be an object."),
        ({"history": {"messages": {}}}, "history.messages: Must be a list."),
        ({"history": {"messages": ["Hello"]}}, "history.messages[0]: Must be an object."),
        ({"history": {"messages": [{"text": "a"}, {"text": 5}]}}, "history.messages[1].text: Must be a string."),
        (
            {"history": {"messages": [{"text": "a\0"}]}},
            "history.messages[0].text: May not contain the character U+0000.",
        ),
    ],
)
def test_bad_values_are_named_and_nothing_is_begun(api, changes, error):
    body = {"channelId": api.center.channel.pk, "customer": {"name": "Ada"}, **changes}
    assert problem(api.post("conversations", body)) == (400, invalid(error))
    assert not Conversation.objects.exists()


def test_skills_may_be_asked_for(api, center):
    fees = make_skill(center.tenant, "Fees")
    start(api, skills=[{"name": "Fees", "level": 3}])
    assert Interaction.objects.get().required == {"skills": {fees.pk: 3}, "language": ""}


@pytest.mark.parametrize("name", ["Visas", "Fees\0"])
def test_an_unknown_skill_is_refused(api, center, other, name):
    make_skill(other.tenant, "Visas")  # of another contact centre
    body = {"channelId": center.channel.pk, "customer": {}, "skills": [{"name": name}]}
    status, refusal = problem(api.post("conversations", body))
    assert (status, refusal["errors"][0].split(":")[0]) == (400, "skills")
    assert not Conversation.objects.exists()


def test_thirty_keys_more_than_the_usual_ones_are_allowed(api):
    start(api, customer={str(n): "x" for n in range(40)})


def test_a_deleted_channel_starts_nothing(api, center):
    assert api.delete(f"channels/{center.channel.pk}").status_code == 204
    response = api.post("conversations", {"channelId": center.channel.pk})
    assert problem(response) == (400, invalid(f"channelId: Channel ID {center.channel.pk} is invalid."))


def test_participants(api, center):
    make_agent(center.tenant, center.queue)
    conversation = start_conversation(center.channel, history=["Hello"], language="es")
    accepted(conversation)
    by_type = {row.type: row.pk for row in Participant.objects.all()}
    response = api.get(f"conversations/{conversation.pk}/participants")
    assert response.status_code == 200
    assert sorted(response.json()["participants"], key=lambda each: each["type"]) == [
        {"id": by_type["agent"], "type": "agent"},
        {"id": by_type["bot"], "type": "bot"},
        {"id": by_type["user"], "type": "user", "language": "es"},
    ]


def test_the_customer_leaves(api, center):
    conversation = start_conversation(center.channel)
    path = f"conversations/{conversation.pk}/participants/customer"
    response = api.delete(path)
    assert (response.status_code, response.content) == (204, b"")
    assert log_of(conversation)[-3:] == [
        events.CustomerLeft.name,
        events.InteractionEnded.name,
        events.ConversationIdled.name,
    ]
    entries = len(log_of(conversation))
    assert api.delete(path).status_code == 204
    assert len(log_of(conversation)) == entries


@pytest.fixture
def various(api, center):
    """Conversations in each state, by what they are called."""
    agent = make_agent(center.tenant, center.queue)
    found = {"handled": start_conversation(center.channel, name="handled")}
    accepted(found["handled"])
    found["idle"] = start_conversation(center.channel, name="idle")
    api.delete(f"conversations/{found['idle'].pk}/participants/customer")
    found["ringing"] = start_conversation(center.channel, name="ringing")
    offer_of(found["ringing"])
    agent.refresh_from_db()
    found["waiting"] = start_conversation(center.channel, name="waiting")
    found["erased"] = start_conversation(center.channel, name="erased")
    erase_conversation(conversation_id=found["erased"].pk)
    found["created"] = start_conversation(center.channel, name="created")
    # Conversations that nobody was asked to answer come from other providers.
    api.delete(f"conversations/{found['created'].pk}/participants/customer")
    Conversation.objects.filter(pk=found["created"].pk).update(state=ConversationState.CREATED)
    return {conversation.pk: name for name, conversation in found.items()}


@pytest.mark.parametrize(
    ("status", "found"),
    [
        ("all", ["handled", "idle", "ringing", "waiting", "erased", "created"]),
        ("created", ["created"]),
        ("pending", ["ringing", "waiting"]),
        ("handling", ["handled"]),
        ("deleted", ["erased"]),
    ],
)
def test_list_by_status(api, various, status, found):
    body = api.get(f"conversations?status={status}").json()
    assert [various[each["id"]] for each in body["data"]] == found
    assert body["page"] == {"pageSize": 20, "pageIndex": 0, "elementCount": len(found), "pageCount": 1}


def test_list_shows_what_get_shows(api, various):
    for each in api.get("conversations").json()["data"]:
        assert each == api.get(f"conversations/{each['id']}").json()


def listed(api, query):
    response = api.get(f"conversations?{query}")
    assert response.status_code == 200, response.content
    return [each["id"] for each in response.json()["data"]]


def test_list_in_either_order(api):
    ids = [start(api, customer={}) for _ in range(3)]
    assert listed(api, "order=asc") == ids
    assert listed(api, "order=desc") == ids[::-1]
    assert listed(api, "order=desc&size=1&page=2") == ids[:1]


def test_list_by_channel(api, center):
    first = start(api)
    channel = make_channel(center.tenant, center.queue, center.webhook)
    second = start(api, channelId=channel.pk)
    assert listed(api, f"channel-id={center.channel.pk}") == [first]
    assert listed(api, f"channel-id={channel.pk}") == [second]
    assert listed(api, "channel-id=unknown") == []


def test_list_by_customer_data(api):
    ada = start(api, customer={"email": "ada@example.org", "customerId": "1", "12": "twelve", 'a"b': "q", "k": "v"})
    bob = start(api, customer={"email": "bob@example.org", "customerId": "2", "k": "v"})
    assert listed(api, "customer.email=ada@example.org") == [ada]
    assert listed(api, "userId=2") == [bob]
    assert listed(api, "customer.customerId=2") == [bob]
    assert listed(api, "customer.k=v") == [ada, bob]
    assert listed(api, "customer.k=v&customer.email=bob@example.org") == [bob]
    assert listed(api, "customer.k=w") == []
    assert listed(api, "customer.unknown=v") == []
    assert listed(api, "customer.12=twelve") == [ada]
    assert listed(api, "customer.a%22b=q") == [ada]
    assert listed(api, "customer.tenant__label=college") == []
    assert listed(api, "customer.=x") == []
    assert listed(api, "userId=&channel-id=") == [ada, bob]


@pytest.mark.parametrize(
    ("query", "error"),
    [
        ("status=ended", "status: Invalid status=ended, has to be one of all, created, pending, handling, deleted"),
        ("status=", "status: Invalid status=, has to be one of all, created, pending, handling, deleted"),
        ("order=up", "order: Invalid order=up, has to be one of asc, desc"),
        ("customer.email=%00", "customer.email: May not contain the character U+0000."),
        ("customer.%00=a", "customer.\\0: May not contain the character U+0000."),
        ("userId=%00", "userId: May not contain the character U+0000."),
        ("channel-id=%00", "channel-id: May not contain the character U+0000."),
    ],
)
def test_wrong_filters_are_named(api, query, error):
    assert problem(api.get(f"conversations?{query}")) == (400, invalid(error))


def test_the_list_takes_the_same_number_of_queries_however_long(api, django_assert_num_queries):
    start(api)
    api.get("conversations")
    with django_assert_num_queries(3):  # the key, the conversations, their interactions
        api.get("conversations")
    for _ in range(5):
        start(api)
    with django_assert_num_queries(3):
        api.get("conversations")


def test_an_erased_conversation_takes_nothing_any_more(api, center):
    conversation = start_conversation(center.channel)
    erase_conversation(conversation_id=conversation.pk)
    assert api.get(f"conversations/{conversation.pk}").json()["customer"] == {}
    gone = plain(f"Resource of type Conversation with id {conversation.pk} was not found.")
    assert problem(api.post(f"conversations/{conversation.pk}/messages", {"text": "Hello?"})) == (404, gone)
    assert problem(api.delete(f"conversations/{conversation.pk}/participants/customer")) == (404, gone)
