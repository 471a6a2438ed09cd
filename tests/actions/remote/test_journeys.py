"""A customer here, an agent there: what each does arrives at the other, once and in order."""

import pytest

from contactcenter_chat.actions import conversations, messages
from contactcenter_chat.actions.center import interactions, offers, presence, transfers
from contactcenter_chat.events import AGENT, CUSTOMER
from contactcenter_chat.models import Conversation, Interaction, Message
from contactcenter_chat.queries.transcripts import transcripts_of
from tests.factories import log_of, offer_of

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.parametrize("wire", ["v2.0", "Chat Gateway v1.0"]),  # of both sides
]

GREETING = "Hello, I am the college's assistant."
QUESTION = "When does the course begin? 🎓 متى تبدأ الدورة؟"


def start(here):
    conversation = conversations.start_conversation(
        channel=here.channel, data={"name": "Grace", "topic": "Course"}, history=[("bot", GREETING)]
    )
    say(conversation, QUESTION)
    return conversation


def say(conversation, text):
    return messages.add_message(conversation_id=conversation.pk, author_type=CUSTOMER, text=text)


def remote_of(conversation):
    conversation.refresh_from_db()
    return Conversation.objects.get(pk=conversation.remote_id)


def accept(conversation):
    offer = offer_of(remote_of(conversation))
    return offers.accept_offer(offer_id=offer.pk, agent=offer.agent)


def answer(interaction, text):
    messages.add_message(
        conversation_id=interaction.conversation_id, author_type=AGENT, agent=interaction.agent, text=text
    )


def said(conversation):
    """Who said what, in the transcript's order. Only one of the wires tells the agents' names."""
    (transcript,) = transcripts_of(
        [Conversation.objects.select_related("channel", "customer").get(pk=conversation.pk)]
    )
    return [(line.speaker, line.text) for line in transcript.lines if line.speaker]


def happened(conversation):
    (transcript,) = transcripts_of(
        [Conversation.objects.select_related("channel", "customer").get(pk=conversation.pk)]
    )
    return [line.entry.kind for line in transcript.lines]


def name_of(agent, wire):
    return str(agent) if wire == "v2.0" else agent.pk


def test_a_talk(here, there, run, wire):
    conversation = start(here)
    assert Conversation.objects.count() == 1
    run()
    interaction = accept(conversation)
    answer(interaction, "In October.\nمرحبا 👋")
    run()
    say(conversation, "Thank you!")
    run()
    interactions.end_interaction(interaction_id=interaction.pk, agent=interaction.agent)
    run()

    assert (
        said(conversation)
        == said(remote_of(conversation))
        == [
            ("bot", GREETING),
            ("user", QUESTION),
            ("agent", "In October.\nمرحبا 👋"),
            ("user", "Thank you!"),
        ]
    )
    assert happened(conversation) == [
        "conversation.started",
        "message.added",
        "message.added",
        "interaction.queued",
        "agent.joined",
        "message.added",
        "message.added",
        "agent.left",
    ]
    remote = remote_of(conversation)
    assert {**remote.data, "contactCenterReference": ""} == {
        "name": "Grace",
        "topic": "Course",
        "contactCenterReference": "",
    }
    conversation.refresh_from_db()
    assert (conversation.state, conversation.open_interaction) == ("idle", None)
    (episode,) = Interaction.objects.filter(conversation=conversation)
    assert (episode.is_remote, episode.state, episode.outcome, episode.ended_by, episode.remote_agent) == (
        True,
        "finished",
        "handled",
        "agent",
        name_of(there.ada, wire),
    )
    states = (
        Message.objects.filter(conversation=conversation).order_by("number").values_list("delivery_state", flat=True)
    )
    assert list(states) == ["", "sent", "", "sent"]
    assert "interaction.ended" in log_of(conversation)
    assert log_of(conversation).count("conversation.idled") == 1


