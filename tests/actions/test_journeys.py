"""A conversation from its start to its wrap-up: what is written down, in which order."""

import pytest

from contactcenter_chat import events
from contactcenter_chat.actions import conversations, messages
from contactcenter_chat.actions.center import interactions, offers, transfers, wrapup
from contactcenter_chat.exceptions import AlreadyTaken, CodesRequired, Conflict, Invalid, NotFound
from contactcenter_chat.models import Agent, Conversation, Customer, Delivery, Interaction, Lane, Message, Offer
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def center():
    return factories.make_center()


def say(conversation, author_type, text, agent=None):
    return messages.add_message(conversation_id=conversation.pk, author_type=author_type, text=text, agent=agent)


def bodies(conversation):
    return [delivery.event_type for delivery in Delivery.objects.filter(conversation=conversation).order_by("number")]


def test_a_chat_from_start_to_wrap_up(center):
    agent = factories.make_agent(center.tenant, center.queue)
    conversation = factories.start_conversation(center.channel, history=["Hello, I am a bot."])
    interaction = factories.accepted(conversation)
    say(conversation, events.AGENT, "Good morning", agent)
    say(conversation, events.CUSTOMER, "Hi")
    interactions.end_interaction(interaction_id=interaction.pk, agent=agent)
    wrapup.finish(interaction_id=interaction.pk, agent=agent)

    assert factories.log_of(conversation) == [
        "conversation.started",
        "message.added",
        "conversation.activated",
        "interaction.queued",
        "interaction.offered",
        "agent.joined",
        "message.added",
        "message.added",
        "agent.left",
        "interaction.ended",
        "conversation.idled",
        "interaction.wrapped_up",
    ]
    assert bodies(conversation) == ["QUEUED", "AGENT_JOINED", "TEXT", "AGENT_LEFT"]
    conversation.refresh_from_db()
    interaction.refresh_from_db()
    agent.refresh_from_db()
    assert (conversation.state, conversation.open_interaction_id) == ("idle", None)
    assert (interaction.state, interaction.outcome, interaction.ended_by) == ("finished", "handled", "agent")
    assert interaction.first_reply_at is not None
    assert agent.load == 0
    assert Lane.objects.get().due_at is not None


def test_log_numbers_have_no_gap(center):
    conversation = factories.start_conversation(center.channel)
    for text in ("one", "two"):
        say(conversation, events.CUSTOMER, text)
    numbers = list(conversation.log.order_by("number").values_list("number", flat=True))
    assert numbers == [1, 2, 3, 4, 5]
    assert list(conversation.messages.values_list("number", "text")) == [(4, "one"), (5, "two")]


def test_a_transfer_is_told_in_the_order_of_the_wire(center):
    first = factories.make_agent(center.tenant, center.queue)
    other_queue = factories.make_queue(center.tenant, "Fees")
    second = factories.make_agent(center.tenant, other_queue)
    conversation = factories.start_conversation(center.channel)
    interaction = factories.accepted(conversation)
    transferred = transfers.transfer_to_queue(
        interaction_id=interaction.pk, agent=first, queue=other_queue, note="asks for a refund"
    )
    assert factories.accepted(conversation).agent == second
    assert bodies(conversation) == ["QUEUED", "AGENT_JOINED", "TRANSFER", "AGENT_LEFT", "QUEUED", "AGENT_JOINED"]
    interaction.refresh_from_db()
    transferred.refresh_from_db()
    assert (interaction.state, interaction.outcome) == ("wrap_up", "transferred")
    assert (transferred.state, transferred.priority) == ("handling", 5)
    assert (transferred.entered_at - transferred.rank_at).total_seconds() == 300


def test_a_transfer_to_an_agent_waits_for_that_agent(center):
    first = factories.make_agent(center.tenant, center.queue)
    conversation = factories.start_conversation(center.channel)
    interaction = factories.accepted(conversation)
    factories.make_agent(center.tenant, center.queue)
    specialist = factories.make_agent(center.tenant)
    transfers.transfer_to_agent(interaction_id=interaction.pk, agent=first, to_agent=specialist)
    assert factories.offer_of(conversation).agent == specialist


def test_a_transfer_to_an_agent_who_declines_comes_back_to_the_sender(center):
    first = factories.make_agent(center.tenant, center.queue)
    conversation = factories.start_conversation(center.channel)
    interaction = factories.accepted(conversation)
    factories.make_agent(center.tenant, center.queue)
    specialist = factories.make_agent(center.tenant)
    transfers.transfer_to_agent(interaction_id=interaction.pk, agent=first, to_agent=specialist)
    offers.decline_offer(offer_id=factories.offer_of(conversation).pk, agent=specialist)
    assert factories.offer_of(conversation).agent == first


