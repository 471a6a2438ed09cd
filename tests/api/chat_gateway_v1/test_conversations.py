"""Conversations in Chat Gateway v1: starting, listing, changing; episodes, participants, the customer's leaving."""

import json
from datetime import UTC

import pytest
from django.db import connection

from contactcenter_chat import events
from contactcenter_chat.actions import conversations
from contactcenter_chat.actions.center import routing
from contactcenter_chat.actions.center.interactions import end_interaction
from contactcenter_chat.actions.messages import add_message
from contactcenter_chat.models import Conversation, Delivery, Interaction, Message, Offer, Webhook
from tests.factories import accepted, log_of, make_agent, make_queue, make_skill, offer_of, start_conversation

from ..caller import problem
from .caller import HAL, VERSION, general, invalid, items, unknown

USER = {
    "name": "Ada",
    "userId": "u-1",
    "email": "ada@example.org",
    "language": "en",
    "additionalProperties": [{"key": "my own key", "value": "ä €"}],
}
FLAT = {"name": "Ada", "userId": "u-1", "email": "ada@example.org", "language": "en", "my own key": "ä €"}


@pytest.fixture
def bots(settings):
    settings.CONTACTCENTER_CHAT = {**settings.CONTACTCENTER_CHAT, "BOTS": ("faq",)}


def wire_time(at):
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03}Z"


def start(gateway, **changes):
    response = gateway.post("conversations", {"channelId": gateway.center.channel.pk, "user": USER, **changes})
    assert response.status_code == 202, response.content
    return response.json()["conversationId"]


def shown(row, state="active", assignment=None, user=USER):
    return {
        "id": row.pk,
        "channelId": row.channel_id,
        "state": state,
        "assignment": assignment or {"type": "queue", "id": row.channel.queue_id},
        "user": user,
    }


def queue_of(queue):
    return {"type": "queue", "id": queue.pk}


@pytest.mark.parametrize("text", ["\u200b\u2060\ufeff", "\u202e \xad\u3164", "\u2028\u3000"])
def test_what_nobody_sees_is_no_message(gateway, text):
    conversation_id = start(gateway)
    answer = gateway.post(f"conversations/{conversation_id}/messages", {"text": text})
    assert answer.status_code == 400
    assert answer.json()["errors"] == {"code": "required", "message": "text: May not be empty."}
    assert not Message.objects.exists()
    assert gateway.post(f"conversations/{conversation_id}/messages", {"text": "👩\u200d👧"}).status_code == 202
    assert Message.objects.get().text == "👩\u200d👧"


def test_what_nobody_sees_of_a_history_is_passed_over(gateway):
    start(gateway, history={"messages": [{"authorType": "bot", "text": each} for each in ("\u2060", "Hello")]})
    assert [each.text for each in Message.objects.all()] == ["Hello"]


# Starting


def test_create_is_accepted_and_queued_at_once(gateway, center):
    response = gateway.post("conversations", {"channelId": center.channel.pk, "user": USER})
    row = Conversation.objects.get()
    assert (response.status_code, response["Content-Type"]) == (202, HAL)
    assert response.json() == {"conversationId": row.pk, "createdAt": wire_time(row.created_at)}
    assert (row.data, row.open_interaction.queue) == (FLAT, center.queue)
    assert gateway.get(f"conversations/{row.pk}").json() == shown(row)


def test_one_conversation_in_both_apis(gateway, api, center):
    mine = start(gateway)
    assert api.get(f"conversations/{mine}").json()["customer"] == FLAT
    theirs = api.post("conversations", {"channelId": center.channel.pk, "customer": FLAT}).json()["conversationId"]
    assert gateway.get(f"conversations/{theirs}").json()["user"] == USER
    assert gateway.post(f"conversations/{theirs}/messages", {"text": "From v1"}).status_code == 202
    assert api.post(f"conversations/{theirs}/messages", {"text": "From v2"}).status_code == 202
    texts = [each["text"] for each in items(gateway.get(f"conversations/{theirs}/messages"), "messages")]
    assert texts == ["From v2", "From v1"]
    assert [each["originalText"] for each in api.get(f"conversations/{theirs}/messages").json()["messages"]] == [
        "From v1",
        "From v2",
    ]


