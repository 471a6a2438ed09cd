"""How a conversation begins, changes and goes."""

import pytest

from contactcenter_chat import events
from contactcenter_chat.actions import conversations, messages
from contactcenter_chat.actions.bots.after_agent import assign_post_agent
from contactcenter_chat.actions.center import interactions, transfers
from contactcenter_chat.actions.setup.channels import create_channel
from contactcenter_chat.events import QUICK_REPLIES
from contactcenter_chat.exceptions import Conflict, Invalid, NotFound
from contactcenter_chat.models import (
    Card,
    Conversation,
    Customer,
    Delivery,
    InboundCallback,
    Interaction,
    Lane,
    LogEntry,
    Message,
    Participant,
    PostAgentAssignment,
)
from tests import factories
from tests.facts import facts, fresh, nothing_written, owed, refused

BOTS = {"BOTS": ("guide",), "LIVE_HINTS": False}
STANDS = ("state", "open_interaction_id", "last_queue_id", "last_number", "script")


def start(channel, **options):
    return conversations.start_conversation(channel=channel, **{"data": {"name": "Grace"}, **options})


def update(conversation, **changes):
    return conversations.update_conversation(conversation_id=conversation.pk, **changes)


@pytest.fixture
def fees(center):
    return factories.make_queue(center.tenant, "Fees")


@pytest.fixture
def bots(settings):
    settings.CONTACTCENTER_CHAT = BOTS


@pytest.fixture
def guided(bots, center):
    """A conversation that a bot has; its log ends with 2, ``conversation.assigned``."""
    return start(center.channel, script="guide")


# Started


def test_started_it_waits_in_the_channels_queue(center):
    conversation = start(center.channel, data={"name": "Grace", "language": "de", "topic": "Fees"})
    waiting = Interaction.objects.get()
    assert facts(conversation) == [
        (1, "conversation.started", None, {"channel_id": center.channel.pk, "customer_id": conversation.customer_id}),
        (2, "conversation.activated", waiting.pk, {}),
        (3, "interaction.queued", waiting.pk, {"queue_id": center.queue.pk, "queue_name": center.queue.name}),
    ]
    assert owed(conversation, center.webhook) == [(3, "QUEUED")]
    assert fresh(conversation, *STANDS) == ("active", waiting.pk, center.queue.pk, 3, "")
    assert fresh(conversation, "tenant_id", "channel_id", "language", "data", "is_remote", "erased_at") == (
        center.tenant.pk,
        center.channel.pk,
        "de",
        {"name": "Grace", "language": "de", "topic": "Fees"},
        False,
        None,
    )
    assert Customer.objects.get().name == "Grace"
    assert list(Participant.objects.values_list("type", "left_at")) == [("user", None)]
    assert Lane.objects.get().due_at is not None


def test_a_person_who_is_known_starts_another_one(center):
    first, second = (start(center.channel, data={"customerId": "s-1"}) for _ in range(2))
    assert first.pk != second.pk
    assert first.customer == second.customer


def test_what_was_said_before_comes_first(center):
    conversation = start(center.channel, history=[(events.BOT, "Hello"), (events.CUSTOMER, "Hi"), (events.BOT, "?")])
    assert factories.log_of(conversation) == [
        "conversation.started",
        *["message.added"] * 3,
        "conversation.activated",
        "interaction.queued",
    ]
    said = Message.objects.order_by("number").values_list("number", "author_type", "text", "history", "interaction")
    assert list(said) == [
        (2, "bot", "Hello", True, None),
        (3, "user", "Hi", True, None),
        (4, "bot", "?", True, None),
    ]
    assert set(Participant.objects.values_list("type", flat=True)) == {"user", "bot"}
    assert Participant.objects.count() == 2
    assert owed(conversation, center.webhook) == [(6, "QUEUED")]
    assert conversation.log.get(number=3).data["history"] is True
    assert fresh(conversation, "last_word_by") == ("",)  # it is nobody's turn yet