def test_only_an_available_colleague_of_the_same_tenant_is_transferred_to(center):
    agent = factories.make_agent(center.tenant, center.queue)
    interaction = factories.accepted(factories.start_conversation(center.channel))
    away = factories.make_agent(center.tenant, center.queue, presence="offline")
    elsewhere = factories.make_agent(factories.make_tenant().tenant)
    with pytest.raises(Invalid):
        transfers.transfer_to_agent(interaction_id=interaction.pk, agent=agent, to_agent=away)
    with pytest.raises(Invalid):
        transfers.transfer_to_agent(interaction_id=interaction.pk, agent=agent, to_agent=agent)
    with pytest.raises(NotFound):
        transfers.transfer_to_agent(interaction_id=interaction.pk, agent=agent, to_agent=elsewhere)
    interaction.refresh_from_db()
    assert interaction.state == "handling"


def test_the_customer_leaves_before_anybody_answers(center):
    conversation = factories.start_conversation(center.channel)
    conversations.leave_as_customer(conversation_id=conversation.pk)
    interaction = Interaction.objects.get()
    assert (interaction.state, interaction.outcome, interaction.ended_by) == (
        "finished",
        "short_abandoned",
        "customer",
    )
    assert list(interaction.codes.values_list("short_code", flat=True)) == ["system:abandoned"]
    assert bodies(conversation) == ["QUEUED"]


def test_the_customer_leaves_while_it_rings(center):
    agent = factories.make_agent(center.tenant, center.queue)
    conversation = factories.start_conversation(center.channel)
    offer = factories.offer_of(conversation)
    conversations.leave_as_customer(conversation_id=conversation.pk)
    offer.refresh_from_db()
    agent.refresh_from_db()
    assert (offer.state, offer.reason) == ("withdrawn", "customer_left")
    assert (agent.load, agent.first_in_line) == (0, True)
    with pytest.raises(Conflict):
        offers.accept_offer(offer_id=offer.pk, agent=agent)


def test_the_customer_leaves_a_chat_and_the_agent_wraps_up(center):
    agent = factories.make_agent(center.tenant, center.queue)
    conversation = factories.start_conversation(center.channel)
    interaction = factories.accepted(conversation)
    conversations.leave_as_customer(conversation_id=conversation.pk)
    conversations.leave_as_customer(conversation_id=conversation.pk)
    interaction.refresh_from_db()
    agent.refresh_from_db()
    assert (interaction.state, interaction.ended_by, agent.load) == ("wrap_up", "customer", 1)
    assert bodies(conversation) == ["QUEUED", "AGENT_JOINED", "AGENT_LEFT"]
    assert factories.log_of(conversation).count("customer.left") == 1


def test_a_message_after_the_end_opens_a_new_interaction_in_the_last_queue(center):
    agent = factories.make_agent(center.tenant, center.queue)
    fees = factories.make_queue(center.tenant, "Fees")
    second = factories.make_agent(center.tenant, fees)
    conversation = factories.start_conversation(center.channel)
    interaction = factories.accepted(conversation)
    transfers.transfer_to_queue(interaction_id=interaction.pk, agent=agent, queue=fees)
    interaction = factories.accepted(conversation)
    interactions.end_interaction(interaction_id=interaction.pk, agent=second)
    wrapup.finish(interaction_id=interaction.pk, agent=second)
    message = say(conversation, events.CUSTOMER, "One more thing")
    reopened = Interaction.objects.get(state="waiting")
    assert message.interaction == reopened
    assert (reopened.queue, reopened.target_agent) == (fees, second)
    assert Conversation.objects.get(pk=conversation.pk).state == "active"


def test_a_bots_message_opens_nothing(center):
    conversation = factories.start_conversation(center.channel)
    conversations.leave_as_customer(conversation_id=conversation.pk)
    say(conversation, events.BOT, "Anything else?")
    assert not Interaction.objects.exclude(state="finished").exists()


def test_an_agent_who_does_not_have_the_chat_cannot_speak(center):
    factories.make_agent(center.tenant, center.queue)
    conversation = factories.start_conversation(center.channel)
    factories.accepted(conversation)
    other = factories.make_agent(center.tenant, center.queue)
    with pytest.raises(Conflict):
        say(conversation, events.AGENT, "Hello", other)
    assert not Message.objects.exists()


def test_a_repeated_client_id_is_one_message(center):
    conversation = factories.start_conversation(center.channel)
    arguments = {"conversation_id": conversation.pk, "author_type": events.CUSTOMER, "client_id": "c-1"}
    first = messages.add_message(text="Hi", **arguments)
    assert messages.add_message(text="Hi", **arguments) == first
    assert Message.objects.count() == 1


@pytest.mark.parametrize("text", ["", "  \n", "a" * 16_001, "nul \x00"])
def test_what_is_no_message_is_refused(center, text):
    conversation = factories.start_conversation(center.channel)
    with pytest.raises(Invalid):
        say(conversation, events.CUSTOMER, text)
    assert not Message.objects.exists()


def test_accepting_twice_is_once_and_another_agent_is_told_who_has_it(center):
    agent = factories.make_agent(center.tenant, center.queue)
    conversation = factories.start_conversation(center.channel)
    offer = factories.offer_of(conversation)
    other = factories.make_agent(center.tenant, center.queue, first_name="Alan", last_name="Turing")
    for _ in range(2):
        assert offers.accept_offer(offer_id=offer.pk, agent=agent).agent == agent
    with pytest.raises(AlreadyTaken, match="Ada Lovelace has this chat"):
        offers.accept_offer(offer_id=offer.pk, agent=other)
    assert factories.log_of(conversation).count("agent.joined") == 1