def test_a_history_comes_along(gateway):
    history = {"messages": [{"authorType": "user", "text": "Hi"}, {"authorType": "bot", "text": "How are you?"}]}
    start(gateway, history=history)
    assert list(Message.objects.order_by("number").values_list("author_type", "text", "history")) == [
        ("user", "Hi", True),
        ("bot", "How are you?", True),
    ]


def test_thirty_properties_besides_those_with_names(gateway):
    others = [{"key": f"k{number}", "value": number} for number in range(30)]
    conversation_id = start(gateway, user={**USER, "additionalProperties": others})
    assert Conversation.objects.get().data["k29"] == "29"
    assert len(gateway.get(f"conversations/{conversation_id}").json()["user"]["additionalProperties"]) == 30
    response = gateway.post(
        "conversations",
        {"channelId": gateway.center.channel.pk, "user": {"additionalProperties": [*others, {"key": "x"}]}},
    )
    message = "user.additionalProperties: May not have more than 30 items."
    assert problem(response) == (400, invalid(("invalid_value", message)))


def test_too_many_properties_together_are_told_by_the_wires_own_name(gateway):
    others = [{"key": f"k{number}", "value": number} for number in range(30)]
    conversation_id = start(gateway, user={**USER, "additionalProperties": others})
    more = {"user": {"additionalProperties": [{"key": f"x{number}", "value": "y"} for number in range(11)]}}
    response = gateway.patch(f"conversations/{conversation_id}", more)
    assert problem(response) == (400, invalid(("invalid_value", "user: May not have more than 40 keys.")))
    assert "x0" not in Conversation.objects.get().data


def test_the_same_user_is_one_person(gateway, api, center):
    start(gateway)
    start(gateway)
    api.post("conversations", {"channelId": center.channel.pk, "customer": {"customerId": "u-1"}})
    assert len(set(Conversation.objects.values_list("customer", flat=True))) == 1


def test_it_may_be_assigned_to_a_queue(gateway, center):
    queue = make_queue(center.tenant)
    conversation_id = start(gateway, assignment={"type": "queue", "id": f" {queue.pk} "})
    assert Interaction.objects.get().queue == queue
    assert gateway.get(f"conversations/{conversation_id}").json()["assignment"] == queue_of(queue)


@pytest.mark.parametrize(
    ("assignment", "code", "message"),
    [
        ({"id": "112"}, "invalid_queue", "assignment.id: Queue ID 112 is invalid."),
        ({"type": "queue", "id": 112}, "invalid_queue", "assignment.id: Queue ID 112 is invalid."),
        ({"type": "script", "id": "112"}, "invalid_script", "assignment.id: Bot ID 112 is invalid."),
        ({"type": "script"}, "required", "assignment.id: May not be empty."),
        (
            {"type": "agent", "id": "1"},
            "invalid_value",
            "assignment.type: Invalid type=agent, has to be one of queue, script",
        ),
    ],
)
def test_an_unknown_assignment_is_refused(gateway, center, bots, assignment, code, message):
    response = gateway.post("conversations", {"channelId": center.channel.pk, "assignment": assignment})
    assert problem(response) == (400, invalid((code, message)))
    assert not Conversation.objects.exists()


@pytest.mark.parametrize("assignment", [{}, {"type": "queue"}, {"id": None}, None])
def test_a_queue_that_is_not_named_is_the_channels(gateway, center, assignment):
    start(gateway, assignment=assignment)
    assert Interaction.objects.get().queue == center.queue


@pytest.mark.parametrize("assignment", [{}, {"type": "queue"}, {"id": "channel's"}])
def test_skills_may_be_asked_for(gateway, center, assignment):
    fees = make_skill(center.tenant, "Fees")
    named = {"id": center.queue.pk} if "id" in assignment else {}
    start(gateway, assignment={**assignment, **named, "skills": [{"name": "Fees", "level": 3}]})
    interaction = Interaction.objects.get()
    assert (interaction.queue, interaction.required["skills"]) == (center.queue, {fees.pk: 3})


