"""Who gets what opens again after the end, and whether its last agent is asked first."""

from datetime import timedelta

import pytest
from django.utils import timezone

from contactcenter_chat.actions import messages
from contactcenter_chat.actions.center import interactions, reopening, wrapup
from contactcenter_chat.models import Agent, Channel, Conversation, Interaction
from contactcenter_chat.providers.base import Nobody, Provider, ToBot, ToQueue
from tests import factories
from tests.facts import fresh, locked


class Says(Provider):
    def __init__(self, answer):
        super().__init__()
        self.answer = answer

    def answered_by(self, conversation):
        return self.answer


@pytest.fixture
def settings(settings):
    settings.CONTACTCENTER_CHAT = {"BOTS": ("guide", "clerk"), "LIVE_HINTS": False}
    return settings


@pytest.fixture
def idle(center, agent, settings):
    """A conversation that its agent has ended a moment ago."""
    conversation = factories.start_conversation(center.channel)
    chat = factories.accepted(conversation)
    interactions.end_interaction(interaction_id=chat.pk, agent=agent)
    return conversation


def policy(center, **fields):
    Channel.objects.filter(pk=center.channel.pk).update(**fields)


def kept(conversation):
    return locked(reopening.kept_for_last_agent, conversation)


def had_by(conversation, *bots):
    """Bots had it at first, one after the other."""
    for number, name in enumerate(bots, start=100):
        conversation.log.create(
            tenant=conversation.tenant, number=number, kind="conversation.assigned", data={"to": "script", "id": name}
        )
    conversation.log.create(
        tenant=conversation.tenant, number=200, kind="conversation.assigned", data={"to": "webhook", "id": "x"}
    )


# Its last agent first


@pytest.mark.parametrize(
    ("fields", "ago", "seconds"),
    [
        ({}, timedelta(hours=71), 60),
        ({}, timedelta(hours=73), None),
        ({"reopen_hours": 1}, timedelta(minutes=59), 60),
        ({"reopen_hours": 1}, timedelta(minutes=61), None),
        ({"reopen_hours": 0}, timedelta(seconds=1), None),
        ({"reopen_hours": 2**31 - 1}, timedelta(days=3000), 60),
        ({"sticky_seconds": 120}, timedelta(hours=1), 120),
        ({"sticky_seconds": 0}, timedelta(hours=1), None),
    ],
)
def test_the_channel_says_for_how_long(center, agent, idle, fields, ago, seconds):
    policy(center, **fields)
    now = timezone.now()
    Conversation.objects.update(last_ended_at=now - ago)
    found = kept(idle)
    if seconds is None:
        assert found == {}
        return
    assert found["target_agent"] == agent
    assert timedelta(seconds=seconds) <= found["target_until"] - now < timedelta(seconds=seconds + 9)


@pytest.mark.parametrize(
    ("agent_is", "wrap_up_in", "is_kept"),
    [
        ({"load": 6}, None, True),
        ({"load": 9}, None, False),
        ({"load": 9}, timedelta(seconds=50), True),  # the room is there within the wait
        ({"load": 9}, timedelta(seconds=90), False),
        ({"load": 0, "paused_until": timedelta(seconds=5)}, None, True),
        ({"load": 0, "paused_until": timedelta(seconds=600)}, None, False),
        ({"load": 9, "paused_until": timedelta(seconds=600)}, timedelta(seconds=50), False),
        ({"load": 0, "presence": "on_break"}, None, False),
    ],
)
def test_only_for_one_who_has_room_or_will_have_it_in_time(center, agent, idle, agent_is, wrap_up_in, is_kept):
    now = timezone.now()
    if "paused_until" in agent_is:
        agent_is = {**agent_is, "paused_until": now + agent_is["paused_until"]}
    Agent.objects.filter(pk=agent.pk).update(**agent_is)
    Interaction.objects.update(wrap_up_until=wrap_up_in and now + wrap_up_in)
    assert bool(kept(idle)) is is_kept


@pytest.mark.parametrize(("pace", "is_kept"), [("live", False), ("messaging", True)])
def test_room_is_room_for_its_share(center, agent, idle, pace, is_kept):
    type(center.channel).objects.update(pace=pace)
    Agent.objects.filter(pk=agent.pk).update(load=8)
    Interaction.objects.update(wrap_up_until=None)
    assert bool(kept(idle)) is is_kept


def test_what_was_kept_is_offered_to_it_when_its_wrap_up_is_done(center, agent, idle):
    other = factories.make_agent(center.tenant, center.queue)
    Agent.objects.filter(pk=agent.pk).update(capacity=1)
    locked(interactions.open_interaction, idle, center.queue)
    again = Interaction.objects.get(state="waiting")
    assert fresh(again, "target_agent_id") == (agent.pk,)
    wrapup.finish(interaction_id=Interaction.objects.get(state="wrap_up").pk, agent=agent)
    assert factories.offer_of(idle).agent == agent != other


# Who gets it


def answered(conversation, said):
    return locked(lambda each: reopening.answered_by(each, Says(said)), conversation)


def test_whom_the_provider_says(center, idle):
    had_by(idle, "guide")
    for said in (ToBot("clerk"), ToQueue(center.queue), Nobody()):
        assert answered(idle, said) == said


def test_the_last_queue_instead_of_a_bot(center, idle):
    policy(center, reopen_to="last_queue")
    assert answered(idle, ToBot("guide")) == ToQueue(center.queue)
    assert answered(idle, Nobody()) == Nobody()
    other = factories.make_queue(center.tenant)
    assert answered(idle, ToQueue(other)) == ToQueue(other)


def test_the_bot_that_had_it_last(center, idle):
    policy(center, reopen_to="bot")
    assert answered(idle, ToQueue(center.queue)) == ToQueue(center.queue)  # none had it
    had_by(idle, "guide", "clerk", "gone")
    assert answered(idle, ToQueue(center.queue)) == ToBot("clerk")
    assert answered(idle, ToBot("guide")) == ToBot("guide")
    assert answered(idle, Nobody()) == Nobody()


@pytest.mark.parametrize("to", ["last_queue", "bot"])
def test_after_a_while_it_is_whom_the_provider_says(center, idle, to):
    policy(center, reopen_to=to, reopen_hours=1)
    had_by(idle, "guide")
    Conversation.objects.update(last_ended_at=timezone.now() - timedelta(hours=2))
    for said in (ToBot("clerk"), ToQueue(center.queue)):
        assert answered(idle, said) == said


def test_what_begins_is_whom_the_provider_says(center, settings):
    policy(center, reopen_to="last_queue")
    begun = factories.start_conversation(center.channel)
    assert answered(begun, ToBot("guide")) == ToBot("guide")


def test_a_remote_centre_decides_by_itself(center, idle):
    policy(center, reopen_to="bot")
    had_by(idle, "guide")
    Conversation.objects.update(is_remote=True)
    assert answered(idle, ToQueue(center.queue)) == ToQueue(center.queue)


def test_the_customer_writes_again_and_the_bot_has_it(center, idle):
    policy(center, reopen_to="bot")
    had_by(idle, "guide")
    Conversation.objects.update(last_number=200)
    messages.add_message(conversation_id=idle.pk, author_type="user", text="And then?")
    assert fresh(idle, "state", "script", "open_interaction_id") == ("active", "guide", None)