def test_an_offer_of_another_tenant_does_not_exist(center):
    factories.make_agent(center.tenant, center.queue)
    offer = factories.offer_of(factories.start_conversation(center.channel))
    stranger = factories.make_agent(factories.make_tenant().tenant)
    with pytest.raises(NotFound):
        offers.accept_offer(offer_id=offer.pk, agent=stranger)


def test_a_required_list_blocks_finish_but_not_the_end():
    center = factories.make_center(wrap_up_mode="required")
    agent = factories.make_agent(center.tenant, center.queue)
    code, _ = factories.make_codes(center.tenant, "Fees", "Other", required=True)
    conversation = factories.start_conversation(center.channel)
    interaction = factories.accepted(conversation)
    conversations.leave_as_customer(conversation_id=conversation.pk)
    with pytest.raises(CodesRequired, match="Reason"):
        wrapup.finish(interaction_id=interaction.pk, agent=agent)
    assert Agent.objects.get().load == 1
    wrapup.finish(interaction_id=interaction.pk, agent=agent, code_ids=[code.pk])
    assert list(interaction.codes.values_list("code", "short_code", "label")) == [(code.pk, "fees", "Fees")]
    assert Agent.objects.get().load == 0


def test_codes_keep_the_path_and_label_they_had(center):
    agent = factories.make_agent(center.tenant, center.queue)
    heading, leaf = factories.make_codes(center.tenant, "Enrolment", "Fees")
    leaf.parent = heading
    leaf.save()
    interaction = factories.accepted(factories.start_conversation(center.channel))
    wrapup.choose_codes(interaction_id=interaction.pk, agent=agent, code_ids=[leaf.pk])
    leaf.label = "Tuition"
    leaf.save()
    assert interaction.codes.get().label == "Enrolment / Fees"
    with pytest.raises(Invalid):
        wrapup.choose_codes(interaction_id=interaction.pk, agent=agent, code_ids=[heading.pk])


def test_one_code_of_a_single_choice_list(center):
    agent = factories.make_agent(center.tenant, center.queue)
    single = factories.make_codes(center.tenant, "A", "B")
    several = factories.make_codes(center.tenant, "C", "D", name="Topics", selection="multiple")
    interaction = factories.accepted(factories.start_conversation(center.channel))
    with pytest.raises(Invalid, match="Choose one code of Reason"):
        wrapup.choose_codes(interaction_id=interaction.pk, agent=agent, code_ids=[code.pk for code in single])
    chosen = [single[0].pk, several[0].pk, several[1].pk]
    wrapup.choose_codes(interaction_id=interaction.pk, agent=agent, code_ids=chosen)
    assert set(interaction.codes.values_list("code", flat=True)) == set(chosen)


def test_codes_of_another_tenant_and_retired_ones_cannot_be_chosen(center):
    agent = factories.make_agent(center.tenant, center.queue)
    (foreign,) = factories.make_codes(factories.make_tenant().tenant, "X")
    (retired,) = factories.make_codes(center.tenant, "Y", name="Old")
    retired.retired_at = retired.list.tenant.created_at
    retired.save()
    interaction = factories.accepted(factories.start_conversation(center.channel))
    for code in (foreign, retired):
        with pytest.raises(Invalid):
            wrapup.choose_codes(interaction_id=interaction.pk, agent=agent, code_ids=[code.pk])


def test_one_person_is_one_row(center):
    factories.start_conversation(center.channel, customerId="s-1", name="Grace")
    factories.start_conversation(center.channel, customerId="s-1", name="Grace Hopper")
    assert Customer.objects.get().name == "Grace Hopper"
    factories.start_conversation(center.channel, email="g@example.org", emailVerified="true")
    factories.start_conversation(center.channel, email="G@example.org ", emailVerified="true")
    assert Customer.objects.count() == 2
    factories.start_conversation(center.channel, email="g@example.org")
    assert Customer.objects.count() == 3


def test_an_erased_conversation_says_nothing_any_more(center):
    factories.make_agent(center.tenant, center.queue)
    conversation = factories.start_conversation(center.channel, history=["secret"], email="g@example.org")
    interaction = factories.accepted(conversation)
    say(conversation, events.AGENT, "secret", interaction.agent)
    conversations.erase_conversation(conversation_id=conversation.pk)
    assert not Message.objects.exclude(text="").exists()
    assert not Delivery.objects.exclude(body="").exists()
    assert not Delivery.objects.filter(state="pending").exists()
    conversation.refresh_from_db()
    assert conversation.data == {}
    assert factories.log_of(conversation)[-1] == "conversation.erased"
    with pytest.raises(NotFound):
        say(conversation, events.CUSTOMER, "Hello?")


def test_a_conversation_has_one_open_interaction(center):
    factories.start_conversation(center.channel)
    assert Interaction.objects.filter(state="waiting").count() == 1
    assert Offer.objects.count() == 0