def test_an_unknown_skill_is_refused(gateway, center):
    assignment = {"id": center.queue.pk, "skills": [{"name": "Visas"}]}
    response = gateway.post("conversations", {"channelId": center.channel.pk, "assignment": assignment})
    assert problem(response) == (
        400,
        invalid(("invalid_value", "assignment.skills: There is no skill Visas.")),
    )


def test_an_unknown_channel_is_refused(gateway, other):
    for channel_id in ("x", other.channel.pk):
        response = gateway.post("conversations", {"channelId": channel_id})
        message = f"channelId: Channel ID {channel_id} is invalid."
        assert problem(response) == (400, invalid(("invalid_channel", message)))


def test_a_conversation_is_started_once(gateway, center):
    body, key = {"channelId": center.channel.pk, "user": USER}, {"Idempotency-Key": "k"}
    first, second = gateway.post("conversations", body, **key), gateway.post("conversations", body, **key)
    assert (first.status_code, first.content, first["Content-Type"]) == (202, second.content, HAL)
    assert Conversation.objects.count() == 1


# A script of the project


def test_a_script_keeps_it_away_from_the_queue(gateway, center, bots):
    make_agent(center.tenant, center.queue)
    conversation_id = start(gateway, assignment={"type": "script", "id": "faq"})
    row = Conversation.objects.get()
    assert gateway.get(f"conversations/{conversation_id}").json() == shown(
        row, assignment={"type": "script", "id": "faq"}
    )
    gateway.post(f"conversations/{conversation_id}/messages", {"text": "Hello"})
    add_message(conversation_id=conversation_id, author_type=events.BOT, text="Which course?")
    assert not Interaction.objects.exists()
    assert log_of(row) == ["conversation.started", "conversation.assigned", "message.added", "message.added"]


def test_a_script_hands_over_to_a_queue(gateway, center, bots):
    conversation_id = start(gateway, assignment={"type": "script", "id": "faq"})
    response = gateway.patch(f"conversations/{conversation_id}", {"assignment": queue_of(center.queue)})
    assert (response.status_code, response.json()["assignment"]) == (202, queue_of(center.queue))
    assert Interaction.objects.get().queue == center.queue
    assert Conversation.objects.get().script == ""


def test_the_projects_code_hands_over_by_a_verb(gateway, center, bots):
    conversation_id = start(gateway, assignment={"type": "script", "id": "faq"})
    conversations.assign_to_queue(conversation_id=conversation_id)
    assert Interaction.objects.get().queue == center.queue


def test_the_customer_may_leave_a_script(gateway, bots):
    conversation_id = start(gateway, assignment={"type": "script", "id": "faq"})
    assert gateway.patch(f"conversations/{conversation_id}/participants/user", {"removed": True}).status_code == 204
    row = Conversation.objects.get()
    assert (row.state, row.script) == ("idle", "")
    assert log_of(row)[-2:] == ["customer.left", "conversation.idled"]
    gateway.post(f"conversations/{conversation_id}/messages", {"text": "Are you there?"})
    assert Interaction.objects.get().queue == gateway.center.queue


# Listing


def test_list_filter_and_sort(gateway, center, other):
    start_conversation(other.channel, name="Theirs")
    first = start_conversation(center.channel, name="Ada", email="ada@example.org")
    second = start_conversation(center.channel, name="Bea", phone="5")
    conversations.leave_as_customer(conversation_id=second.pk)

    def found(query=""):
        return [each["id"] for each in items(gateway.get(f"conversations?{query}"), "conversations")]

    assert found() == found("sort=createdAt:asc") == [first.pk, second.pk]
    assert found("sort=createdAt:desc") == found("sort=createdDate:DESC") == [second.pk, first.pk]
    assert found("size=20.0&page=0.0") == [first.pk, second.pk]
    assert found("sort=id:asc") == sorted([first.pk, second.pk])
    assert found("filter=state==idle") == [second.pk]
    assert found("filter=user.email==ada@example.org") == [first.pk]
    assert found("filter=user.email==*example.org") == found("filter=user.name==Ad*") == [first.pk]
    assert found("filter=user.name!=Ada") == [second.pk]
    assert found("filter=user.phone==5,user.name==*da*") == [first.pk, second.pk]
    assert found(f"filter=channelId=={other.channel.pk}") == []
    assert found(f"filter=id=={first.pk};state==active") == [first.pk]


