"""How a chat passes on: to a queue, to a colleague, from a bot to agents."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from contactcenter_chat import signals
from contactcenter_chat.actions import conversations
from contactcenter_chat.actions.center import departments, interactions, offers, routing, timers, transfers
from contactcenter_chat.exceptions import Conflict, Invalid, NotFound
from contactcenter_chat.models import Channel, Conversation, Department, Interaction, Participant, Queue
from tests import factories
from tests.facts import facts, fresh, named, nothing_written, owed, refused

IDS = ("state", "queue_id", "agent_id", "target_agent_id", "return_to_agent_id", "priority")


@pytest.fixture
def fees(center):
    return factories.make_queue(center.tenant, "Fees")


def assign(conversation, queue):
    with transaction.atomic():
        transfers.assign_to_queue(Conversation.objects.lock(conversation.pk), queue)


def move(interaction, queue):
    with transaction.atomic():
        conversation, interaction = interactions.lock_interaction(interaction.pk)
        transfers.move_to_queue(conversation, interaction, queue)


# To a queue


def test_to_a_queue(center, agent, chat, fees):
    new = transfers.transfer_to_queue(interaction_id=chat.pk, agent=agent, queue=fees, note="asks for a refund")
    handed_on = {"from_agent_id": agent.pk, "to_queue_id": fees.pk, "to_agent_id": "", "note": "asks for a refund"}
    assert facts(chat.conversation, after=5) == [
        (6, "interaction.transferred", chat.pk, handed_on),
        (7, "agent.left", chat.pk, named(agent)),
        (8, "interaction.ended", chat.pk, {"outcome": "transferred", "ended_by": "agent"}),
        (9, "interaction.queued", new.pk, {"queue_id": fees.pk, "queue_name": "Fees"}),
    ]
    assert owed(chat.conversation, center.webhook, after=5) == [(6, "TRANSFER"), (7, "AGENT_LEFT"), (9, "QUEUED")]
    assert fresh(chat, "state", "outcome", "ended_by", "agent_id") == ("wrap_up", "transferred", "agent", agent.pk)
    assert fresh(new, *IDS) == ("waiting", fees.pk, None, None, None, 5)
    assert (new.due_at - new.entered_at).total_seconds() == 60 - 300  # due five minutes earlier than others
    shown = fresh(chat.conversation, "state", "open_interaction_id", "last_queue_id", "last_agent_id", "last_number")
    assert shown == ("active", new.pk, fees.pk, agent.pk, 9)
    assert fresh(agent, "load") == (3,)  # for as long as it is wrapped up
    assert Participant.objects.get(agent=agent).left_at is not None


def test_what_the_bot_said_goes_along(center, agent, chat, fees):
    brief = {"summary": "Wants a refund", "bot": "faq", "reason": "asked"}
    Interaction.objects.update(brief=brief)
    new = transfers.transfer_to_queue(interaction_id=chat.pk, agent=agent, queue=fees, note="over 500")
    assert fresh(new, "brief") == ({**brief, "passed_on": {"by": str(agent), "note": "over 500"}},)
    assert fresh(chat, "brief") == (brief,)
    other = factories.make_agent(center.tenant, fees, first_name="Tom", last_name="Whitfield")
    assert factories.accepted(new.conversation).agent == other
    last = transfers.transfer_to_queue(interaction_id=new.pk, agent=other, queue=center.queue)
    assert fresh(last, "brief") == ({**brief, "passed_on": {"by": "Tom Whitfield", "note": ""}},)
    conversations.erase_conversation(conversation_id=chat.conversation_id)
    assert set(Interaction.objects.values_list("brief__summary", flat=True)) == {None}


def test_where_no_bot_has_said_anything_nothing_goes_along(agent, chat, fees):
    new = transfers.transfer_to_queue(interaction_id=chat.pk, agent=agent, queue=fees, note="asks for a refund")
    assert fresh(new, "brief") == ({},)


def test_without_wrap_up_the_sender_is_free(center, agent, chat, fees):
    center.queue.wrap_up_mode = "none"
    center.queue.save()
    transfers.transfer_to_queue(interaction_id=chat.pk, agent=agent, queue=fees)
    assert fresh(chat, "state") == ("finished",)
    assert fresh(agent, "load") == (0,)


def test_each_transfer_counts_five_more_minutes(center, agent, chat, fees):
    second = factories.make_agent(center.tenant, fees)
    transfers.transfer_to_queue(interaction_id=chat.pk, agent=agent, queue=fees)
    first_time = factories.accepted(chat.conversation)
    assert (first_time.agent, first_time.priority) == (second, 5)
    again = transfers.transfer_to_queue(interaction_id=first_time.pk, agent=second, queue=center.queue)
    assert again.priority == 10


def test_a_queue_is_woken(agent, chat, fees, woken):
    transferred = woken(transfers.transfer_to_queue, interaction_id=chat.pk, agent=agent, queue=fees)
    assert ("wake_routing", fees.pk) in transferred
    assert ("wake_delivery",) in transferred


def test_the_receiver_is_told_in_the_order_of_the_wire(center, agent, chat, fees):
    second = factories.make_agent(center.tenant, fees)
    transfers.transfer_to_queue(interaction_id=chat.pk, agent=agent, queue=fees)
    assert factories.accepted(chat.conversation).agent == second
    told = [event for _number, event in owed(chat.conversation, center.webhook)]
    assert told == ["QUEUED", "AGENT_JOINED", "TRANSFER", "AGENT_LEFT", "QUEUED", "AGENT_JOINED"]


def test_a_foreign_queue_is_not_there(agent, chat):
    foreign = factories.make_center().queue
    with refused(NotFound, resource_type="Queue", resource_id=foreign.pk):
        transfers.transfer_to_queue(interaction_id=chat.pk, agent=agent, queue=foreign)


# To a colleague


def test_to_a_colleague(center, agent, chat, colleague):
    new = transfers.transfer_to_agent(interaction_id=chat.pk, agent=agent, to_agent=colleague, note="knows fees")
    handed_on = {
        "from_agent_id": agent.pk,
        "to_queue_id": center.queue.pk,
        "to_agent_id": colleague.pk,
        "note": "knows fees",
    }
    assert facts(chat.conversation, after=5) == [
        (6, "interaction.transferred", chat.pk, handed_on),
        (7, "agent.left", chat.pk, named(agent)),
        (8, "interaction.ended", chat.pk, {"outcome": "transferred", "ended_by": "agent"}),
        (9, "interaction.queued", new.pk, {"queue_id": center.queue.pk, "queue_name": center.queue.name}),
    ]
    assert fresh(new, *IDS) == ("waiting", center.queue.pk, None, colleague.pk, agent.pk, 5)
    assert (new.target_until - new.entered_at).total_seconds() == pytest.approx(60, abs=1)
    assert fresh(chat.conversation, "state", "open_interaction_id") == ("active", new.pk)


def test_it_waits_for_that_agent_who_need_not_be_of_the_queue(center, agent, chat, colleague):
    specialist = factories.make_agent(center.tenant)
    transfers.transfer_to_agent(interaction_id=chat.pk, agent=agent, to_agent=specialist)
    assert factories.offer_of(chat.conversation).agent == specialist


def test_it_comes_back_to_the_sender_when_it_is_declined(center, agent, chat, colleague):
    specialist = factories.make_agent(center.tenant)
    new = transfers.transfer_to_agent(interaction_id=chat.pk, agent=agent, to_agent=specialist)
    offers.decline_offer(offer_id=factories.offer_of(chat.conversation).pk, agent=specialist)
    assert fresh(new, *IDS) == ("waiting", center.queue.pk, None, agent.pk, None, 5)
    assert factories.offer_of(chat.conversation).agent == agent


def test_it_goes_to_the_queue_when_the_sender_is_away(center, agent, chat, colleague):
    specialist = factories.make_agent(center.tenant)
    new = transfers.transfer_to_agent(interaction_id=chat.pk, agent=agent, to_agent=specialist)
    offer = factories.offer_of(chat.conversation)
    type(agent).objects.filter(pk=agent.pk).update(presence="on_break")
    offers.decline_offer(offer_id=offer.pk, agent=specialist)
    assert fresh(new, *IDS) == ("waiting", center.queue.pk, None, None, None, 5)
    assert factories.offer_of(chat.conversation).agent == colleague


@pytest.mark.parametrize("presence", ["offline", "on_break", "work_offline", "draining"])
def test_a_colleague_must_be_available(center, agent, chat, presence):
    away = factories.make_agent(center.tenant, center.queue)
    type(away).objects.filter(pk=away.pk).update(presence=presence)
    away.refresh_from_db()
    with refused(Invalid, field="to_agent"):
        transfers.transfer_to_agent(interaction_id=chat.pk, agent=agent, to_agent=away)


def test_nobody_hands_on_to_themselves(agent, chat):
    with refused(Invalid, field="to_agent", message="You have this chat already."):
        transfers.transfer_to_agent(interaction_id=chat.pk, agent=agent, to_agent=agent)


def test_a_foreign_colleague_is_not_there(agent, chat, stranger):
    with refused(NotFound, resource_type="Agent", resource_id=stranger.pk):
        transfers.transfer_to_agent(interaction_id=chat.pk, agent=agent, to_agent=stranger)


# By whom


def to_queue(interaction, agent):
    transfers.transfer_to_queue(interaction_id=interaction.pk, agent=agent, queue=factories.make_queue(agent.tenant))


def to_colleague(interaction, agent):
    to_agent = factories.make_agent(agent.tenant)
    transfers.transfer_to_agent(interaction_id=interaction.pk, agent=agent, to_agent=to_agent)


both = pytest.mark.parametrize("hand_on", [to_queue, to_colleague])


@both
def test_only_who_has_the_chat_hands_it_on(chat, colleague, hand_on):
    with pytest.raises(Conflict):
        hand_on(chat, colleague)
    assert facts(chat.conversation, after=5) == []
    assert fresh(chat, "state") == ("handling",)


@both
def test_it_is_handed_on_once(agent, chat, hand_on):
    hand_on(chat, agent)
    assert chat.conversation.log.get(kind="interaction.transferred").data["note"] == ""
    number = fresh(chat.conversation, "last_number")[0]
    with pytest.raises(Conflict):
        hand_on(chat, agent)
    assert facts(chat.conversation, after=number) == []
    assert Interaction.objects.count() == 2


@both
def test_an_agent_of_another_tenant_finds_no_such_chat(chat, stranger, hand_on):
    with pytest.raises(NotFound) as caught:
        hand_on(chat, stranger)
    assert (caught.value.resource_type, caught.value.resource_id) == ("Interaction", chat.pk)
    assert facts(chat.conversation, after=5) == []


@both
def test_what_was_erased_is_not_handed_on(agent, chat, hand_on):
    conversations.erase_conversation(conversation_id=chat.conversation_id)
    with pytest.raises(Conflict):
        hand_on(chat, agent)
    assert Interaction.objects.count() == 1


# To another queue, without an agent


def test_what_waits_moves_with_its_age(center, conversation, fees):
    waiting = Interaction.objects.get()
    move(waiting, fees)
    assert facts(conversation, after=3) == [
        (4, "interaction.queued", waiting.pk, {"queue_id": fees.pk, "queue_name": "Fees"})
    ]
    assert owed(conversation, center.webhook, after=3) == [(4, "QUEUED")]
    assert fresh(waiting, *IDS) == ("waiting", fees.pk, None, None, None, 0)
    assert fresh(waiting, "entered_at", "due_at") == (waiting.entered_at, waiting.due_at)
    assert fresh(conversation, "state", "open_interaction_id", "last_queue_id") == ("active", waiting.pk, fees.pk)


def test_what_rings_moves_and_rings_no_more(agent, conversation, fees):
    offer = factories.offer_of(conversation)
    move(offer.interaction, fees)
    ended = {"offer_id": offer.pk, "agent_id": agent.pk, "state": "withdrawn", "reason": "assigned"}
    assert facts(conversation, after=4) == [
        (5, "offer.ended", offer.interaction_id, ended),
        (6, "interaction.queued", offer.interaction_id, {"queue_id": fees.pk, "queue_name": "Fees"}),
    ]
    assert fresh(offer, "state", "reason") == ("withdrawn", "assigned")
    assert fresh(agent, "load", "first_in_line") == (0, False)
    assert routing.route_queue(fees.pk) == 0  # where nobody answers


def test_what_was_kept_for_somebody_is_for_anybody_there(agent, chat, colleague, fees):
    kept = transfers.transfer_to_agent(interaction_id=chat.pk, agent=agent, to_agent=colleague)
    Interaction.objects.filter(pk=kept.pk).update(ask_round=2, ask_again_at=kept.entered_at)
    move(kept, fees)
    assert fresh(kept, *IDS) == ("waiting", fees.pk, None, None, None, 5)
    assert fresh(kept, "target_until", "ask_round", "ask_again_at") == (None, 0, None)


def test_the_queue_it_moves_to_is_woken(conversation, fees, woken):
    assert ("wake_routing", fees.pk) in woken(move, Interaction.objects.get(), fees)


# Assigned to a queue: what becomes of it depends on who has it


def test_assigned_where_it_waits_nothing_changes(center, conversation):
    with nothing_written():
        assign(conversation, center.queue)


def test_assigned_to_another_queue_it_moves(conversation, fees):
    assign(conversation, fees)
    assert fresh(conversation, "open_interaction_id", "last_queue_id") == (Interaction.objects.get().pk, fees.pk)
    assert fresh(Interaction.objects.get(), *IDS) == ("waiting", fees.pk, None, None, None, 0)


def test_an_agent_has_it(center, chat, fees):
    with refused(Conflict, message="An agent has the conversation."):
        assign(chat.conversation, fees)
    with nothing_written():
        assign(chat.conversation, center.queue)  # as it is


def test_it_is_idle(center, conversation, fees):
    conversations.leave_as_customer(conversation_id=conversation.pk)
    with refused(Conflict, message="The conversation is idle: it waits in no queue."):
        assign(conversation, fees)
    with nothing_written():
        assign(conversation, center.queue)  # which it is assigned to while nobody has it


def test_a_bot_had_it(center, fees, settings):
    settings.CONTACTCENTER_CHAT = {"BOTS": ("guide",), "LIVE_HINTS": False}
    conversation = conversations.start_conversation(channel=center.channel, data={}, script="guide")
    number = fresh(conversation, "last_number")[0]
    assign(conversation, fees)
    waiting = Interaction.objects.get()
    assert facts(conversation, after=number) == [
        (number + 1, "interaction.queued", waiting.pk, {"queue_id": fees.pk, "queue_name": "Fees"})
    ]
    assert fresh(conversation, "script", "state", "open_interaction_id") == ("", "active", waiting.pk)
    with nothing_written():
        assign(conversation, fees)


def test_a_remote_centre_decides_by_itself(conversation, fees):
    Conversation.objects.update(is_remote=True)
    with refused(Conflict, code="conflict"):
        assign(conversation, fees)


def test_what_is_handed_on_keeps_its_pace_and_needs_only_its_share(center, agent):
    Channel.objects.update(pace="messaging")
    chat = factories.accepted(factories.start_conversation(center.channel))
    Channel.objects.update(pace="live")
    colleague = factories.make_agent(center.tenant, center.queue, capacity=1)
    type(colleague).objects.filter(pk=colleague.pk).update(load=3)
    with refused(Invalid, field="to_agent"):
        transfers.transfer_to_agent(interaction_id=chat.pk, agent=agent, to_agent=colleague)
    type(colleague).objects.filter(pk=colleague.pk).update(load=2)
    new = transfers.transfer_to_agent(interaction_id=chat.pk, agent=agent, to_agent=colleague)
    assert (new.pace, factories.offer_of(chat.conversation).agent) == ("messaging", colleague)
    assert fresh(colleague, "load") == (3,)


# Who has just handed it on


def asked_nobody():
    """There is nobody but the sender, and the pause is over after which the sender is asked again."""
    Interaction.objects.filter(state="waiting").update(asked=[], group_key="")


def test_others_are_asked_before_the_sender(center, agent, chat, colleague):
    type(agent).objects.filter(pk=colleague.pk).update(load=6)  # of nine: the sender has less to do
    handed_on = transfers.transfer_to_queue(interaction_id=chat.pk, agent=agent, queue=center.queue)
    assert handed_on.asked == [agent.pk]
    assert factories.offer_of(chat.conversation).agent == colleague


def test_the_sender_is_asked_after_a_pause_where_there_is_nobody_else(center, agent, chat):
    handed_on = transfers.transfer_to_queue(interaction_id=chat.pk, agent=agent, queue=center.queue)
    assert routing.route_queue(center.queue.pk) == 0
    assert fresh(handed_on, "ask_round", "asked") == (1, [])
    Interaction.objects.filter(pk=handed_on.pk).update(ask_again_at=timezone.now())
    timers.run_timers()
    assert factories.offer_of(chat.conversation).agent == agent


# Again and again


def test_the_third_time_within_an_hour_is_told(center, agent, chat, django_capture_on_commit_callbacks):
    Queue.objects.update(wrap_up_mode="none")
    heard = []

    def listen(sender, entry, interaction, **kwargs):
        heard.append((entry.data["times"], interaction.pk))

    signals.interaction_handed_round.connect(listen)
    try:
        handed_on = []
        for _number in range(4):
            current = Interaction.objects.get(state="handling")
            with django_capture_on_commit_callbacks(execute=True):
                handed_on.append(
                    transfers.transfer_to_queue(interaction_id=current.pk, agent=current.agent, queue=center.queue)
                )
            asked_nobody()
            factories.accepted(chat.conversation)
    finally:
        signals.interaction_handed_round.disconnect(listen)
    assert [fresh(each, "handed_round")[0] for each in handed_on] == [0, 0, 3, 4]
    assert heard == [(3, handed_on[2].pk), (4, handed_on[3].pk)]
    told = chat.conversation.log.filter(kind="interaction.handed_round").order_by("number")
    assert [(each.data, each.interaction_id) for each in told] == [
        ({"times": 3}, handed_on[2].pk),
        ({"times": 4}, handed_on[3].pk),
    ]


def test_what_was_longer_ago_does_not_count(center, agent, chat):
    Queue.objects.update(wrap_up_mode="none")
    for _number in range(3):
        current = Interaction.objects.get(state="handling")
        transfers.transfer_to_queue(interaction_id=current.pk, agent=current.agent, queue=center.queue)
        Interaction.objects.filter(outcome="transferred").update(ended_at=timezone.now() - timedelta(minutes=61))
        asked_nobody()
        again = factories.accepted(chat.conversation)
    assert fresh(again, "handed_round") == (0,)


# To a department


@pytest.fixture
def finance(center, fees):
    department = Department(tenant=center.tenant, name="Finance")
    departments.save_department(department, queues=[fees, center.queue], entry=fees)
    return department


def test_to_a_department_it_waits_in_its_entry_queue(center, agent, chat, fees, finance):
    handed_on = transfers.transfer_to_department(
        interaction_id=chat.pk, agent=agent, department=finance, note="Payment plan"
    )
    assert fresh(handed_on, "state", "queue_id", "target_agent_id", "priority") == ("waiting", fees.pk, None, 5)
    entry = chat.conversation.log.get(kind="interaction.transferred")
    assert entry.data == {
        "from_agent_id": agent.pk,
        "to_queue_id": fees.pk,
        "to_agent_id": "",
        "to_department_name": "Finance",
        "note": "Payment plan",
    }


def test_to_a_department_of_another_contact_centre(center, agent, chat, stranger):
    theirs = Department(tenant=stranger.tenant, name="Theirs")
    queue = factories.make_queue(stranger.tenant)
    departments.save_department(theirs, queues=[queue], entry=queue)
    with nothing_written(), refused(NotFound, resource_type="Department", resource_id=theirs.pk):
        transfers.transfer_to_department(interaction_id=chat.pk, agent=agent, department=theirs)
