"""Two at once: real threads on PostgreSQL."""

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial

import pytest
from django.db import connection
from django.db.models import F
from django.utils import timezone

from contactcenter_chat import events
from contactcenter_chat.actions import conversations, messages
from contactcenter_chat.actions.bots import ends
from contactcenter_chat.actions.bots.after_agent import assign_post_agent
from contactcenter_chat.actions.center import interactions, offers, presence, queues, routing, slots
from contactcenter_chat.actions.center.releasing import release_agent
from contactcenter_chat.actions.reading import mark_read
from contactcenter_chat.exceptions import AlreadyTaken, ContactCenterError, ControlMoved
from contactcenter_chat.models import (
    Agent,
    BotSpell,
    Channel,
    Conversation,
    Customer,
    Interaction,
    LogEntry,
    Message,
    Offer,
    Participant,
    QueueMember,
)
from tests import factories

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]


def at_once(*calls):
    """Run the calls in threads that start together; return what each returned or raised."""
    barrier = threading.Barrier(len(calls))

    def run(call):
        try:
            barrier.wait()
            return call()
        except ContactCenterError as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


@pytest.fixture
def center():
    return factories.make_center(wrap_up_mode="none")


def test_first_messages_of_one_person_at_once_make_one_customer(center):
    data = {"customerId": "s-1", "name": "Grace"}
    made = at_once(*[lambda: conversations.start_conversation(channel=center.channel, data=dict(data))] * 6)
    assert len({conversation.customer_id for conversation in made}) == 1
    assert Customer.objects.count() == 1


def test_what_a_known_person_starts_at_once_is_one_conversation(center):
    start = partial(conversations.start_conversation, channel=center.channel, once_within=5)
    bodies = [
        {"data": {"customerId": "s-1", "name": "Grace"}, "history": [("user", "Hello"), ("bot", "Good day")]},
        {"data": {"customerId": "s-1", "course": "Physics"}, "history": [("user", "Is anybody there?")]},
    ]
    made = at_once(*[partial(start, **body) for body in bodies * 8])
    assert len({conversation.pk for conversation in made}) == 1
    said = list(Message.objects.order_by("number").values_list("author_type", "text"))
    assert sorted(said) == sorted(bodies[0]["history"] + bodies[1]["history"])
    conversation = Conversation.objects.get()
    assert conversation.data == {"customerId": "s-1", "name": "Grace", "course": "Physics"}
    assert Interaction.objects.count() == 1
    numbers = LogEntry.objects.order_by("number").values_list("number", flat=True)
    assert list(numbers) == list(range(1, conversation.last_number + 1))


@pytest.mark.parametrize("attempt", range(5))
def test_a_bots_sign_and_the_end_of_its_time_at_once(center, settings, attempt):
    """Either it has said something and goes on, or it was given up once and is refused."""
    settings.CONTACTCENTER_CHAT = {"BOTS": ("guide",), "LIVE_HINTS": False}
    Channel.objects.update(bot_seconds=15)
    center.channel.refresh_from_db()
    talk = conversations.start_conversation(channel=center.channel, data={}, script="guide")
    epoch = Conversation.objects.get().control_epoch
    messages.add_message(conversation_id=talk.pk, author_type=events.CUSTOMER, text="Hello")
    BotSpell.objects.update(sign_by=timezone.now() - timedelta(seconds=1))
    spell_id, now = BotSpell.objects.get().pk, timezone.now()
    give_up = partial(ends.give_up_quiet, spell_id, now)
    speak = partial(
        messages.add_message, conversation_id=talk.pk, author_type=events.BOT, text="Here I am", epoch=epoch
    )
    *given_up, spoken = at_once(give_up, give_up, speak)
    texts = list(Message.objects.filter(author_type=events.BOT).order_by("number").values_list("text", flat=True))
    if any(given_up):
        assert Counter(given_up) == {True: 1, False: 1}
        assert isinstance(spoken, ControlMoved)
        assert (len(texts), Interaction.objects.count()) == (2, 1)
    else:
        assert (texts, Interaction.objects.count()) == (["Here I am"], 0)


def test_messages_at_once_have_numbers_without_gap_or_repeat(center):
    conversation = factories.start_conversation(center.channel)

    def say():
        for _ in range(10):
            messages.add_message(conversation_id=conversation.pk, author_type=events.CUSTOMER, text="Hi")

    at_once(*[say] * 4)
    numbers = list(LogEntry.objects.order_by("number").values_list("number", flat=True))
    assert numbers == list(range(1, len(numbers) + 1))
    assert Message.objects.count() == 40


def test_messages_at_once_into_an_idle_conversation_open_one_interaction(center):
    conversation = factories.start_conversation(center.channel)
    conversations.leave_as_customer(conversation_id=conversation.pk)
    at_once(
        *[lambda: messages.add_message(conversation_id=conversation.pk, author_type=events.CUSTOMER, text="Hi")] * 4
    )
    assert Interaction.objects.filter(state="waiting").count() == 1


