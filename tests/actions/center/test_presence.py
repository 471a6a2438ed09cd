"""What an agent chooses, and what its silence means."""

from datetime import timedelta

import pytest
from django.utils import timezone

from contactcenter_chat.actions.center import interactions, presence, routing, wrapup
from contactcenter_chat.exceptions import Conflict, Invalid
from contactcenter_chat.models import Agent, Offer, PresenceSpan
from contactcenter_chat.models.queues import Presence
from tests import factories
from tests.facts import facts, fresh, nothing_written, refused

STATE = ("presence", "presence_reason", "load", "missed_in_a_row", "paused_until", "lost_at")
NOW = timezone.now()


@pytest.fixture
def offer(agent, conversation):
    """What rings at the agent's desk; the conversation's log ends with 4, ``interaction.offered``."""
    return factories.offer_of(conversation)


# Chosen


@pytest.mark.parametrize("chosen", presence.CHOSEN)
def test_what_is_chosen_is_kept(center, chosen):
    agent = factories.make_agent(center.tenant, center.queue, presence="offline")
    Agent.objects.update(missed_in_a_row=2, paused_until=NOW, lost_at=NOW, last_seen_at=None, kept_presence="draining")
    presence.set_presence(agent_id=agent.pk, presence=chosen, reason="lunch")
    # Who takes no new chats and has none is done.
    shown = ("work_offline", "") if chosen == Presence.DRAINING else (chosen, "lunch")
    assert fresh(agent, *STATE) == (*shown, 0, 0, None, None)
    assert fresh(agent, "last_seen_at")[0] >= NOW
    assert fresh(agent, "kept_presence", "kept_reason") == ("", "")
    assert PresenceSpan.objects.values_list("presence", "reason").get(ended_at=None) == shown


def test_a_long_reason_is_cut(agent):
    presence.set_presence(agent_id=agent.pk, presence=Presence.ON_BREAK, reason="x" * 65)
    assert fresh(agent, "presence_reason") == ("x" * 64,)


def test_what_is_no_presence_is_refused(agent):
    with refused(Invalid, field="presence", value="asleep"):
        presence.set_presence(agent_id=agent.pk, presence="asleep")


def test_the_same_again_begins_no_new_span(agent):
    presence.set_presence(agent_id=agent.pk, presence=Presence.AVAILABLE)
    presence.set_presence(agent_id=agent.pk, presence=Presence.AVAILABLE)
    assert list(PresenceSpan.objects.order_by("pk").values_list("presence", flat=True)) == ["offline", "available"]


@pytest.mark.parametrize("chosen", [Presence.OFFLINE, Presence.ON_BREAK, Presence.WORK_OFFLINE])
def test_who_goes_takes_no_offer_along(agent, conversation, offer, chosen):
    presence.set_presence(agent_id=agent.pk, presence=chosen)
    ended = {"offer_id": offer.pk, "agent_id": agent.pk, "state": "rejected", "reason": "presence"}
    assert facts(conversation, after=4) == [(5, "offer.ended", offer.interaction_id, ended)]
    assert fresh(offer, "state", "reason") == ("rejected", "presence")
    assert fresh(offer.interaction, "state") == ("waiting",)
    assert fresh(agent, "presence", "load", "missed_in_a_row") == (chosen, 0, 0)


@pytest.mark.parametrize("chosen", [Presence.AVAILABLE, Presence.DRAINING])
def test_who_stays_keeps_what_rings(agent, conversation, offer, chosen):
    presence.set_presence(agent_id=agent.pk, presence=chosen)
    assert facts(conversation, after=4) == []
    assert fresh(offer, "state") == ("pending",)
    assert fresh(agent, "presence", "load") == (chosen, 3)


def test_who_has_chats_does_not_go_offline(agent, chat):
    with refused(Conflict, code="conflict"):
        presence.set_presence(agent_id=agent.pk, presence=Presence.OFFLINE)
    presence.set_presence(agent_id=agent.pk, presence=Presence.ON_BREAK)
    assert fresh(chat, "state", "agent_id") == ("handling", agent.pk)
    assert fresh(agent, "presence", "load") == ("on_break", 3)


def test_who_has_none_may_though_others_have(chat, colleague):
    presence.set_presence(agent_id=colleague.pk, presence=Presence.OFFLINE)
    assert fresh(colleague, "presence") == ("offline",)


