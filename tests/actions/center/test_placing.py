"""What an interaction requires when it is queued, when it is due, and what is looked at together with it."""

from datetime import timedelta

import pytest
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from contactcenter_chat.actions import conversations, messages
from contactcenter_chat.actions.center import interactions, offers, placing, releasing, routing, timers, transfers
from contactcenter_chat.models import Agent, Channel, Conversation, Interaction, Offer, OpeningHours, QueueMember
from contactcenter_chat.routing.plan import Wish
from tests import factories
from tests.facts import fresh

PLACE = ("required", "step", "step_due_at", "asked")


@pytest.fixture
def fees(center):
    return factories.make_skill(center.tenant, "Fees")


def spoken(center, agent, *tags):
    factories.give(agent, languages=dict.fromkeys(tags, 3))


def waits(center, **data):
    return Interaction.objects.get(conversation=factories.start_conversation(center.channel, **data))


def told(skills=None, language=""):
    return {"skills": skills or {}, "language": language}


# Required


def test_where_nothing_is_required(center):
    assert fresh(waits(center), "wish", *PLACE, "group_key") == ({}, {}, 0, None, [], "")


def test_what_the_queue_requires(center, fees):
    factories.plan(center.queue, requires={fees.pk: 3})
    interaction = waits(center)
    assert fresh(interaction, *PLACE) == (told({fees.pk: 3}), 0, None, [])
    assert len(interaction.group_key) == 32
    assert interaction.group_key == waits(center).group_key


@pytest.mark.parametrize(
    ("language", "spoken_here", "rule", "required"),
    [
        ("es", ["en", "es"], "required", "es"),
        ("pt-BR", ["pt"], "required", "pt-BR"),
        ("es", ["en"], "required", ""),  # nobody here speaks it: it would be waited for in vain
        ("es", [], "required", ""),
        ("es", ["es"], "any", ""),
        ("es", ["es"], "translate", ""),
    ],
)
def test_the_customers_language_where_somebody_speaks_it(center, agent, language, spoken_here, rule, required):
    spoken(center, agent, *spoken_here)
    factories.plan(center.queue, language=rule)
    interaction = waits(center, language=language)
    assert interaction.required == (told(language=required) if required else {})


def test_languages_of_who_is_no_member_do_not_count(center, agent):
    spoken(center, factories.make_agent(center.tenant), "es")
    assert waits(center, language="es").required == {}


def test_what_the_client_asked_for(center, fees):
    conversation = factories.start_conversation(center.channel)
    conversations.leave_as_customer(conversation_id=conversation.pk)
    Conversation.objects.update(asked_skills={fees.pk: 2})
    messages.add_message(conversation_id=conversation.pk, author_type="user", text="Hello again")
    interaction = Interaction.objects.get(state="waiting")
    assert (interaction.wish, interaction.required) == (told({fees.pk: 2}), told({fees.pk: 2}))


def requirements(*, conversation, queue, wish):
    """A project's own function."""
    return Wish(wish.language, {**wish.skills, f"{queue.name} {conversation.data['name']}": 4})


def test_what_the_projects_function_asks_for(center, settings):
    settings.CONTACTCENTER_CHAT = {"REQUIREMENTS": f"{__name__}.requirements", "LIVE_HINTS": False}
    assert waits(center).required == told({"Default Grace": 4})


def fails(**asked):
    Interaction.objects.extra(where=["nonsense"]).exists()


def returns_a_dict(**asked):
    return {"language": "es"}


@pytest.mark.parametrize("function", [fails, returns_a_dict])
def test_one_that_fails_keeps_no_customer_from_waiting(center, agent, settings, function, caplog):
    settings.CONTACTCENTER_CHAT = {"REQUIREMENTS": f"{__name__}.{function.__name__}", "LIVE_HINTS": False}
    assert waits(center).required == {}
    assert "could not be asked" in caplog.text
    assert routing.route_queue(center.queue.pk) == 1


def test_a_language_that_nobody_speaks_any_more_is_waited_for_no_longer(center, agent, colleague):
    spoken(center, agent, "es")
    interaction = waits(center, language="es")
    assert interaction.required["language"] == "es"
    releasing.release_agent(agent_id=agent.pk)
    timers.run_timers()
    assert fresh(interaction, "required") == ({},)
    assert routing.route_queue(center.queue.pk) == 1


def test_nobody_is_offered_what_asks_for_more(center, agent, fees, colleague):
    factories.plan(center.queue, requires={fees.pk: 3})
    factories.give(agent, {fees: 2})
    factories.give(colleague, {fees: 3})
    waits(center)
    routing.route_queue(center.queue.pk)
    assert Offer.objects.get().agent == colleague


# Due


@pytest.mark.parametrize(
    ("target", "priority", "own", "seconds"),
    [(None, 0, 0, 60), (600, 0, 0, 600), (60, 10, 0, -540), (60, -10, 5, 360)],
)
def test_due(center, target, priority, own, seconds):
    factories.plan(center.queue, target_seconds=target, priority=priority)
    interaction = waits(center)
    interaction.priority, interaction.queue = own, center.queue
    placing.put_back(interaction)
    assert interaction.due_at - interaction.entered_at == timedelta(seconds=seconds)


HOUR = timedelta(hours=1)
OFFICE = {str(day): [["09:00", "17:00"]] for day in range(7)}