def test_it_may_wait_in_another_queue(center, fees):
    conversation = start(center.channel, queue=fees)
    assert Interaction.objects.get().queue == fees
    assert fresh(conversation, "last_queue_id") == (fees.pk,)


def test_a_bot_may_have_it(center, guided):
    assert facts(guided, after=1) == [(2, "conversation.assigned", None, {"to": "script", "id": "guide"})]
    assert fresh(guided, *STANDS) == ("active", None, None, 2, "guide")
    assert not Interaction.objects.exists()


def test_workers_are_woken(center, woken):
    assert woken(start, center.channel) == [("wake_delivery",), ("wake_routing", center.queue.pk)]


@pytest.mark.parametrize(
    ("options", "field", "code"),
    [
        ({"data": dict.fromkeys(map(str, range(41)), "x")}, "customer", "invalid_value"),
        ({"script": "nobody"}, "script", "invalid_script"),
        ({"history": [("bot", "x")] * 201}, "history", "invalid_value"),
    ],
)
def test_what_cannot_start(center, options, field, code):
    with refused(Invalid, field=field, code=code):
        start(center.channel, **options)


def test_there_may_be_thirty_keys_more_than_the_usual_ones(center):
    assert start(center.channel, data=dict.fromkeys(map(str, range(40)), "x"))


def test_nothing_starts_in_a_foreign_queue(center):
    foreign = factories.make_center().queue
    with refused(Invalid, field="queue", value=foreign.pk, code="invalid_queue"):
        start(center.channel, queue=foreign)


@pytest.mark.parametrize("assignment", ["queue", "script"])
def test_a_remote_centre_assigns_by_itself(settings, center, fees, assignment):
    backend = "contactcenter_chat.providers.chat_api_v2.ChatApi"
    providers = {"vendor": {"BACKEND": backend, "OPTIONS": {"base_url": "http://127.0.0.1:9"}}}
    settings.CONTACTCENTER_CHAT = {**BOTS, "PROVIDERS": providers}
    channel = create_channel(
        tenant=center.tenant, name="Remote", webhook=center.webhook, queue=center.queue, provider="vendor"
    )
    with refused(Invalid, field="assignment"):
        start(channel, **{assignment: {"queue": fees, "script": "guide"}[assignment]})


# Changed


def test_what_is_known_of_the_customer_is_replaced(center, conversation):
    changed = update(conversation, data={"name": "Grace H.", "language": "de", "topic": "Fees"})
    assert facts(conversation, after=3) == [
        (4, "conversation.updated", None, {"changed": ["language", "name", "topic"]})
    ]
    assert owed(conversation, center.webhook, after=3) == []
    assert fresh(conversation, "data", "language") == ({"name": "Grace H.", "language": "de", "topic": "Fees"}, "de")
    assert changed.data["topic"] == "Fees"


def test_what_is_not_given_goes(conversation):
    update(conversation, data={"topic": "Fees"})
    assert fresh(conversation, "data") == ({"topic": "Fees"},)
    assert facts(conversation, after=3) == [(4, "conversation.updated", None, {"changed": ["name", "topic"]})]


def test_merged_it_stays_but_for_what_is_dropped(conversation):
    update(conversation, data={"topic": "Fees", "term": "1"})
    update(conversation, data={"term": "2"}, merge=True, dropped=["topic", "unknown"])
    assert fresh(conversation, "data") == ({"term": "2"},)
    update(conversation, data={"name": "Grace"}, merge=True)
    assert fresh(conversation, "data") == ({"term": "2", "name": "Grace"},)


def test_the_same_data_again_change_nothing(conversation):
    with nothing_written():
        update(conversation, data={"name": "Grace"})
        update(conversation, data={}, merge=True)
        update(conversation)


def test_of_the_customers_data_alone(conversation):
    changed = conversations.update_customer_data(conversation_id=conversation.pk, data={"topic": "Fees"})
    assert (changed.pk, fresh(conversation, "data")) == (conversation.pk, ({"topic": "Fees"},))


