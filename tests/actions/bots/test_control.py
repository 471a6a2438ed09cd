"""Who is to answer a conversation: agents in a queue, or a bot?"""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event

import pytest
from django.db import connections, transaction

from contactcenter_chat.actions import conversations
from contactcenter_chat.actions.bots import control
from contactcenter_chat.actions.bots.after_agent import assign_post_agent
from contactcenter_chat.actions.center import interactions, offers, picking, transfers
from contactcenter_chat.actions.messages import add_message
from contactcenter_chat.exceptions import Conflict, ControlMoved, Invalid
from contactcenter_chat.models import (
    Channel,
    ControlSpan,
    Conversation,
    Delivery,
    Participant,
    PostAgentAssignment,
    Webhook,
)
from tests import factories
from tests.facts import facts, fresh, nothing_written, owed, refused


@pytest.fixture
def center(db):
    """A centre whose application hears of bots."""
    center = factories.make_center()
    Webhook.objects.update(version="Chat Gateway v1.0")
    center.channel.refresh_from_db()
    return center


@pytest.fixture
def guided(center, settings):
    """A conversation that a script has; its log ends with 2, ``conversation.assigned``."""
    settings.CONTACTCENTER_CHAT = {"BOTS": ("guide",), "LIVE_HINTS": False}
    return conversations.start_conversation(channel=center.channel, data={}, script="guide")


@pytest.fixture
def handed_back(center, agent, chat):
    """A conversation that the bot behind a webhook has; its log ends with 8, ``conversation.assigned``."""
    bot = factories.make_webhook(center.tenant, version="Chat Gateway v1.0")
    assign_post_agent(conversation_id=chat.conversation_id, webhook_id=bot.pk)
    interactions.end_interaction(interaction_id=chat.pk, agent=agent)
    return chat.conversation


def locked(verb, conversation, *arguments):
    with transaction.atomic():
        found = Conversation.objects.lock(conversation.pk)
        verb(found, *arguments)
    return found


def idle(conversation):
    conversations.leave_as_customer(conversation_id=conversation.pk)
    return fresh(conversation, "last_number")[0]


# Given


def test_a_script_has_it(center, conversation):
    number = idle(conversation)
    found = locked(control.give_to_script, conversation, "guide")
    assert facts(conversation, after=number) == [
        (number + 1, "conversation.assigned", None, {"to": "script", "id": "guide"})
    ]
    assert owed(conversation, center.webhook, after=number) == [(number + 1, "CONVERSATION_UPDATE")]
    assert fresh(conversation, "state", "script") == ("active", "guide")
    assert found.script == "guide"


def test_another_bot_has_it(conversation):
    number = idle(conversation)
    locked(control.give, conversation, "webhook", "w-1")
    assert facts(conversation, after=number) == [
        (number + 1, "conversation.assigned", None, {"to": "webhook", "id": "w-1"})
    ]
    assert fresh(conversation, "state", "script") == ("active", "")


# Taken


def test_taken_from_a_script_nobody_has_it(center, guided):
    found = locked(control.take, guided)
    assert facts(guided, after=2) == [(3, "conversation.idled", None, {"remote": False})]
    assert owed(guided, center.webhook, after=2) == [(3, "CONVERSATION_UPDATE")]
    assert fresh(guided, "state", "script") == ("idle", "")
    assert fresh(guided, "last_ended_at")[0] is not None
    assert found.script == ""
    with nothing_written():
        locked(control.take, guided)


def test_taken_from_the_bot_of_after_the_agent_it_is_told_too(center, handed_back):
    bot = PostAgentAssignment.objects.get().webhook
    found = locked(control.take, handed_back)
    assert facts(handed_back, after=8) == [(9, "conversation.idled", None, {"remote": False})]
    for webhook in (center.webhook, bot):
        assert owed(handed_back, webhook, after=8) == [(9, "CONVERSATION_UPDATE")]
    assert not PostAgentAssignment.objects.exists()
    assert getattr(found, "post_agent", None) is None
    with nothing_written():
        locked(control.take, handed_back)


def test_what_an_agent_has_is_taken_from_no_bot(chat):
    with nothing_written():
        locked(control.take, chat.conversation)


def test_a_bot_that_only_waits_for_it_goes_on_waiting(center, chat):
    bot = factories.make_webhook(center.tenant, version="Chat Gateway v1.0")
    assign_post_agent(conversation_id=chat.conversation_id, webhook_id=bot.pk)
    with nothing_written():
        locked(control.take, chat.conversation)
        locked(control.release, chat.conversation)