@pytest.mark.parametrize(
    "query", ["sort=state:asc", "filter=createdAt==2020", "filter=data==x", "filter=user.secret==x", "size=x"]
)
def test_a_wrong_query_is_named(gateway, query):
    status, body = problem(gateway.get(f"conversations?{query}"))
    assert (status, body["message"]) == (400, "Constraint Violation")


def test_list_shows_what_get_shows_with_as_few_queries(gateway, center, django_assert_num_queries):
    make_agent(center.tenant, center.queue)
    handled, waiting = start_conversation(center.channel), start_conversation(center.channel)
    interaction = accepted(handled)
    gateway.get("conversations")
    with django_assert_num_queries(2):  # the key, the page
        listed = items(gateway.get("conversations"), "conversations")
    assert listed == [gateway.get(f"conversations/{row.pk}").json() for row in (handled, waiting)]
    assert [each["assignment"] for each in listed] == [
        {"type": "agent", "id": interaction.agent_id},
        queue_of(center.queue),
    ]
    with django_assert_num_queries(2):
        gateway.get(f"conversations/{handled.pk}")


# Changing


def test_patch_changes_some_of_the_customers_data(gateway):
    conversation_id = start(gateway)
    changes = {"email": None, "phone": "5", "additionalProperties": [{"key": "my own key", "value": 7}]}
    response = gateway.patch(f"conversations/{conversation_id}", {"user": changes})
    assert (response.status_code, response["Content-Type"]) == (202, HAL)
    expected = {"name": "Ada", "userId": "u-1", "language": "en", "phone": "5", "my own key": "7"}
    row = Conversation.objects.get()
    assert row.data == expected
    assert response.json() == gateway.get(f"conversations/{conversation_id}").json()
    assert log_of(row)[-1] == "conversation.updated"
    assert row.log.latest("number").data == {"changed": ["email", "my own key", "phone"]}


def test_put_replaces_the_customers_data(gateway, center):
    conversation_id = start(gateway)
    body = {"channelId": center.channel.pk, "user": {"name": "Bea"}}
    response = gateway.put(f"conversations/{conversation_id}", body)
    assert response.json()["user"] == {"name": "Bea", "additionalProperties": []}


def test_a_change_that_changes_nothing_is_no_fact(gateway, center):
    conversation_id = start(gateway)
    row = Conversation.objects.get()
    before = log_of(row)
    for body in ({}, {"user": USER}, {"assignment": queue_of(center.queue)}, {"user": None, "assignment": None}):
        assert gateway.patch(f"conversations/{conversation_id}", body).json() == shown(row)
    assert gateway.put(f"conversations/{conversation_id}", shown(row)).json() == shown(row)
    assert log_of(row) == before


def test_while_it_waits_the_queue_can_be_changed(gateway, center):
    make_agent(center.tenant, center.queue)
    conversation_id = start(gateway)
    row = Conversation.objects.get()
    ringing = offer_of(row)
    age = (ringing.interaction.entered_at, ringing.interaction.due_at)
    queue = make_queue(center.tenant)
    response = gateway.put(f"conversations/{conversation_id}", {"assignment": queue_of(queue)})
    assert (response.status_code, response.json()) == (202, shown(row, assignment=queue_of(queue)))
    interaction = Interaction.objects.get()
    assert (interaction.state, interaction.queue) == ("waiting", queue)
    assert (interaction.entered_at, interaction.due_at) == age
    offer = Offer.objects.get()
    assert (offer.state, offer.reason, offer.agent.load) == ("withdrawn", "assigned", 0)
    assert log_of(row)[-2:] == ["offer.ended", "interaction.queued"]
    make_agent(center.tenant, queue)
    assert accepted(row).queue == queue


