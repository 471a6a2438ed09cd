"""The life of an offer: accepted, declined, timed out, taken back."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from contactcenter_chat.actions import conversations
from contactcenter_chat.actions.center import interactions, offers, presence, transfers
from contactcenter_chat.exceptions import AlreadyTaken, Conflict, NotFound
from contactcenter_chat.models import Agent, Interaction, Participant
from contactcenter_chat.models.clock import database_now
from tests import factories
from tests.facts import facts, fresh, named, nothing_written, owed, refused


@pytest.fixture
def offer(agent, conversation):
    """What rings at the agent's desk; the conversation's log ends with 4, ``interaction.offered``."""
    return factories.offer_of(conversation)


def ended(offer, state, reason):
    return {"offer_id": offer.pk, "agent_id": offer.agent_id, "state": state, "reason": reason}


# Accepted


def test_the_agent_takes_it(center, agent, conversation, offer):
    Agent.objects.update(missed_in_a_row=1, paused_until=timezone.now(), idle_since=offer.made_at)
    accepted = offers.accept_offer(offer_id=offer.pk, agent=agent)
    assert accepted.pk == offer.interaction_id
    assert facts(conversation, after=4) == [(5, "agent.joined", accepted.pk, named(agent))]
    assert owed(conversation, center.webhook, after=4) == [(5, "AGENT_JOINED")]
    assert fresh(offer, "state", "reason", "ended_at") == ("accepted", "", accepted.accepted_at)
    assert conversation.log.get(number=5).at == accepted.accepted_at
    assert fresh(accepted, "state", "agent_id", "queue_id") == ("handling", agent.pk, center.queue.pk)
    assert accepted.accepted_at >= offer.made_at
    shown = fresh(conversation, "state", "open_interaction_id", "last_agent_id", "last_queue_id")
    assert shown == ("active", accepted.pk, agent.pk, center.queue.pk)
    # What rang is the chat now: the agent has no more than before.
    assert fresh(agent, "load", "missed_in_a_row", "paused_until") == (3, 0, None)
    assert fresh(agent, "idle_since") == (accepted.accepted_at,)
    assert Participant.objects.values_list("agent", "left_at").get(type="agent") == (agent.pk, None)


def test_of_two_that_ring_the_one_that_is_meant_is_taken(center, agent, conversation, offer):
    other = factories.start_conversation(center.channel)
    factories.accepted(other)
    assert facts(conversation, after=4) == []
    assert fresh(offer, "state") == ("pending",)
    assert factories.log_of(other)[-1] == "agent.joined"
    assert fresh(agent, "load") == (6,)


def test_it_is_kept_for_nobody_any_more(agent, chat, colleague):
    transfers.transfer_to_agent(interaction_id=chat.pk, agent=agent, to_agent=colleague)
    taken = factories.accepted(chat.conversation)
    assert fresh(taken, "agent_id", "target_agent_id", "target_until", "return_to_agent_id") == (
        colleague.pk,
        None,
        None,
        None,
    )


def test_who_was_there_before_has_joined_again(agent, chat):
    first = Participant.objects.get(agent=agent)
    transfers.transfer_to_queue(interaction_id=chat.pk, agent=agent, queue=chat.queue)
    Interaction.objects.filter(state="waiting").update(asked=[], group_key="")  # the sender would wait a while
    again = factories.accepted(chat.conversation)
    assert again.agent == agent
    assert fresh(first, "joined_at", "left_at") == (again.accepted_at, None)


def test_accepted_twice_is_once(agent, chat):
    offer = chat.offers.get()
    with nothing_written():
        assert offers.accept_offer(offer_id=offer.pk, agent=agent) == chat


def test_another_agent_is_told_who_has_it(chat, colleague):
    with refused(AlreadyTaken, agent=chat.agent, message="Ada Lovelace has this chat."):
        offers.accept_offer(offer_id=chat.offers.get().pk, agent=colleague)


def test_what_is_offered_to_another_is_not_taken(offer, colleague):
    with refused(Conflict, message="This chat is not offered to you any more."):
        offers.accept_offer(offer_id=offer.pk, agent=colleague)


def test_what_another_has_meanwhile_is_not_taken(agent, conversation, offer, colleague):
    offers.decline_offer(offer_id=offer.pk, agent=agent)
    factories.accepted(conversation)
    with refused(AlreadyTaken, agent=colleague):
        offers.accept_offer(offer_id=offer.pk, agent=agent)


def test_what_was_the_agents_and_was_taken_away_is_not_taken_again(agent, chat):
    interactions.reroute(interaction_id=chat.pk, agent_id=agent.pk, reason="no_reply")
    with refused(Conflict, code="conflict"):
        offers.accept_offer(offer_id=chat.offers.get().pk, agent=agent)


def test_an_offer_that_the_agent_declined_before_taking_a_later_one(agent, conversation, offer):
    offers.decline_offer(offer_id=offer.pk, agent=agent)
    Interaction.objects.update(ask_round=1, asked=[])
    factories.accepted(conversation)
    with refused(AlreadyTaken, agent=agent):
        offers.accept_offer(offer_id=offer.pk, agent=agent)


@pytest.mark.parametrize("end", [conversations.leave_as_customer, conversations.erase_conversation])
def test_what_is_over_is_not_taken(agent, conversation, offer, end):
    end(conversation_id=conversation.pk)
    with refused(Conflict, message="This chat is not offered to you any more."):
        offers.accept_offer(offer_id=offer.pk, agent=agent)


@pytest.mark.parametrize("verb", [offers.accept_offer, offers.decline_offer])
def test_to_another_tenants_agent_there_is_no_such_offer(offer, stranger, verb):
    with refused(NotFound, resource_type="Offer", resource_id=offer.pk):
        verb(offer_id=offer.pk, agent=stranger)


@pytest.mark.parametrize("verb", [offers.accept_offer, offers.decline_offer])
def test_what_is_no_offer(agent, verb):
    with refused(NotFound, resource_type="Offer", resource_id="none"):
        verb(offer_id="none", agent=agent)


# Not accepted


def test_a_declined_one_is_offered_to_the_next(agent, conversation, offer, colleague):
    offers.decline_offer(offer_id=offer.pk, agent=agent, reason="r" * 65)
    assert facts(conversation, after=4) == [
        (5, "offer.ended", offer.interaction_id, ended(offer, "rejected", "r" * 64))
    ]
    assert fresh(offer, "state", "reason") == ("rejected", "r" * 64)
    assert fresh(offer, "ended_at")[0] >= offer.made_at
    assert fresh(offer, "ended_at")[0] == conversation.log.get(number=5).at
    assert fresh(offer.interaction, "state", "agent_id") == ("waiting", None)
    shown = fresh(agent, "presence", "load", "missed_in_a_row", "paused_until", "first_in_line")
    assert shown == ("available", 0, 0, None, False)
    assert factories.offer_of(conversation).agent == colleague


def test_its_queue_is_woken(center, agent, offer, woken):
    Agent.objects.update(presence="draining")  # who takes no more, so that it is not for this agent
    declined = woken(offers.decline_offer, offer_id=offer.pk, agent=agent)
    assert ("wake_routing", center.queue.pk) in declined


def test_declined_twice_is_once(agent, offer):
    offers.decline_offer(offer_id=offer.pk, agent=agent)
    assert fresh(offer, "state", "reason") == ("rejected", "")
    with nothing_written():
        offers.decline_offer(offer_id=offer.pk, agent=agent, reason="again")


def test_whatever_is_given_as_the_reason_who_declines_is_not_first_in_line(agent, offer):
    offers.decline_offer(offer_id=offer.pk, agent=agent, reason="customer_left")
    assert fresh(agent, "first_in_line") == (False,)


def test_what_was_accepted_is_not_declined(agent, chat):
    with nothing_written():
        offers.decline_offer(offer_id=chat.offers.get().pk, agent=agent)


def test_nobody_declines_for_another(offer, colleague):
    with refused(Conflict, code="conflict"):
        offers.decline_offer(offer_id=offer.pk, agent=colleague)


@pytest.mark.parametrize(
    ("missed_before", "presence", "reason", "missed", "is_paused"),
    [(0, "available", "", 1, True), (1, "on_break", "missed", 2, False), (2, "on_break", "missed", 3, False)],
)
def test_rung_in_vain(agent, conversation, offer, missed_before, presence, reason, missed, is_paused):
    Agent.objects.update(missed_in_a_row=missed_before)
    now = timezone.now()
    assert offers.end_offer(offer_id=offer.pk, state="timed_out") is True
    assert facts(conversation, after=4) == [(5, "offer.ended", offer.interaction_id, ended(offer, "timed_out", ""))]
    assert fresh(agent, "presence", "presence_reason", "missed_in_a_row", "load") == (presence, reason, missed, 0)
    paused_until = fresh(agent, "paused_until")[0]
    assert (paused_until is not None) is is_paused
    if is_paused:
        assert timedelta(seconds=10) <= paused_until - now < timedelta(seconds=12)
    assert fresh(offer.interaction, "state") == ("waiting",)


def test_what_rang_together_is_missed_once(center, agent, conversation, offer):
    other = factories.offer_of(factories.start_conversation(center.channel))
    for each in (offer, other):
        assert offers.end_offer(offer_id=each.pk, state="timed_out") is True
    assert fresh(agent, "presence", "missed_in_a_row", "load") == ("available", 1, 0)
    Agent.objects.update(paused_until=None)
    later = factories.offer_of(factories.start_conversation(center.channel))
    offers.end_offer(offer_id=later.pk, state="timed_out")
    assert fresh(agent, "presence", "presence_reason", "missed_in_a_row") == ("on_break", "missed", 2)


def test_one_of_two_was_taken_the_other_missed(center, agent, offer):
    other = factories.offer_of(factories.start_conversation(center.channel))
    offers.end_offer(offer_id=offer.pk, state="timed_out")
    offers.accept_offer(offer_id=other.pk, agent=agent)
    assert fresh(agent, "presence", "missed_in_a_row") == ("available", 0)


def test_who_takes_no_new_chats_is_not_sent_on_a_break(agent, offer):
    Agent.objects.update(presence="draining", missed_in_a_row=1)
    offers.end_offer(offer_id=offer.pk, state="timed_out")
    assert fresh(agent, "presence", "presence_reason") == ("work_offline", "")


def test_what_has_ended_is_not_ended_again(agent, offer):
    offers.accept_offer(offer_id=offer.pk, agent=agent)
    with nothing_written():
        assert offers.end_offer(offer_id=offer.pk, state="timed_out") is False


def test_declined_by_somebody_else_than_it_is_kept_for_it_stays_kept(agent, offer, colleague):
    Interaction.objects.update(target_agent=colleague, target_until=timezone.now())
    offers.decline_offer(offer_id=offer.pk, agent=agent)
    assert fresh(offer.interaction, "target_agent_id") == (colleague.pk,)


# Taken back


@pytest.mark.parametrize(("reason", "is_first"), [("customer_left", True), ("assigned", False), ("cancelled", False)])
def test_it_is_taken_back(agent, conversation, offer, reason, is_first):
    with transaction.atomic():
        locked, interaction = interactions.lock_interaction(offer.interaction_id)
        offers.withdraw_offer(locked, interaction, reason=reason)
    assert facts(conversation, after=4) == [
        (5, "offer.ended", offer.interaction_id, ended(offer, "withdrawn", reason))
    ]
    assert fresh(offer, "state", "reason") == ("withdrawn", reason)
    assert fresh(agent, "load", "first_in_line", "missed_in_a_row") == (0, is_first, 0)


def test_where_nothing_rings_nothing_is_taken_back(center, chat):
    factories.offer_of(factories.start_conversation(center.channel))
    with nothing_written(), transaction.atomic():
        offers.withdraw_offer(*interactions.lock_interaction(chat.pk), reason="assigned")


# Kept for one agent


def test_kept_for_an_agent(agent):
    before = database_now()
    kept = offers.keep_for(agent, 60)
    assert kept["target_agent"] == agent
    assert before <= kept["target_until"] - timedelta(seconds=60) <= database_now()


@pytest.mark.parametrize(("presence", "is_kept"), [("available", True), ("draining", False), ("offline", False)])
def test_released_it_goes_back_to_a_sender_who_is_there(agent, conversation, colleague, presence, is_kept):
    type(agent).objects.filter(pk=agent.pk).update(presence=presence)
    interaction = Interaction.objects.get()
    Interaction.objects.update(target_agent=colleague, target_until=timezone.now(), return_to_agent=agent)
    interaction.refresh_from_db()
    now = timezone.now()
    offers.release_target(interaction)
    target, until, sender = fresh(interaction, "target_agent_id", "target_until", "return_to_agent_id")
    assert (target, sender) == (agent.pk if is_kept else None, None)
    assert (until is not None) is is_kept
    if is_kept:
        assert timedelta(seconds=60) <= until - now < timedelta(seconds=61)


def test_released_without_a_sender_it_is_anybodys(conversation, colleague):
    interaction = Interaction.objects.get()
    interaction.target_agent, interaction.target_until = colleague, timezone.now()
    offers.release_target(interaction)
    assert fresh(interaction, "target_agent_id", "target_until", "return_to_agent_id") == (None, None, None)


def test_a_sender_who_goes_loses_what_was_on_its_way_back(center, agent, chat, colleague):
    new = transfers.transfer_to_agent(interaction_id=chat.pk, agent=agent, to_agent=colleague)
    factories.offer_of(chat.conversation)
    presence.set_presence(agent_id=colleague.pk, presence="on_break")
    assert fresh(new, "target_agent_id") == (agent.pk,)
    assert factories.offer_of(chat.conversation).agent == agent
    presence.set_presence(agent_id=agent.pk, presence="on_break")
    assert fresh(new, "target_agent_id", "state") == (None, "waiting")