def test_the_same_message_twice_at_once_is_one(center):
    conversation = factories.start_conversation(center.channel)
    arguments = {"conversation_id": conversation.pk, "author_type": events.CUSTOMER, "text": "Hi", "client_id": "1"}
    made = at_once(*[lambda: messages.add_message(**arguments)] * 4)
    assert {message.pk for message in made} == {Message.objects.get().pk}


def test_accepting_while_the_customer_leaves_is_one_or_the_other(center):
    for _ in range(5):
        agent = factories.make_agent(center.tenant, center.queue)
        conversation = factories.start_conversation(center.channel)
        offer = factories.offer_of(conversation)
        at_once(
            lambda offer=offer: offers.accept_offer(offer_id=offer.pk, agent=offer.agent),
            lambda pk=conversation.pk: conversations.leave_as_customer(conversation_id=pk),
        )
        assert Interaction.objects.get(conversation=conversation).state == "finished"
        agent.refresh_from_db()
        assert agent.load == 0
        Agent.objects.update(presence="offline")


def test_logging_out_while_chats_are_offered_and_accepted_leaves_nothing_behind():
    for _ in range(5):
        center = factories.make_center()
        agent = factories.make_agent(center.tenant, center.queue)
        offer = factories.offer_of(factories.start_conversation(center.channel))
        factories.start_conversation(center.channel)
        at_once(
            lambda pk=agent.pk: presence.leave(agent_id=pk),
            lambda offer=offer: offers.accept_offer(offer_id=offer.pk, agent=offer.agent),
            lambda pk=center.queue.pk: routing.route_queue(pk),
        )
        agent.refresh_from_db()
        assert (agent.presence, agent.load) == ("offline", 0)
        assert set(center.queue.interactions.values_list("state", "agent")) == {("waiting", None)}
        assert not Offer.objects.filter(state="pending").exists()


def test_ending_and_leaving_at_once_frees_the_agent_once(center):
    agent = factories.make_agent(center.tenant, center.queue)
    interaction = factories.accepted(factories.start_conversation(center.channel))
    factories.accepted(factories.start_conversation(center.channel))
    at_once(
        lambda: interactions.end_interaction(interaction_id=interaction.pk, agent=agent),
        lambda: interactions.end_interaction(interaction_id=interaction.pk, agent=agent),
        lambda: conversations.leave_as_customer(conversation_id=interaction.conversation_id),
    )
    agent.refresh_from_db()
    assert agent.load == 3
    assert LogEntry.objects.filter(interaction=interaction, kind="interaction.ended").count() == 1


def test_many_dispatchers_offer_each_interaction_once_and_nobody_too_much(center):
    for _ in range(6):
        factories.make_agent(center.tenant, center.queue, capacity=2)
    for _ in range(40):
        factories.start_conversation(center.channel)
    taken = []

    def dispatch():
        while Interaction.objects.exclude(state="finished").exists():
            routing.route_queue(center.queue.pk)
            for offer in Offer.objects.filter(state="pending").select_related("agent__user")[:3]:
                try:
                    interaction = offers.accept_offer(offer_id=offer.pk, agent=offer.agent)
                except AlreadyTaken:
                    continue
                except ContactCenterError:
                    continue
                taken.append(interaction.pk)
                interactions.end_interaction(interaction_id=interaction.pk, agent=offer.agent)

    at_once(*[dispatch] * 8)
    assert Interaction.objects.filter(outcome="handled").count() == 40
    assert set(taken) == set(Interaction.objects.values_list("pk", flat=True))
    assert Offer.objects.filter(state="accepted").count() == Offer.objects.count() == 40
    assert not Agent.objects.exclude(load=0).exists()
    first_come = Interaction.objects.order_by("due_at", "pk").values_list("pk", flat=True)
    offered = Offer.objects.order_by("made_at", F("interaction__due_at")).values_list("interaction", flat=True)
    assert list(offered) == list(first_come)


def test_moved_to_another_queue_and_accepted_at_once_only_one_succeeds(center):
    other = factories.make_queue(center.tenant)
    agent = factories.make_agent(center.tenant, center.queue, capacity=25)
    for _ in range(8):
        conversation = factories.start_conversation(center.channel)
        offer = factories.offer_of(conversation)
        pk = conversation.pk
        accepted, moved = at_once(
            lambda offer=offer: offers.accept_offer(offer_id=offer.pk, agent=agent),
            lambda pk=pk: conversations.assign_to_queue(conversation_id=pk, queue=other),
        )
        refused = [isinstance(each, ContactCenterError) for each in (accepted, moved)]
        assert sorted(refused) == [False, True]
        interaction = Interaction.objects.get(conversation=conversation)
        expected = ("waiting", other.pk, None) if refused[0] else ("handling", center.queue.pk, agent.pk)
        assert (interaction.state, interaction.queue_id, interaction.agent_id) == expected
    handled = Interaction.objects.filter(agent=agent).count()
    assert Agent.objects.get().load == 3 * handled