# The customer leaves


@pytest.mark.parametrize("who", ["guided", "handed_back"])
def test_the_customer_leaves_a_bot(request, center, who):
    conversation = request.getfixturevalue(who)
    number = fresh(conversation, "last_number")[0]
    locked(control.end_for_customer, conversation)
    customer = Participant.objects.get(type="user")
    assert facts(conversation, after=number) == [
        (number + 1, "customer.left", None, {"participant_id": customer.pk, "said": ""}),
        (number + 2, "conversation.idled", None, {"remote": False}),
    ]
    assert fresh(conversation, "state", "script") == ("idle", "")
    assert customer.left_at is not None


# Released


@pytest.mark.parametrize("who", ["guided", "handed_back"])
def test_released_it_is_nobodys_without_a_word(request, who):
    conversation = request.getfixturevalue(who)
    number = fresh(conversation, "last_number")[0]
    found = locked(control.release, conversation)
    assert facts(conversation, after=number) == []
    assert fresh(conversation, "state", "script") == ("active", "")
    assert not PostAgentAssignment.objects.exists()
    assert (found.script, getattr(found, "post_agent", None)) == ("", None)
    with nothing_written():
        locked(control.release, conversation)


def test_no_other_conversation_is_released(center, handed_back):
    kept = PostAgentAssignment.objects.get()
    other = factories.accepted(factories.start_conversation(center.channel))
    assign_post_agent(conversation_id=other.conversation_id, webhook_id=kept.webhook_id)
    interactions.end_interaction(interaction_id=other.pk, agent=other.agent)
    locked(control.release, other.conversation)
    assert PostAgentAssignment.objects.get() == kept


# Who may speak


def spans(conversation):
    rows = ControlSpan.objects.filter(conversation=conversation.pk).order_by("epoch")
    assert [each.epoch for each in rows] == list(range(1, len(rows) + 1))
    assert fresh(conversation, "control_epoch")[0] == len(rows)
    return [(each.control, each.holder) for each in rows]


def test_each_change_of_control_is_kept_and_counted(center, agent):
    chat = factories.accepted(factories.start_conversation(center.channel))
    bot = factories.make_webhook(center.tenant, version="Chat Gateway v1.0")
    assign_post_agent(conversation_id=chat.conversation_id, webhook_id=bot.pk)
    interactions.end_interaction(interaction_id=chat.pk, agent=agent)
    conversations.leave_as_customer(conversation_id=chat.conversation_id)
    held = [("bot", ""), ("queue", ""), ("agent", agent.pk), ("post_bot", bot.pk), ("", "")]
    assert spans(chat.conversation) == held
    assert fresh(chat.conversation, "control", "control_holder") == ("", "")


def test_who_picks_a_chat_has_control(center, agent):
    center.queue.distribution = "pick"
    center.queue.save()
    conversation = factories.start_conversation(center.channel)
    picking.pick(interaction_id=conversation.interactions.get().pk, agent=agent)
    assert spans(conversation) == [("bot", ""), ("queue", ""), ("agent", agent.pk)]


def test_handed_on_control_goes_by_the_queue(center, agent, chat):
    queue = factories.make_queue(center.tenant)
    transfers.transfer_to_queue(interaction_id=chat.pk, agent=agent, queue=queue)
    assert spans(chat.conversation) == [("bot", ""), ("queue", ""), ("agent", agent.pk), ("queue", "")]


def test_a_script_has_control_until_it_hands_over(guided):
    assert spans(guided) == [("bot", "guide")]
    conversations.assign_to_queue(conversation_id=guided.pk)
    assert spans(guided) == [("bot", "guide"), ("queue", "")]


def test_what_is_said_moves_nothing(chat, agent):
    before = spans(chat.conversation)
    for author in ("user", "bot", "system"):
        add_message(conversation_id=chat.conversation_id, author_type=author, text="Hello")
    add_message(conversation_id=chat.conversation_id, author_type="agent", text="Hello", agent=agent)
    assert spans(chat.conversation) == before


def test_a_receiver_is_told_under_which_epoch_it_hears(center, chat):
    told = (
        Delivery.objects.filter(receiver=center.webhook.pk).order_by("number").values_list("number", "control_epoch")
    )
    assert list(told) == [(1, 1), (2, 2), (3, 2), (5, 3)]  # started, active, queued, joined


