"""What follows from what happened at a remote centre, as rows and facts here."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from contactcenter_chat import events
from contactcenter_chat.actions.remote import settling
from contactcenter_chat.models import Conversation, Interaction, LogEntry, Participant
from tests.factories import start_conversation
from tests.facts import facts, fresh, nothing_written

EPISODE = ("state", "outcome", "ended_by", "remote_agent", "agent_id", "is_remote")
ADA = {"agent_id": "ada", "first_name": "Ada", "last_name": "Lovelace"}
ALAN = {"agent_id": "alan", "first_name": "Alan", "last_name": "Turing"}
QUEUED = events.InteractionQueued(queue_id="q", queue_name="Help")
JOINED, LEFT = events.AgentJoined(**ADA), events.AgentLeft(**ADA)


@pytest.fixture
def own(here):
    """A conversation that the centre is to answer; its log ends with 2, ``conversation.activated``."""
    return start_conversation(here.channel)


@pytest.fixture
def begin():
    return timezone.now()


def add(conversation, event, at, *, reports_idle=False):
    with transaction.atomic():
        settling.add_fact(Conversation.objects.lock(conversation.pk), event, at, reports_idle=reports_idle)


def kinds(conversation, after):
    return [(number, kind) for number, kind, *_about in facts(conversation, after)]


def later(begin, seconds):
    return begin + timedelta(seconds=seconds)


def test_queued_there_it_waits_here(here, own, begin):
    add(own, QUEUED, begin)
    episode = Interaction.objects.get()
    assert facts(own, after=2) == [(3, "interaction.queued", episode.pk, QUEUED.data())]
    assert fresh(episode, *EPISODE) == ("waiting", "", "", "", None, True)
    assert fresh(episode, "queue_id", "tenant_id") == (here.channel.queue_id, here.tenant.pk)
    assert fresh(episode, "entered_at", "due_at", "accepted_at", "ended_at") == (begin, begin, None, None)
    assert fresh(own, "state", "open_interaction_id", "last_ended_at") == ("active", episode.pk, None)


def test_an_agent_joins_there(own, begin):
    add(own, QUEUED, begin)
    add(own, JOINED, later(begin, 10))
    episode, ada = Interaction.objects.get(), Participant.objects.get(type="agent")
    assert facts(own, after=3) == [(4, "agent.joined", episode.pk, ADA)]
    assert fresh(episode, *EPISODE) == ("handling", "", "", "Ada Lovelace", None, True)
    assert fresh(episode, "accepted_at") == (later(begin, 10),)
    assert fresh(ada, "remote_id", "remote_name", "joined_at", "left_at", "agent_id") == (
        "ada",
        "Ada Lovelace",
        later(begin, 10),
        None,
        None,
    )


@pytest.mark.parametrize("reports_idle", [False, True])
def test_the_agent_leaves_there(own, begin, reports_idle):
    for seconds, event in ((0, QUEUED), (10, JOINED), (20, LEFT)):
        add(own, event, later(begin, seconds), reports_idle=reports_idle)
    episode = Interaction.objects.get()
    concluded = [] if reports_idle else [(7, "conversation.idled", episode.pk, {"remote": False})]
    assert facts(own, after=4) == [
        (5, "agent.left", episode.pk, ADA),
        (6, "interaction.ended", episode.pk, {"outcome": "handled", "ended_by": "agent"}),
        *concluded,
    ]
    assert fresh(episode, *EPISODE) == ("finished", "handled", "agent", "Ada Lovelace", None, True)
    assert fresh(episode, "ended_at", "finished_at") == (later(begin, 20), later(begin, 20))
    assert fresh(own, "state", "open_interaction_id", "last_ended_at") == ("idle", None, later(begin, 20))
    assert Participant.objects.get(type="agent").left_at == later(begin, 20)
    assert own.log.get(kind="interaction.ended").at == later(begin, 20)


def test_a_centre_that_tells_of_idling_itself_is_believed(own, begin):
    add(own, QUEUED, begin, reports_idle=True)
    add(own, events.ConversationIdled(remote=True), later(begin, 9), reports_idle=True)
    assert kinds(own, after=3) == [(4, "conversation.idled"), (5, "interaction.ended")]
    assert fresh(Interaction.objects.get(), *EPISODE) == ("finished", "cancelled", "system", "", None, True)
    assert fresh(own, "state") == ("idle",)


def test_what_was_concluded_says_nothing_of_its_own(own, begin):
    """A conversation that fell idle by what was heard is active again by what is heard late."""
    add(own, JOINED, later(begin, 10))
    add(own, LEFT, later(begin, 20))
    assert fresh(own, "state") == ("idle",)
    add(own, events.AgentJoined(**ALAN), later(begin, 15))
    episode = Interaction.objects.get()
    assert fresh(own, "state", "open_interaction_id") == ("active", episode.pk)
    assert fresh(episode, *EPISODE) == ("handling", "", "", "Alan Turing", None, True)
    assert kinds(own, after=6)[-1][1] == "conversation.activated"


def test_two_episodes_turn_out_to_be_one(own, begin):
    add(own, JOINED, later(begin, 10))
    add(own, LEFT, later(begin, 20))
    add(own, events.AgentJoined(**ALAN), later(begin, 30))
    assert Interaction.objects.count() == 2
    first = Interaction.objects.earliest("pk")
    add(own, events.AgentJoined(**ALAN), later(begin, 12))
    episode = Interaction.objects.get()
    assert episode == first
    assert fresh(episode, "entered_at", "ended_at", "state") == (later(begin, 10), None, "handling")
    assert set(LogEntry.objects.exclude(interaction=None).values_list("interaction", flat=True)) == {episode.pk}


def test_the_first_that_is_heard_may_have_been_later(own, begin):
    add(own, LEFT, later(begin, 20))
    ada = Participant.objects.get(type="agent")
    assert fresh(ada, "joined_at", "left_at") == (later(begin, 20), later(begin, 20))
    assert not Interaction.objects.exists()
    add(own, JOINED, later(begin, 10))
    assert fresh(ada, "joined_at", "left_at") == (later(begin, 10), later(begin, 20))
    assert fresh(Interaction.objects.get(), *EPISODE) == ("finished", "handled", "agent", "Ada Lovelace", None, True)


def test_an_agent_who_comes_back_has_not_left(own, begin):
    for seconds, event in ((10, JOINED), (20, LEFT), (30, JOINED)):
        add(own, event, later(begin, seconds))
    assert fresh(Participant.objects.get(type="agent"), "joined_at", "left_at") == (later(begin, 10), None)


def test_an_agent_of_whom_nothing_is_said(own, begin):
    add(own, events.AgentJoined(agent_id="", first_name="", last_name=""), begin)
    assert fresh(Participant.objects.get(type="agent"), "remote_id", "remote_name") == ("agent", "")


# Looked up


def test_what_was_going_on_at_a_time(own, begin):
    assert settling.interaction_at(own, begin) is None
    for seconds, event in ((10, JOINED), (20, LEFT), (30, JOINED)):
        add(own, event, later(begin, seconds))
    first, second = Interaction.objects.order_by("entered_at")
    found = [settling.interaction_at(own, later(begin, seconds)) for seconds in (0, 10, 25, 30, 99)]
    assert found == [first, first, first, second, second]


def test_now_is_not_before_the_newest_fact(own, begin):
    assert abs(settling.not_before(own) - timezone.now()) < timedelta(seconds=5)
    add(own, QUEUED, later(begin, 3600))
    assert settling.not_before(own) == later(begin, 3600)


def test_an_agent_there_is_one_participant_with_the_newest_name(own, begin):
    first = settling.remote_agent(own, "ada", "Ada", begin)
    with nothing_written():
        assert settling.remote_agent(own, "ada", "", later(begin, 1)) == first
    assert settling.remote_agent(own, "ada", "Ada Lovelace", later(begin, 1)) == first
    assert fresh(first, "type", "remote_id", "remote_name", "joined_at") == ("agent", "ada", "Ada Lovelace", begin)
    settling.remote_agent(own, "alan", "x" * 300, begin)
    assert Participant.objects.get(remote_id="alan").remote_name == "x" * 255