@pytest.mark.parametrize(
    ("pace", "entered", "due"),
    [
        ("live", "2026-06-01T16:59:30Z", "2026-06-02T09:00:30Z"),
        ("live", "2026-06-01T18:00:00Z", "2026-06-02T13:00:00Z"),  # it came while closed
        ("messaging", "2026-06-01T10:00:00Z", "2026-06-01T14:00:00Z"),
        ("messaging", "2026-06-01T16:00:00Z", "2026-06-02T12:00:00Z"),
        ("messaging", "2026-06-01T18:00:00Z", "2026-06-02T13:00:00Z"),
        ("mail", "2026-06-01T10:00:00Z", "2026-06-02T10:00:00Z"),
        ("mail", "2026-06-01T18:00:00Z", "2026-06-02T17:00:00Z"),
    ],
)
def test_due_by_the_pace_in_open_hours(center, pace, entered, due):
    hours = OpeningHours(tenant=center.tenant, name="Office", weekly=OFFICE)
    center.queue.hours = hours
    interaction = Interaction(queue=center.queue, pace=pace, entered_at=parse_datetime(entered))
    assert placing.due_at(interaction) == parse_datetime(due)


@pytest.mark.parametrize(("pace", "seconds"), [("live", 7), ("messaging", 14_400), ("mail", 28_800)])
def test_a_queues_own_targets_are_for_what_is_live(center, pace, seconds):
    Channel.objects.update(pace=pace)
    factories.plan(center.queue, target_seconds=7, closed_target_seconds=8)
    interaction = waits(center)
    assert interaction.due_at - interaction.entered_at == timedelta(seconds=seconds)
    interaction.is_follow_up = True
    followed = placing.due_at(interaction) - interaction.entered_at
    assert followed == timedelta(seconds=8 if pace == "live" else seconds)


def test_the_other_paces_have_targets_of_their_own(center):
    factories.plan(center.queue, target_seconds=7, messaging_target_seconds=60, mail_target_seconds=0)
    seconds = {"live": 7, "messaging": 60, "mail": 0}
    for pace in seconds:
        Channel.objects.update(pace=pace)
        interaction = waits(center)
        assert interaction.due_at - interaction.entered_at == timedelta(seconds=seconds[pace])


def test_what_takes_another_share_is_another_group(center, fees):
    live = waits(center)
    Channel.objects.update(pace="messaging")
    messaging, other = waits(center), waits(center)
    Channel.objects.update(pace="mail")
    mail = waits(center)
    assert live.group_key == ""
    assert messaging.group_key == other.group_key
    assert len({live.group_key, messaging.group_key, mail.group_key}) == 3


def test_the_pace_is_frozen_when_it_is_queued(center):
    Channel.objects.update(pace="messaging")
    interaction = waits(center)
    Channel.objects.update(pace="live")
    other = factories.make_queue(center.tenant)
    conversations.assign_to_queue(conversation_id=interaction.conversation_id, queue=other)
    assert fresh(interaction, "queue_id", "pace") == (other.pk, "messaging")
    conversations.leave_as_customer(conversation_id=interaction.conversation_id)
    messages.add_message(conversation_id=interaction.conversation_id, author_type="user", text="Hello")
    assert interaction.conversation.interactions.latest("entered_at").pace == "live"


# Put back


def test_who_declined_is_not_asked_again_and_others_of_its_kind_are_another_group(center, agent, fees):
    factories.plan(center.queue, requires={fees.pk: 3})
    factories.give(agent, {fees: 3})
    declined, other = waits(center), waits(center)
    offers.decline_offer(offer_id=factories.offer_of(declined.conversation).pk, agent=agent)
    assert fresh(declined, "asked", "required") == ([agent.pk], told({fees.pk: 3}))
    assert fresh(declined, "group_key") != (other.group_key,)
    assert fresh(other, "asked", "group_key") == ([], other.group_key)


def test_who_accepted_and_did_not_answer_is_asked_last(center, agent, colleague, conversation):
    chat = factories.accepted(conversation)
    interactions.reroute(interaction_id=chat.pk, agent_id=agent.pk, reason="no_reply")
    assert fresh(chat, "asked") == ([agent.pk],)
    assert factories.offer_of(conversation).agent == colleague


@pytest.mark.parametrize("steps", [[], [{"after": 30, "requires": {}}]])
def test_a_plan_that_changed_while_it_rang(center, agent, fees, steps):
    interaction = waits(center)
    offer = factories.offer_of(interaction.conversation)
    factories.plan(center.queue, requires={fees.pk: 3}, steps=steps)
    offers.decline_offer(offer_id=offer.pk, agent=agent)
    assert fresh(interaction, "required", "step") == (told({fees.pk: 3}), 0)
    # Whose step it is in, the clock says at once.
    assert (fresh(interaction, "step_due_at")[0] is not None) == bool(steps)
    assert steps == [] or fresh(interaction, "step_due_at")[0] <= timezone.now()


def test_kept_for_a_colleague_it_is_a_group_of_its_own(center, agent, colleague, conversation):
    chat = factories.accepted(conversation)
    chat = transfers.transfer_to_agent(interaction_id=chat.pk, agent=agent, to_agent=colleague)
    assert chat.group_key != ""
    offers.release_target(chat)
    kept_for_sender = fresh(chat, "target_agent_id", "group_key")
    assert kept_for_sender[0] == agent.pk
    Agent.objects.update(presence="on_break")
    chat.return_to_agent = None
    offers.release_target(chat)
    assert fresh(chat, "target_agent_id", "group_key") == (None, "")


def test_in_another_queue_it_is_placed_anew(center, agent, fees, conversation):
    other = factories.make_queue(center.tenant, requires={fees.pk: 1}, target_seconds=10)
    QueueMember.objects.create(queue=other, agent=agent)
    interaction = Interaction.objects.get()
    conversations.assign_to_queue(conversation_id=conversation.pk, queue=other)
    assert fresh(interaction, "queue_id", "required") == (other.pk, told({fees.pk: 1}))
    assert fresh(interaction, "due_at") == (interaction.entered_at + timedelta(seconds=10),)