def test_a_transfer_and_a_conversation_that_opens_again(here, there, run, wire):
    conversation = start(here)
    run()
    first = accept(conversation)
    presence.set_presence(agent_id=there.alan.pk, presence="available")
    there.alan.refresh_from_db()
    transfers.transfer_to_agent(interaction_id=first.pk, agent=first.agent, to_agent=there.alan)
    run()
    second = accept(conversation)
    answer(second, "I am Alan.")
    run()
    assert said(conversation) == said(remote_of(conversation))
    assert happened(conversation)[3:] == [
        "interaction.queued",
        "agent.joined",
        "interaction.transferred",
        "agent.left",
        "interaction.queued",
        "agent.joined",
        "message.added",
    ]
    conversations.leave_as_customer(conversation_id=conversation.pk)
    conversation.refresh_from_db()
    assert conversation.state == "idle"
    run()
    assert remote_of(conversation).state == "idle"
    assert list(
        Interaction.objects.filter(conversation=conversation)
        .order_by("entered_at")
        .values_list("outcome", "ended_by", "remote_agent")
    ) == [("transferred", "agent", name_of(there.ada, wire)), ("handled", "customer", name_of(there.alan, wire))]

    say(conversation, "One more thing")
    conversation.refresh_from_db()
    assert conversation.state == "active"
    run()
    accept(conversation)
    run()
    assert said(conversation) == said(remote_of(conversation))
    assert Interaction.objects.filter(conversation=conversation).count() == 3
    conversation.refresh_from_db()
    assert conversation.open_interaction.state == "handling"


def test_a_customer_who_does_not_wait(here, run):
    conversation = start(here)
    run()
    conversations.leave_as_customer(conversation_id=conversation.pk)
    run()
    assert remote_of(conversation).state == "idle"
    (episode,) = Interaction.objects.filter(conversation=conversation)
    assert (episode.state, episode.outcome, episode.ended_by) == ("finished", "short_abandoned", "customer")
    conversations.leave_as_customer(conversation_id=conversation.pk)
    assert log_of(conversation).count("customer.left") == 1


def test_a_customer_who_leaves_before_the_centre_has_heard_of_it(here, run):
    conversation = start(here)
    conversations.leave_as_customer(conversation_id=conversation.pk)
    conversation.refresh_from_db()
    assert conversation.state == "idle"
    assert log_of(conversation)[-2:] == ["customer.left", "conversation.idled"]
    run()
    assert remote_of(conversation).state == "idle"
    assert (conversation.state, conversation.open_interaction) == ("idle", None)
    say(conversation, "One more thing")
    run()
    assert remote_of(conversation).state == "active"
    assert conversation.open_interaction.state == "waiting"


@pytest.mark.parametrize("lost", ["conversations", "messages", "leaving"])
def test_an_answer_that_is_lost_makes_nothing_twice(lost, here, network, run):
    ends = {"leaving": ("/customer", "/user")}.get(lost, f"/{lost}")
    failures = iter([True])
    network.lose = lambda method, path: method != "GET" and path.endswith(ends) and next(failures, False)
    conversation = start(here)
    run()
    interaction = accept(conversation)
    answer(interaction, "In October.")
    run()
    say(conversation, "Thanks")
    conversations.leave_as_customer(conversation_id=conversation.pk)
    run()
    assert next(failures, None) is None
    assert Conversation.objects.count() == 2
    assert said(conversation) == said(remote_of(conversation))
    assert [text for _speaker, text in said(conversation)] == [GREETING, QUESTION, "In October.", "Thanks"]


@pytest.mark.parametrize("lost", ["conversations", "messages"])
def test_a_centre_that_knows_no_idempotency_keys_is_asked_what_arrived(lost, here, network, run, monkeypatch):
    here.options["idempotency_keys"] = False
    monkeypatch.setattr("contactcenter_chat.api.idempotency.HEADER", "X-Not-Known")
    failures = iter([True])
    network.lose = lambda method, path: method == "POST" and path.endswith(lost) and next(failures, False)
    conversation = start(here)
    say(conversation, QUESTION)
    run()
    say(conversation, QUESTION)
    run()
    assert next(failures, None) is None
    assert Conversation.objects.count() == 2
    assert [text for _speaker, text in said(remote_of(conversation))] == [GREETING, QUESTION, QUESTION, QUESTION]