def test_what_a_bot_says_under_an_older_epoch_is_not_kept(chat):
    epoch = fresh(chat.conversation, "control_epoch")[0]
    said = {"conversation_id": chat.conversation_id, "author_type": "bot", "text": "As I said"}
    with refused(ControlMoved, code="control_moved", status=409):
        add_message(**said, epoch=epoch - 1)
    with refused(Invalid, field="epoch"):
        add_message(**said, epoch=epoch + 1)
    add_message(**said, epoch=epoch)


def test_what_was_kept_before_is_so_still_when_it_is_said_again(center, agent):
    conversation = factories.start_conversation(center.channel)
    said = {"conversation_id": conversation.pk, "author_type": "bot", "text": "One moment", "client_id": "m-1"}
    first = add_message(**said, epoch=2)
    factories.accepted(conversation)
    assert add_message(**said, epoch=2) == first


def test_what_others_say_needs_no_epoch(chat, agent):
    for author in ("user", "system"):
        add_message(conversation_id=chat.conversation_id, author_type=author, text="Hello", epoch=1)


def test_a_channel_may_keep_its_bot_silent_while_an_agent_has_the_chat(center, agent):
    Channel.objects.update(bot_fencing="agent")
    conversation = factories.start_conversation(center.channel)
    said = {"conversation_id": conversation.pk, "author_type": "bot", "text": "One moment"}
    add_message(**said)
    chat = factories.accepted(conversation)
    with refused(ControlMoved):
        add_message(**said)
    with refused(ControlMoved):
        add_message(**said, epoch=fresh(conversation, "control_epoch")[0])
    interactions.end_interaction(interaction_id=chat.pk, agent=agent)
    add_message(**said)


def alone(act, *arguments):
    """Do it in a thread, and leave no connection behind."""
    try:
        return act(*arguments)
    finally:
        connections.close_all()


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_a_bot_and_an_agent_at_once_never_talk_over_each_other(center, agent):
    """What a bot says as it was asked is in the log before the agent joins, or nowhere."""
    conversation = factories.start_conversation(center.channel)
    epoch = fresh(conversation, "control_epoch")[0]
    offer = factories.offer_of(conversation)
    start, has_joined = Barrier(5), Event()

    def say(number):
        start.wait()
        if number == 0:  # one is late in any case
            has_joined.wait(60)
        try:
            add_message(conversation_id=conversation.pk, author_type="bot", text=f"{number}", epoch=epoch)
        except ControlMoved:
            return 0
        return 1

    def join():
        start.wait()
        offers.accept_offer(offer_id=offer.pk, agent=agent)
        has_joined.set()

    with ThreadPoolExecutor(5) as threads:
        said = [threads.submit(alone, say, number) for number in range(4)]
        threads.submit(alone, join).result()
        kept = [each.result() for each in said]
    kinds = [kind for _number, kind, _interaction, _data in facts(conversation, after=3)]
    assert kinds[kinds.index("agent.joined") :] == ["agent.joined"]
    assert kinds.count("message.added") == sum(kept)
    assert kept[0] == 0


# Rows of older versions


@pytest.fixture
def old(chat):
    """A chat that an agent had before there were epochs."""
    Conversation.objects.update(control="", control_holder="", control_epoch=0)
    ControlSpan.objects.all().delete()
    return chat


def test_the_first_fact_says_who_has_an_old_chat(old, agent):
    add_message(conversation_id=old.conversation_id, author_type="agent", agent=agent, text="Hello")
    assert spans(old.conversation) == [("agent", agent.pk)]
    assert list(Delivery.objects.filter(number=6).values_list("control_epoch", flat=True)) == [1]


def test_what_moves_nothing_does_not_count_in_an_old_chat(old, agent):
    add_message(conversation_id=old.conversation_id, author_type="user", text="Hello")
    conversations.update_conversation(conversation_id=old.conversation_id, data={"name": "Grace"})
    add_message(conversation_id=old.conversation_id, author_type="bot", text="Hello", epoch=1)
    assert spans(old.conversation) == [("agent", agent.pk)]


def test_the_end_of_an_old_chat_counts(old, agent):
    interactions.end_interaction(interaction_id=old.pk, agent=agent)
    assert spans(old.conversation)[-1] == ("", "")
    with refused(ControlMoved):
        add_message(conversation_id=old.conversation_id, author_type="bot", text="Hello", epoch=0)


# What is not decided here


def test_what_a_remote_centre_decides_is_refused():
    control.check_local(False)
    with pytest.raises(Conflict) as caught:
        control.check_local(True)
    assert caught.value.code == "conflict"