def test_an_accepted_chat_stays_where_it_is(gateway, center):
    make_agent(center.tenant, center.queue)
    conversation_id = start(gateway)
    accepted(Conversation.objects.get())
    before = log_of(Conversation.objects.get())
    queue = make_queue(center.tenant)
    body = {"user": {"name": "Changed"}, "assignment": queue_of(queue)}
    response = gateway.patch(f"conversations/{conversation_id}", body)
    assert problem(response) == (409, general("conflict", "An agent has the conversation."))
    row = Conversation.objects.get()
    assert (row.data, log_of(row)) == (FLAT, before)  # nothing half-written


def test_an_idle_one_waits_in_no_queue(gateway, center):
    conversation_id = start(gateway)
    conversations.leave_as_customer(conversation_id=conversation_id)
    path = f"conversations/{conversation_id}"
    response = gateway.patch(path, {"assignment": queue_of(make_queue(center.tenant))})
    assert problem(response) == (409, general("conflict", "The conversation is idle: it waits in no queue."))
    assert gateway.patch(path, {"assignment": queue_of(center.queue)}).json()["state"] == "idle"


def test_what_cannot_be_changed_is_refused(gateway, center, other, bots):
    path = f"conversations/{start(gateway)}"
    before = log_of(Conversation.objects.get())
    for body, code, message in (
        ({"channelId": other.channel.pk}, "invalid_value", "channelId: The channel cannot be changed."),
        (
            {"assignment": queue_of(other.queue)},
            "invalid_queue",
            f"assignment.id: Queue ID {other.queue.pk} is invalid.",
        ),
        ({"assignment": {"type": "script", "id": "x"}}, "invalid_script", "assignment.id: Bot ID x is invalid."),
        ({"user": []}, "invalid_value", "user: Must be an object."),
    ):
        for call in (gateway.put, gateway.patch):
            assert problem(call(path, body)) == (400, invalid((code, message)))
    response = gateway.patch(path, {"assignment": {"type": "script", "id": "faq"}})
    message = "Only a new conversation can be assigned to a script."
    assert problem(response) == (409, general("conflict", message))
    assert log_of(Conversation.objects.get()) == before


def test_an_erased_conversation_cannot_be_changed(gateway):
    conversation_id = start(gateway)
    conversations.erase_conversation(conversation_id=conversation_id)
    response = gateway.patch(f"conversations/{conversation_id}", {"user": USER})
    assert problem(response) == (404, unknown("Conversation", conversation_id))
    assert gateway.get(f"conversations/{conversation_id}").json()["user"] == {"additionalProperties": []}


@pytest.mark.parametrize("name", ["undefined", "null", "a%00b", "x" * 300])
def test_what_is_no_conversation_is_not_found(gateway, name):
    for method, suffix in (("GET", ""), ("PATCH", ""), ("PUT", ""), ("GET", "/messages"), ("GET", "/interactions")):
        body = {} if method in ("PUT", "PATCH") else None
        assert problem(gateway.call(method, f"conversations/{name}{suffix}", body))[0] == 404


# Episodes, participants, leaving


def test_interactions(gateway, center):
    make_agent(center.tenant, center.queue)
    conversation_id = start(gateway)
    row = Conversation.objects.get()
    interaction = accepted(row)
    end_interaction(interaction_id=interaction.pk, agent=interaction.agent)
    gateway.post(f"conversations/{conversation_id}/messages", {"text": "One more thing"})
    first, second = Interaction.objects.order_by("entered_at")
    response = gateway.get(f"conversations/{conversation_id}/interactions")
    assert items(response, "interactions") == [
        {"id": first.pk, "startTime": wire_time(first.entered_at), "endTime": wire_time(first.ended_at)},
        {"id": second.pk, "startTime": wire_time(second.entered_at)},
    ]
    assert response.json()["page"] == {"size": 20, "number": 0, "totalElements": 2, "totalPages": 1}