def test_to_another_queue(conversation, fees):
    update(conversation, queue=fees, data={"topic": "Fees"})
    assert factories.log_of(conversation)[3:] == ["conversation.updated", "interaction.queued"]
    assert fresh(conversation, "last_queue_id", "open_interaction_id") == (fees.pk, Interaction.objects.get().pk)


def test_what_cannot_change_may_be_named(center, guided):
    with nothing_written():
        update(guided, channel_id=center.channel.pk, script="guide")


@pytest.mark.parametrize(
    ("changes", "error", "attributes"),
    [
        ({"channel_id": "another"}, Invalid, {"field": "channel", "value": "another"}),
        ({"script": "guide"}, Conflict, {"code": "conflict"}),
        ({"script": "nobody"}, Invalid, {"field": "script", "code": "invalid_script"}),
        ({"data": dict.fromkeys(map(str, range(41)), "x")}, Invalid, {"field": "customer"}),
    ],
)
def test_what_cannot_change_changes_nothing_at_all(bots, conversation, changes, error, attributes):
    with refused(error, **attributes):
        update(conversation, **{"data": {"topic": "Fees"}, **changes})


def test_nothing_moves_to_a_foreign_queue(conversation):
    foreign = factories.make_center().queue
    with refused(Invalid, field="queue", value=foreign.pk, code="invalid_queue"):
        update(conversation, queue=foreign, data={"topic": "Fees"})
    with refused(Invalid, field="queue", value=foreign.pk, code="invalid_queue"):
        conversations.assign_to_queue(conversation_id=conversation.pk, queue=foreign)


def test_what_an_agent_has_is_not_moved(chat, fees):
    with refused(Conflict, code="conflict"):
        update(chat.conversation, queue=fees, data={"topic": "Fees"})


def test_what_a_remote_centre_has_is_not_moved(conversation, fees):
    Conversation.objects.update(is_remote=True)
    with refused(Conflict, code="conflict"):
        update(conversation, queue=fees)


def test_anothers_conversation_is_not_there(conversation, stranger):
    with refused(NotFound, resource_type="Conversation", resource_id=conversation.pk):
        update(conversation, tenant_id=stranger.tenant_id, data={})


# Handed over by a bot


def test_a_bot_hands_over_to_the_channels_queue(center, guided):
    conversation = conversations.assign_to_queue(conversation_id=guided.pk)
    waiting = Interaction.objects.get()
    assert facts(guided, after=2) == [
        (3, "interaction.queued", waiting.pk, {"queue_id": center.queue.pk, "queue_name": center.queue.name})
    ]
    assert owed(guided, center.webhook) == [(3, "QUEUED")]
    assert fresh(guided, *STANDS) == ("active", waiting.pk, center.queue.pk, 3, "")
    assert conversation.pk == guided.pk
    with nothing_written():
        conversations.assign_to_queue(conversation_id=guided.pk)


def test_or_to_another_one(guided, fees):
    conversations.assign_to_queue(conversation_id=guided.pk, queue=fees)
    assert Interaction.objects.get().queue == fees


# Left


def test_the_customer_leaves_once(conversation):
    conversations.leave_as_customer(conversation_id=conversation.pk)
    assert fresh(conversation, "state", "open_interaction_id") == ("idle", None)
    with nothing_written():
        conversations.leave_as_customer(conversation_id=conversation.pk)


# Erased