def test_who_only_wraps_up_may_go_offline(agent, chat):
    interactions.end_interaction(interaction_id=chat.pk, agent=agent)
    presence.set_presence(agent_id=agent.pk, presence=Presence.OFFLINE)
    assert fresh(agent, "presence", "load") == ("offline", 3)


def test_draining_ends_when_the_last_chat_is_wrapped_up(center, agent, chat):
    presence.set_presence(agent_id=agent.pk, presence=Presence.DRAINING, reason="going home")
    factories.start_conversation(center.channel)
    assert routing.route_queue(center.queue.pk) == 0
    interactions.end_interaction(interaction_id=chat.pk, agent=agent)
    assert fresh(agent, "presence", "presence_reason") == ("draining", "going home")
    wrapup.finish(interaction_id=chat.pk, agent=agent)
    assert fresh(agent, "presence", "presence_reason") == ("work_offline", "")


def test_who_becomes_available_wakes_the_queues_where_something_waits(center, conversation, woken):
    agent = factories.make_agent(center.tenant, center.queue, factories.make_queue(center.tenant), presence="offline")
    chosen = woken(presence.set_presence, agent_id=agent.pk, presence=Presence.AVAILABLE)
    assert chosen == [("wake_routing", center.queue.pk)]
    assert woken(presence.set_presence, agent_id=agent.pk, presence=Presence.ON_BREAK) == []


# The desk says that it is there


def test_a_heartbeat_says_when_and_nothing_else(agent):
    Agent.objects.update(last_seen_at=NOW - timedelta(hours=1), presence="on_break", presence_reason="lunch")
    presence.heartbeat(agent_id=agent.pk)
    assert fresh(agent, "last_seen_at")[0] >= NOW
    assert fresh(agent, *STATE) == ("on_break", "lunch", 0, 0, None, None)


def test_a_heartbeat_is_cheap(agent, django_assert_num_queries):
    with django_assert_num_queries(1):
        presence.heartbeat(agent_id=agent.pk)


def test_only_who_says_so_is_back(agent, colleague):
    Agent.objects.filter(pk=colleague.pk).update(**lost(timedelta()))
    with nothing_written():
        presence.heartbeat(agent_id="nobody")
    presence.heartbeat(agent_id=colleague.pk)
    assert fresh(colleague, "presence", "lost_at") == ("available", None)


@pytest.mark.parametrize("chosen", [("available", ""), ("on_break", "Lunch"), ("on_break", "missed"), ("offline", "")])
def test_who_is_back_soon_has_what_was_chosen_before(agent, chosen):
    Agent.objects.update(presence=chosen[0], presence_reason=chosen[1], last_seen_at=NOW - timedelta(seconds=61))
    presence.lose(agent_id=agent.pk, seen_before=NOW)
    assert fresh(agent, "presence", "presence_reason", "kept_presence", "kept_reason") == ("offline", "lost", *chosen)
    Agent.objects.update(lost_at=timezone.now() - timedelta(minutes=14))
    presence.heartbeat(agent_id=agent.pk)
    assert fresh(agent, *STATE) == (*chosen, 0, 0, None, None)
    assert fresh(agent, "kept_presence", "kept_reason") == ("", "")
    assert fresh(agent, "last_seen_at")[0] > NOW


def test_who_takes_no_new_chats_and_has_none_any_more_is_done(agent):
    Agent.objects.update(**lost(timedelta(minutes=1)) | {"kept_presence": "draining"})
    presence.heartbeat(agent_id=agent.pk)
    assert fresh(agent, "presence", "presence_reason") == ("work_offline", "")


def test_who_is_back_late_stays_offline(center, conversation, agent, woken):
    Agent.objects.update(**lost(timedelta(minutes=15)))
    assert woken(presence.heartbeat, agent_id=agent.pk) == []
    assert fresh(agent, *STATE) == ("offline", "lost", 0, 0, None, None)
    assert fresh(agent, "kept_presence", "last_seen_at")[0] == ""
    presence.heartbeat(agent_id=agent.pk)
    assert fresh(agent, "presence") == ("offline",)


def lost(ago):
    """The fields of an agent who was available and then could not be reached."""
    return {
        "presence": "offline",
        "presence_reason": "lost",
        "lost_at": timezone.now() - ago,
        "kept_presence": "available",
    }