def test_participants_and_leaving(gateway, center):
    agent = make_agent(center.tenant, center.queue)
    conversation_id = start(gateway, history={"messages": [{"authorType": "bot", "text": "Hi"}]})
    row = Conversation.objects.get()
    accepted(row)
    path = f"conversations/{conversation_id}/participants"

    def participants():
        return {each["type"]: each for each in items(gateway.get(path), "participants")}

    there = participants()
    assert there["user"] == {"id": there["user"]["id"], "removed": False, "type": "user", "language": "en"}
    assert there["agent"] == {"id": agent.pk, "removed": False, "type": "agent"}
    assert there["bot"]["removed"] is False
    response = gateway.patch(f"{path}/user", {"removed": "true"})
    assert (response.status_code, response.content) == (204, b"")
    there = participants()
    assert (there["user"]["removed"], there["agent"]["removed"]) == (True, True)
    assert Interaction.objects.get().ended_by == "customer"
    assert gateway.patch(f"{path}/user", {"removed": True}).status_code == 204
    gateway.post(f"conversations/{conversation_id}/messages", {"text": "Still here"})
    assert participants()["user"]["removed"] is False


@pytest.mark.parametrize("body", [{}, {"removed": False}, {"removed": "false"}, {"removed": None}])
def test_whoever_is_not_removed_stays(gateway, body):
    conversation_id = start(gateway)
    assert gateway.patch(f"conversations/{conversation_id}/participants/user", body).status_code == 204
    assert Conversation.objects.get().state == "active"


def test_what_is_neither_true_nor_false_is_refused(gateway):
    response = gateway.patch(f"conversations/{start(gateway)}/participants/user", {"removed": 1})
    assert problem(response) == (400, invalid(("invalid_value", "removed: Must be true or false.")))


# Messages


def test_messages_newest_first_or_sorted(gateway, center):
    agent = make_agent(center.tenant, center.queue)
    conversation_id = start(gateway)
    row = Conversation.objects.get()
    accepted(row)
    path = f"conversations/{conversation_id}/messages"
    response = gateway.post(path, {"authorType": "user", "text": "Hello 👋"})
    assert (response.status_code, response.content) == (202, b"")
    add_message(conversation_id=row.pk, author_type=events.AGENT, agent=agent, text="Hi")
    newest, oldest = items(gateway.get(path), "messages")
    message = Message.objects.get(text="Hi")
    assert newest == {
        "id": message.pk,
        "text": "Hi",
        "createdAt": wire_time(message.created_at),
        "author": {"id": agent.pk, "removed": False, "type": "agent"},
        "attachments": [],
        "cards": [],
    }
    assert (oldest["text"], oldest["author"]["type"]) == ("Hello 👋", "user")
    assert items(gateway.get(f"{path}?sort=createdAt:asc"), "messages") == [oldest, newest]
    assert items(gateway.get(f"{path}?sort=createdAt:asc&size=1&page=1"), "messages") == [newest]
    assert gateway.get(f"{path}/{message.pk}").json() == newest
    assert problem(gateway.get(f"{path}/x")) == (404, unknown("Message", "x"))
    elsewhere = start(gateway, user={})
    response = gateway.get(f"conversations/{elsewhere}/messages/{message.pk}")
    assert problem(response) == (404, unknown("Message", message.pk))


def test_what_was_said_elsewhere_is_a_link(gateway):
    path = f"conversations/{start(gateway)}/messages"
    provider = {"name": "X", "externalMessageId": "1234567890123456789"}
    assert gateway.post(path, {"authorType": "user", "externalProvider": provider}).status_code == 202
    [message] = items(gateway.get(path), "messages")
    assert (message["text"], message["externalProvider"]) == (
        "https://x.com/i/status/1234567890123456789",
        provider,
    )


def bad(code, message):
    return {"message": message, "errors": {"code": code, "message": message}}