def test_what_was_said_and_who_said_it_is_gone(center, agent):
    conversation = start(center.channel, history=[(events.BOT, "secret")], data={"name": "Grace", "language": "de"})
    chat = factories.accepted(conversation)
    message = messages.add_message(
        conversation_id=conversation.pk,
        author_type=events.AGENT,
        agent=agent,
        text="secret",
        cards=[(QUICK_REPLIES, {"options": [{"title": "Yes", "data": "y"}]})],
    )
    Message.objects.filter(pk=message.pk).update(external_provider={"name": "mail", "externalMessageId": "7"})
    InboundCallback.objects.create(
        tenant=center.tenant, provider="vendor", event_id="e", conversation=conversation, body=b"secret"
    )
    other = messages.add_message(
        conversation_id=factories.start_conversation(center.channel).pk, author_type=events.CUSTOMER, text="Hi"
    )
    number = fresh(conversation, "last_number")[0]
    conversations.erase_conversation(conversation_id=conversation.pk)

    assert [kind for _number, kind, *_about in facts(conversation, after=number)] == [
        "agent.left",
        "interaction.ended",
        "conversation.idled",
        "interaction.wrapped_up",
        "conversation.erased",
    ]
    assert fresh(conversation, "data", "language", "state", "open_interaction_id") == ({}, "", "idle", None)
    assert fresh(conversation, "erased_at")[0] is not None
    assert set(conversation.messages.values_list("text", "external_provider")) == {("", None)}
    assert not Card.objects.exists()
    assert bytes(InboundCallback.objects.get().body) == b""
    assert set(conversation.deliveries.values_list("body", "state")) == {("", "dead")}
    assert conversation.lanes.get().due_at is None
    # That there was one stays, and what belongs to others.
    assert fresh(chat, "state", "outcome", "agent_id") == ("finished", "cancelled", agent.pk)
    assert conversation.messages.count() == 2
    assert fresh(other, "text") == ("Hi",)
    assert set(Delivery.objects.exclude(conversation=conversation).values_list("state", flat=True)) == {"pending"}


def test_what_was_delivered_counts_as_delivered(conversation):
    Delivery.objects.update(state="delivered")
    conversations.erase_conversation(conversation_id=conversation.pk)
    assert set(conversation.deliveries.values_list("body", "state")) == {("", "delivered")}


def test_notes_of_transfers_are_gone(agent, chat, fees):
    transfers.transfer_to_queue(interaction_id=chat.pk, agent=agent, queue=fees, note="asks for a refund")
    conversations.erase_conversation(conversation_id=chat.conversation_id)
    entry = LogEntry.objects.get(kind="interaction.transferred")
    assert entry.data == {"from_agent_id": agent.pk, "to_queue_id": fees.pk, "to_agent_id": "", "note": ""}


def test_a_bot_has_it_no_more(guided):
    conversations.erase_conversation(conversation_id=guided.pk)
    assert fresh(guided, "state", "script") == ("idle", "")
    assert factories.log_of(guided)[2:] == ["conversation.idled", "conversation.erased"]


@pytest.mark.parametrize("has_begun", [False, True])
def test_nor_does_the_bot_of_after_the_agent(center, agent, chat, has_begun):
    bot = factories.make_webhook(center.tenant, version="Chat Gateway v1.0")
    assign_post_agent(conversation_id=chat.conversation_id, webhook_id=bot.pk)
    if has_begun:
        interactions.end_interaction(interaction_id=chat.pk, agent=agent)
    conversations.erase_conversation(conversation_id=chat.conversation_id)
    assert not PostAgentAssignment.objects.exists()
    assert fresh(chat.conversation, "state") == ("idle",)


def test_erased_twice_is_once(conversation):
    conversations.erase_conversation(conversation_id=conversation.pk)
    with nothing_written():
        conversations.erase_conversation(conversation_id=conversation.pk)


def test_what_is_no_conversation(center):
    with refused(NotFound, resource_type="Conversation", resource_id="none"):
        conversations.erase_conversation(conversation_id="none")


@pytest.mark.parametrize(
    ("verb", "arguments"),
    [
        (conversations.update_conversation, {"data": {"name": "Grace"}}),
        (conversations.update_customer_data, {"data": {"name": "Grace"}}),
        (conversations.assign_to_queue, {}),
        (conversations.leave_as_customer, {}),
    ],
)
def test_what_was_erased_is_not_there(conversation, verb, arguments):
    conversations.erase_conversation(conversation_id=conversation.pk)
    with refused(NotFound, resource_type="Conversation", resource_id=conversation.pk):
        verb(conversation_id=conversation.pk, **arguments)