def test_who_is_back_wakes_the_queues(center, conversation, agent, woken):
    Agent.objects.update(**lost(timedelta()))
    assert woken(presence.heartbeat, agent_id=agent.pk) == [("wake_routing", center.queue.pk)]
    assert woken(presence.heartbeat, agent_id=agent.pk) == []


def test_a_heartbeat_of_nobody_is_none(agent):
    with nothing_written():
        presence.heartbeat(agent_id="nobody")


# Silence


def test_who_is_silent_is_lost_and_loses_what_rings(agent, conversation, offer):
    Agent.objects.update(last_seen_at=NOW - timedelta(seconds=61))
    assert presence.lose(agent_id=agent.pk, seen_before=NOW - timedelta(seconds=60)) is True
    ended = {"offer_id": offer.pk, "agent_id": agent.pk, "state": "withdrawn", "reason": "agent_lost"}
    assert facts(conversation, after=4) == [(5, "offer.ended", offer.interaction_id, ended)]
    assert fresh(agent, "presence", "presence_reason", "load", "first_in_line") == ("offline", "lost", 0, False)
    assert fresh(agent, "lost_at")[0] >= NOW
    assert fresh(offer.interaction, "state") == ("waiting",)


def test_who_is_lost_keeps_the_chats_for_a_while(agent, chat):
    Agent.objects.update(last_seen_at=NOW - timedelta(seconds=61))
    presence.lose(agent_id=agent.pk, seen_before=NOW - timedelta(seconds=60))
    assert fresh(chat, "state", "agent_id") == ("handling", agent.pk)
    assert fresh(agent, "load") == (3,)


@pytest.mark.parametrize(
    "changes",
    [
        {"last_seen_at": NOW - timedelta(seconds=60)},
        {"last_seen_at": None},
        {"last_seen_at": NOW - timedelta(seconds=61), "lost_at": NOW},
    ],
    ids=["just in time", "never there", "lost before"],
)
def test_nobody_else_is_lost(agent, offer, changes):
    Agent.objects.update(**changes)
    with nothing_written():
        assert presence.lose(agent_id=agent.pk, seen_before=NOW - timedelta(seconds=60)) is False


def test_only_who_is_meant_is_lost(agent, colleague):
    Agent.objects.filter(pk=colleague.pk).update(last_seen_at=NOW - timedelta(seconds=61))
    with nothing_written():
        assert presence.lose(agent_id=agent.pk, seen_before=NOW - timedelta(seconds=60)) is False


def test_only_the_lost_agents_offers_are_taken_back(center, offer):
    other = factories.make_agent(center.tenant, center.queue)
    ringing = Offer.objects.get(pk=offer.pk)
    Agent.objects.update(last_seen_at=NOW - timedelta(seconds=61))
    presence.lose(agent_id=other.pk, seen_before=NOW)
    assert fresh(ringing, "state") == ("pending",)


# Gone


def test_who_leaves_is_offline_at_once_and_everything_goes_back(agent, conversation, offer):
    entered_at = offer.interaction.entered_at
    presence.leave(agent_id=agent.pk)
    assert fresh(agent, *STATE) == ("offline", "", 0, 0, None, None)
    assert fresh(offer, "state", "reason") == ("rejected", "presence")
    assert fresh(offer.interaction, "state", "entered_at") == ("waiting", entered_at)


def test_the_chats_of_who_leaves_wait_again_with_their_age(agent, chat):
    entered_at = chat.entered_at
    presence.leave(agent_id=agent.pk)
    assert fresh(chat, "state", "agent_id", "entered_at") == ("waiting", None, entered_at)
    kinds = list(chat.conversation.log.order_by("number").values_list("kind", flat=True))
    assert kinds[-3:] == ["interaction.rerouted", "agent.left", "interaction.queued"]
    rerouted = chat.conversation.log.get(kind="interaction.rerouted")
    assert rerouted.data == {"agent_id": agent.pk, "reason": "agent_gone"}
    assert fresh(agent, "presence", "load") == ("offline", 0)


def test_who_leaves_twice_left_once(agent, chat):
    presence.leave(agent_id=agent.pk)
    with nothing_written():
        presence.leave(agent_id=agent.pk)


# A pause


def test_a_pause_is_over(center, conversation, agent, woken):
    Agent.objects.update(paused_until=NOW + timedelta(hours=1), missed_in_a_row=1)
    assert woken(presence.unpause, agent_id=agent.pk) == [("wake_routing", center.queue.pk)]
    assert fresh(agent, *STATE) == ("available", "", 0, 1, None, None)