@pytest.mark.parametrize(
    ("body", "code", "message"),
    [
        (
            {"authorType": "ghfgh", "text": "x"},
            "invalid_json_object",
            "authorType: Invalid authorType=ghfgh, has to be one of user, bot",
        ),
        ({"authorType": "agent", "text": "x"}, "invalid_json_object", None),
        ({"text": " "}, "required", "text: May not be empty."),
        ({}, "required", "text: May not be empty."),
        ({"text": 5}, "invalid_json_object", "text: Must be a string."),
        ({"text": "x" * 16_001}, "invalid_json_object", "text: May not be longer than 16000 characters."),
        ([], "invalid_json_object", None),
        (b"{", "invalid_json_object", None),
        (
            {"text": "x", "externalProvider": {"externalMessageId": "1"}},
            "invalid_json_object",
            "text: May not be given together with externalProvider.",
        ),
        ({"externalProvider": {"name": "X"}}, "required", "externalProvider.externalMessageId: May not be empty."),
        ({"externalProvider": {"name": "Y", "externalMessageId": "1"}}, "invalid_json_object", None),
    ],
)
def test_a_bad_message_is_one_error(gateway, body, code, message):
    response = gateway.post(f"conversations/{start(gateway)}/messages", body)
    status, found = problem(response)
    assert len(found.pop("referenceId")) == 32
    assert (status, found) == (400, bad(code, message or found["message"]))
    assert not Message.objects.exists()


def test_a_message_takes_a_constant_number_of_queries(gateway, django_assert_num_queries):
    path = f"conversations/{start(gateway)}/messages"
    gateway.post(path, {"text": "Hello"})
    with django_assert_num_queries(7, connection=connection):  # the key, and as many as a message of v2
        gateway.post(path, {"text": "Hello"})


def test_a_message_waits_for_the_queue_to_be_looked_at(gateway, center):
    """What PATCH moved is offered in the other queue at once."""
    queue = make_queue(center.tenant)
    make_agent(center.tenant, queue)
    conversation_id = start(gateway)
    gateway.patch(f"conversations/{conversation_id}", {"assignment": queue_of(queue)})
    assert routing.route_queue(queue.pk) == 1


PAIRS = [("zeta", "1"), ("b", "2"), ("course of study", "3"), ("a", "4"), ("10", "5"), ("9", "6")]


def pairs(*given):
    return [{"key": key, "value": value} for key, value in given]


def read_back(gateway, conversation_id):
    return gateway.get(f"conversations/{conversation_id}").json()["user"]["additionalProperties"]


def test_what_is_known_of_the_customer_keeps_its_order(gateway, center):
    body = {"channelId": center.channel.pk, "user": {"name": "Ada", "additionalProperties": pairs(*PAIRS)}}
    conversation_id = gateway.post("conversations", body).json()["conversationId"]
    assert read_back(gateway, conversation_id) == pairs(*PAIRS)
    more = {"user": {"additionalProperties": pairs(("aa", "7"), ("b", "8"))}}
    assert gateway.patch(f"conversations/{conversation_id}", more).status_code == 202
    merged = [(key, "8" if key == "b" else value) for key, value in PAIRS] + [("aa", "7")]
    assert read_back(gateway, conversation_id) == pairs(*merged)
    gateway.put(f"conversations/{conversation_id}", {"user": {"additionalProperties": pairs(*PAIRS[::-1])}})
    assert read_back(gateway, conversation_id) == pairs(*PAIRS[::-1])


def test_callbacks_keep_that_order(gateway, center):
    Webhook.objects.update(version=VERSION)
    body = {"channelId": center.channel.pk, "user": {"additionalProperties": pairs(*PAIRS)}}
    gateway.post("conversations", body)
    updates = Delivery.objects.filter(event_type="CONVERSATION_UPDATE").values_list("body", flat=True)
    told = [json.loads(each)["data"]["user"]["additionalProperties"] for each in updates]
    assert told
    assert {tuple(each["key"] for each in one) for one in told} == {tuple(key for key, _value in PAIRS)}
