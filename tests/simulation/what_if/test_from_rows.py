"""What a tenant's rows say of what is simulated, and of who came."""

from datetime import timedelta

import pytest
from django.utils import timezone

from contactcenter_chat.actions.center import interactions, overflow
from contactcenter_chat.models import Agent as AgentRow
from contactcenter_chat.models import Interaction, OpeningHours
from contactcenter_chat.routing.plan import Plan, Step
from contactcenter_chat.simulation.what_if.arrivals import Chances
from contactcenter_chat.simulation.what_if.centre import Agent, Queue
from contactcenter_chat.simulation.what_if.from_rows import came_since, centre_of
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def center(settings):
    settings.CONTACTCENTER_CHAT = {"LIVE_HINTS": False}
    return factories.make_center("college", wrap_up_mode="none")


def test_the_centre_as_it_is_set_up(center, django_assert_num_queries):
    fees = factories.make_skill(center.tenant, "Fees")
    ada = factories.make_agent(center.tenant, center.queue, username="ada", capacity=2)
    factories.give(ada, {fees: 4}, {"es": 3})
    gone = factories.make_agent(center.tenant, center.queue, username="gone")
    AgentRow.objects.filter(pk=gone.pk).update(released_at=timezone.now())
    hours = OpeningHours.objects.create(tenant=center.tenant, name="Office", weekly={"0": [["09:00", "17:00"]]})
    general = factories.make_queue(center.tenant, "General", offer_gap_seconds=None)
    factories.make_agent(factories.make_tenant().tenant)
    steps = [{"after": 40, "requires": {fees.pk: 1}}, {"after": 90, "language": "any"}]
    factories.plan(
        center.queue, requires={fees.pk: 3}, steps=steps, priority=5, prefer="best", hours=hours, target_seconds=40
    )
    factories.plan(
        center.queue,
        closed_target_seconds=9000,
        target_percent=90,
        grace_seconds=0,
        closing_seconds=90,
        max_wait_seconds=60,
        when_empty="message",
        messaging_target_seconds=7200,
    )
    factories.overflows(center.queue, general)
    with django_assert_num_queries(8):
        centre = centre_of(center.tenant)
    assert (centre.name, centre.agents) == ("college", {"ada": Agent("ada", 2, {"Fees": 4}, {"es": 3})})
    name = center.queue.name
    assert centre.queues == {
        "General": Queue("General", {}),
        name: Queue(
            name,
            {"ada": 3},
            Plan({"Fees": 3}, steps=(Step(40, {"Fees": 1}), Step(90, language="any"))),
            hours.hours(),
            target=40,
            closed_target=9000,
            share=0.9,
            priority=5,
            prefer="best",
            gap=0,
            grace=0,
            closing=90,
            max_wait=60,
            overflow=("General",),
            when_empty="message",
            messaging_target=7200,
        ),
    }


def test_who_came(center, django_assert_num_queries):
    fees = factories.make_skill(center.tenant, "Fees")
    agent = factories.make_agent(center.tenant, center.queue)
    factories.give(agent, languages={"es": 3})
    conversation = factories.start_conversation(center.channel, language="es")
    done = factories.accepted(conversation)
    interactions.end_interaction(interaction_id=done.pk, agent=agent)
    start = timezone.now().replace(microsecond=0) - timedelta(hours=1)
    Interaction.objects.filter(pk=done.pk).update(
        entered_at=start,
        accepted_at=start + timedelta(seconds=900),
        finished_at=start + timedelta(seconds=1200),
        wish={"language": "es", "skills": {fees.pk: 2}},
        priority=5,
    )
    left = Interaction.objects.get(conversation=factories.start_conversation(center.channel, language="cy"))
    later = start + timedelta(seconds=10)
    Interaction.objects.filter(pk=left.pk).update(
        entered_at=later, ended_at=later + timedelta(seconds=33), state="finished", outcome="abandoned"
    )
    waits = Interaction.objects.get(conversation=factories.start_conversation(center.channel))
    factories.start_conversation(factories.make_center().channel)
    old = Interaction.objects.get(conversation=factories.start_conversation(center.channel))
    Interaction.objects.filter(pk=old.pk).update(entered_at=start - timedelta(seconds=1))
    chances = Chances(seed=1, patience_mean=100)
    with django_assert_num_queries(4):
        came = came_since(center.tenant, start, chances)
    one, two, three = came
    assert (one.at, one.queue, one.handle_seconds, one.priority) == (start, center.queue.name, 300, 5)
    assert (one.language, one.skills) == ("es", {"Fees": 2})
    assert one.patience_seconds >= 900  # who waited for so long would have waited for longer
    assert (two.at, two.language, two.patience_seconds) == (later, "cy", 33)
    assert three.at == waits.entered_at
    assert three.handle_seconds > 0
    assert came_since(center.tenant, start, chances) == came
    endless = came_since(center.tenant, start, Chances(patience_mean=0))
    assert [each.patience_seconds for each in endless] == [None, 33, None]


def test_who_was_passed_on_came_to_the_first_queue(center):
    general = factories.make_queue(center.tenant, "General")
    factories.overflows(center.queue, general)
    factories.plan(center.queue, max_wait_seconds=1)
    interaction = Interaction.objects.get(conversation=factories.start_conversation(center.channel))
    assert overflow.after_longest_wait(interaction.pk, timezone.now() + timedelta(seconds=2))
    (came,) = came_since(center.tenant, interaction.entered_at, Chances())
    assert came.queue == center.queue.name != Interaction.objects.get().queue.name


def test_at_which_pace_they_came(center):
    factories.set_pace("mail")
    factories.make_agent(center.tenant, center.queue)
    factories.accepted(factories.start_conversation(center.channel))
    (came,) = came_since(center.tenant, Interaction.objects.get().entered_at, Chances())
    assert (came.pace, came.patience_seconds) == ("mail", None)
