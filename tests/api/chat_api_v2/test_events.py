"""The repair path: what a receiver missed."""

import json

import pytest

from contactcenter_chat import events
from contactcenter_chat.actions.center.interactions import end_interaction
from contactcenter_chat.actions.center.transfers import transfer_to_queue
from contactcenter_chat.actions.conversations import erase_conversation
from contactcenter_chat.actions.messages import add_message
from contactcenter_chat.models import Channel, Delivery, Queue
from tests.factories import accepted, make_agent, make_queue, start_conversation

from ..caller import invalid, problem


@pytest.fixture
def conversation(api, center):
    """A conversation with every event that the format knows."""
    agent = make_agent(center.tenant, center.queue, first_name="Ada", last_name="Lovelace")
    second = make_queue(center.tenant, "Second")
    conversation = start_conversation(center.channel, history=["Hello"])
    interaction = accepted(conversation)
    add_message(conversation_id=conversation.pk, author_type=events.AGENT, text="ä €", agent=agent)
    api.post(f"conversations/{conversation.pk}/messages", {"text": "Hello"})
    transfer_to_queue(interaction_id=interaction.pk, agent=agent, queue=second)
    make_agent(center.tenant, second, first_name="Grace", last_name="Hopper")
    interaction = accepted(conversation)
    end_interaction(interaction_id=interaction.pk, agent=interaction.agent)
    return conversation


def test_it_tells_exactly_what_was_posted(api, conversation):
    response = api.get(f"conversations/{conversation.pk}/events")
    assert response.status_code == 200
    body = response.json()
    posted = Delivery.objects.filter(conversation=conversation).order_by("number")
    assert [each["event"]["eventType"] for each in body["data"]] == [
        "QUEUED",
        "AGENT_JOINED",
        "TEXT",
        "TRANSFER",
        "AGENT_LEFT",
        "QUEUED",
        "AGENT_JOINED",
        "AGENT_LEFT",
    ]
    assert [(each["eventId"], each["number"]) for each in body["data"]] == [
        (delivery.entry_id, delivery.number) for delivery in posted
    ]
    # Byte for byte, so that a receiver may treat both the same.
    for delivery in posted:
        assert delivery.body in response.content.decode()
    conversation.refresh_from_db()
    assert (body["after"], body["more"]) == (conversation.last_number, False)


def test_it_tells_the_centres_own_words_as_they_were_posted(api, center):
    Channel.objects.update(tells_own_words=True)
    Queue.objects.update(when_closed="message", texts={"closed": {"en": "Night is closed."}}, is_closed=True)
    conversation = start_conversation(Channel.objects.select_related("webhook", "queue").get())
    response = api.get(f"conversations/{conversation.pk}/events")
    posted = Delivery.objects.filter(conversation=conversation).order_by("number")
    assert [each["event"]["eventType"] for each in response.json()["data"]] == ["QUEUED", "TEXT"]
    assert [each.event_type for each in posted] == ["QUEUED", "TEXT"]
    for delivery in posted:
        assert delivery.body in response.content.decode()


def test_it_is_read_page_by_page(api, conversation):
    path = f"conversations/{conversation.pk}/events"
    everything = api.get(path).json()["data"]
    found, after, more = [], 0, True
    while more:
        page = api.get(f"{path}?after={after}&size=2").json()
        assert len(page["data"]) <= 2
        assert page["after"] == after + 2 or not page["more"]
        found += page["data"]
        after, more = page["after"], page["more"]
    assert found == everything
    assert api.get(f"{path}?after={after}").json() == {"data": [], "after": after, "more": False}
    assert api.get(f"{path}?after={everything[3]['number']}").json()["data"] == everything[4:]


def test_it_shows_nothing_that_was_erased(api, conversation):
    erase_conversation(conversation_id=conversation.pk)
    body = api.get(f"conversations/{conversation.pk}/events").json()
    assert "ä €" not in json.dumps(body, ensure_ascii=False)
    assert [each["event"]["message"] for each in body["data"] if each["event"]["eventType"] == "TEXT"] == [""]


def test_it_takes_the_same_number_of_queries_however_long(api, conversation, django_assert_num_queries):
    path = f"conversations/{conversation.pk}/events"
    api.get(path)
    for size in (1, 100):
        with django_assert_num_queries(5):  # the key, the conversation, the log
            api.get(f"{path}?size={size}")


@pytest.mark.parametrize(
    ("query", "error"),
    [
        ("after=-1", "after: Must be a whole number, 0 or more."),
        ("after=x", "after: Must be a whole number, 0 or more."),
        ("size=0", "size: Must be a whole number, 1 or more."),
    ],
)
def test_wrong_numbers_are_named(api, conversation, query, error):
    assert problem(api.get(f"conversations/{conversation.pk}/events?{query}")) == (400, invalid(error))


def test_a_number_far_beyond_the_end(api, conversation):
    body = api.get(f"conversations/{conversation.pk}/events?after=999999999999999").json()
    assert body == {"data": [], "after": 2**31 - 1, "more": False}