def test_the_agents_end_twice_at_once_gives_it_to_the_bot_once(center):
    factories.make_agent(center.tenant, center.queue)
    bot = factories.make_webhook(center.tenant, version="Chat Gateway v1.0")
    chat = factories.accepted(factories.start_conversation(center.channel))
    assign_post_agent(conversation_id=chat.conversation_id, webhook_id=bot.pk)
    at_once(*[lambda: interactions.end_interaction(interaction_id=chat.pk, agent=chat.agent)] * 4)
    assert LogEntry.objects.filter(kind="conversation.assigned").count() == 1
    assert not LogEntry.objects.filter(kind="conversation.idled").exists()


def test_receipts_at_once_end_with_the_latest(center):
    conversation = factories.start_conversation(center.channel)
    now = timezone.now()
    times = [now - timedelta(seconds=seconds) for seconds in (30, 5, 20, 10)]

    def read(read_at):
        return mark_read(conversation_id=conversation.pk, author_type=events.CUSTOMER, read_at=read_at)

    told = at_once(*[lambda read_at=read_at: read(read_at) for read_at in times])
    assert Participant.objects.get().read_at == max(times)
    entries = LogEntry.objects.filter(kind="messages.read").order_by("number")
    read_at = [entry.data["read_at"] for entry in entries]
    assert (read_at, len(read_at)) == (sorted(read_at), told.count(True))


def test_nobody_becomes_a_member_while_being_released(center):
    for number in range(8):
        queue = factories.make_queue(center.tenant, f"Queue {number}")
        agent = factories.make_agent(center.tenant)
        member = QueueMember(queue=queue, agent=agent)
        at_once(partial(queues.save_member, member), partial(release_agent, agent_id=agent.pk))
    assert Agent.objects.filter(released_at=None).count() == 0
    assert not QueueMember.objects.exists()


def load_counted(agent):
    """What an agent's load must be, by the rows."""
    held = Interaction.objects.filter(agent=agent, state__in=("handling", "wrap_up"))
    rings = Interaction.objects.filter(offers__agent=agent, offers__state="pending")
    return sum(each.takes for each in held) + sum(each.share for each in rings)


def test_a_customer_who_writes_while_the_slot_is_freed_and_given_to_others(center):
    """However it comes, the load is what the rows say, and never more than a slot beyond the capacity."""
    Channel.objects.update(pace="messaging")
    agent = factories.make_agent(center.tenant, center.queue, capacity=1)
    chats = [factories.accepted(factories.start_conversation(center.channel)) for _ in range(3)]
    outcomes = Counter()
    for _ in range(6):
        Channel.objects.update(pace="live")
        factories.start_conversation(center.channel)
        mine = Interaction.objects.filter(agent=agent, state="handling", pk__in=[chat.pk for chat in chats])
        for chat in mine.select_related("agent"):
            said = {"author_type": events.AGENT, "agent": chat.agent, "text": "Hm?"}
            messages.add_message(conversation_id=chat.conversation_id, **said)
        long_ago = timezone.now() - timedelta(seconds=600)
        Conversation.objects.update(last_word_at=long_ago)
        Interaction.objects.update(accepted_at=long_ago)
        Interaction.objects.filter(state="handling", freed_at=None).update(frees_at=long_ago)
        now = timezone.now()
        at_once(
            *[partial(slots.free, chat.pk, now) for chat in chats],
            *[partial(customer_says, chat) for chat in chats],
            partial(routing.route_queue, center.queue.pk),
            partial(routing.route_queue, center.queue.pk),
        )
        agent.refresh_from_db()
        assert agent.load == load_counted(agent) <= 6
        for chat in chats:
            chat.refresh_from_db()
            chat.conversation.refresh_from_db()
            freed = chat.state == "handling" and chat.freed_at is not None
            assert chat.conversation.is_freed is freed
            outcomes[chat.state] += 1
    assert outcomes["handling"] > 0


def customer_says(chat):
    messages.add_message(conversation_id=chat.conversation_id, author_type=events.CUSTOMER, text="Here")


def test_of_chats_that_come_back_at_once_as_many_stay_as_a_slot_more_than_the_capacity(center):
    Channel.objects.update(pace="messaging")
    agent = factories.make_agent(center.tenant, center.queue, capacity=1)
    chats = []
    for _ in range(3):  # three at a time, each of which falls silent
        three = [factories.accepted(factories.start_conversation(center.channel)) for _ in range(3)]
        for chat in three:
            said = {"author_type": events.AGENT, "agent": chat.agent, "text": "Hm?"}
            messages.add_message(conversation_id=chat.conversation_id, **said)
        chats += three
        long_ago = timezone.now() - timedelta(seconds=600)
        Conversation.objects.update(last_word_at=long_ago)
        Interaction.objects.update(accepted_at=long_ago)
        assert [slots.free(chat.pk, timezone.now()) for chat in three] == [True] * 3
    at_once(*[partial(customer_says, chat) for chat in chats])
    agent.refresh_from_db()
    assert agent.load == load_counted(agent) == 6
    states = Interaction.objects.values_list("state", flat=True)
    assert Counter(states) == {"handling": 6, "waiting": 3}
    for chat in Interaction.objects.filter(state="waiting"):
        last = [entry.kind for entry in LogEntry.objects.filter(interaction=chat).order_by("number")][-4:]
        assert last == ["interaction.rerouted", "agent.left", "interaction.queued", "message.added"]
