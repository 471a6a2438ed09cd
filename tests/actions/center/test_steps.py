"""When what waits requires less: by the clock, at once where nobody has it, and when its queue's plan changes."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from contactcenter_chat.actions.center import placing, presence, queues, routing, skills, steps, timers
from contactcenter_chat.models import Agent, Conversation, Interaction, Offer, Queue, Segment
from tests import factories
from tests.facts import fresh, nothing_written

STEPS = [{"after": 40, "requires": "fees 1"}, {"after": 90, "requires": {}, "language": "any"}]


@pytest.fixture
def fees(center):
    return factories.make_skill(center.tenant, "Fees")


@pytest.fixture
def expert(center, fees):
    """Has all that the queue requires at first."""
    agent = factories.make_agent(center.tenant, center.queue)
    factories.give(agent, {fees: 4}, {"es": 3})
    return agent


@pytest.fixture
def planned(center, fees, expert):
    factories.plan(center.queue, requires={fees.pk: 3}, steps=[STEPS[0] | {"requires": {fees.pk: 1}}, STEPS[1]])
    return center.queue


def waits(center):
    return Interaction.objects.get(conversation=factories.start_conversation(center.channel, language="es"))


def later(seconds):
    """Let so much time pass."""
    passed = timedelta(seconds=seconds)
    for row in Interaction.objects.all():
        times = {"entered_at": row.entered_at - passed, "due_at": row.due_at - passed}
        if row.step_due_at:
            times["step_due_at"] = row.step_due_at - passed
        Interaction.objects.filter(pk=row.pk).update(**times)
    for row in Segment.objects.all():
        Segment.objects.filter(pk=row.pk).update(entered_at=row.entered_at - passed)


def place(interaction):
    step, due, required = fresh(interaction, "step", "step_due_at", "required")
    return step, due and round((due - fresh(interaction, "entered_at")[0]).total_seconds()), required


def test_step_by_step(center, planned, fees):
    interaction = waits(center)
    assert place(interaction) == (0, 40, {"skills": {fees.pk: 3}, "language": "es"})
    later(39)
    timers.run_timers()
    assert place(interaction)[0] == 0
    later(1)
    assert timers.run_timers()["steps_due"] == 1
    assert place(interaction) == (1, 90, {"skills": {fees.pk: 1}, "language": "es"})
    later(50)
    assert timers.run_timers()["steps_due"] == 1
    assert place(interaction) == (2, None, {})
    assert timers.run_timers()["steps_due"] == 0


def test_a_clock_that_stood_still_takes_several_at_once(center, planned):
    interaction = waits(center)
    later(1000)
    timers.run_timers()
    assert place(interaction) == (2, None, {})


def test_many_are_changed_in_batches(center, planned, monkeypatch):
    monkeypatch.setattr(steps, "AT_ONCE", 2)
    for _ in range(5):
        waits(center)
    later(40)
    assert timers.run_timers()["steps_due"] == 5
    assert set(Interaction.objects.values_list("step", flat=True)) == {1}


def test_who_could_not_take_it_before_is_offered_it_then(center, planned):
    helper = factories.make_agent(center.tenant, center.queue)
    Agent.objects.exclude(pk=helper.pk).update(presence="on_break")
    waits(center)
    assert routing.route_queue(center.queue.pk) == 0
    later(90)
    timers.run_timers()
    assert routing.route_queue(center.queue.pk) == 1
    assert Offer.objects.get().agent == helper


def test_an_offer_is_not_taken_back_by_a_step(center, planned, expert):
    interaction = waits(center)
    offer = factories.offer_of(interaction.conversation)
    later(50)
    timers.run_timers()
    assert fresh(interaction, "state", "step") == ("offering", 0)
    assert fresh(offer, "state") == ("pending",)


# Nobody has it


@pytest.mark.parametrize(("chosen", "step"), [("on_break", 0), ("offline", 2), ("work_offline", 2)])
def test_what_nobody_has_who_is_logged_in_is_skipped_at_once(center, planned, expert, chosen, step):
    """A break is over some time; who has gone home is not waited for."""
    factories.make_agent(center.tenant, center.queue)
    Agent.objects.filter(pk=expert.pk).update(presence=chosen)
    assert waits(center).step == step


def test_also_for_what_waits_already(center, planned, expert):
    helper = factories.make_agent(center.tenant, center.queue)
    interaction = waits(center)
    presence.set_presence(agent_id=expert.pk, presence="offline")
    assert routing.route_queue(center.queue.pk) == 1
    assert fresh(interaction, "step", "required") == (2, {})
    assert Offer.objects.get().agent == helper


def test_what_was_left_does_not_come_back(center, planned, expert):
    factories.make_agent(center.tenant, center.queue, presence="on_break")
    interaction = waits(center)
    presence.set_presence(agent_id=expert.pk, presence="offline")
    routing.route_queue(center.queue.pk)
    presence.set_presence(agent_id=expert.pk, presence="available")
    steps.skip_unmet(center.queue.pk)
    timers.run_timers()
    assert fresh(interaction, "step") == (2,)


def test_without_steps_it_waits_for_who_has_it(center, fees, agent):
    factories.plan(center.queue, requires={fees.pk: 3})
    interaction = waits(center)
    with nothing_written():
        assert routing.route_queue(center.queue.pk) == 0
    assert fresh(interaction, "step") == (0,)


# The plan changes


def test_what_waits_is_brought_to_a_new_plan(center, planned, fees, expert, monkeypatch):
    monkeypatch.setattr(steps, "AT_ONCE", 2)
    waiting = [waits(center) for _ in range(3)]
    later(50)
    timers.run_timers()
    factories.plan(center.queue, requires={fees.pk: 2}, steps=[], target_seconds=30)
    for interaction in waiting:
        assert place(interaction) == (0, None, {"skills": {fees.pk: 2}, "language": "es"})
        entered, due = fresh(interaction, "entered_at", "due_at")
        assert due - entered == timedelta(seconds=30)
    assert fresh(center.queue, "replan_after") == (None,)


def test_the_clock_does_it(center, agent, fees, conversation):
    center.queue.requires = {fees.pk: 2}
    queues.save_queue(center.queue)
    assert fresh(Interaction.objects.get(), "required") == ({},)
    assert timers.run_timers()["queues_replanned"] == 1
    assert fresh(Interaction.objects.get(), "required") == ({"skills": {fees.pk: 2}, "language": ""},)
    assert timers.run_timers()["queues_replanned"] == 0


def test_what_was_queued_meanwhile_by_the_old_plan_is_brought_to_it_too(center, agent, fees, conversation):
    factories.plan(center.queue, requires={fees.pk: 2})
    Interaction.objects.update(required={}, group_key="", wish={})  # as by a transaction that began before
    assert timers.run_timers()["queues_replanned"] == 0
    Queue.objects.update(replan_again_at=timezone.now())
    assert timers.run_timers()["queues_replanned"] == 1
    assert fresh(Interaction.objects.get(), "required") == ({"skills": {fees.pk: 2}, "language": ""},)
    assert fresh(center.queue, "replan_after", "replan_again_at") == (None, None)


@pytest.mark.parametrize("changes", [{"is_closed": True}, {}])
def test_nothing_is_skipped_at_night(center, planned, expert, changes):
    """Who will be there in the morning, nobody knows while all are gone."""
    Agent.objects.update(presence="offline")
    Queue.objects.update(**{"is_closed": False, **changes})
    center.channel.queue.refresh_from_db()
    assert waits(center).step == 0


def test_what_of_a_queue_is_no_plan_is_saved_without(center, conversation):
    factories.plan(center.queue, name="Another")
    assert fresh(center.queue, "replan_after") == (None,)


def test_a_new_step_holds_for_what_waits_already(center, planned, fees, expert):
    interaction = waits(center)
    later(20)
    factories.plan(center.queue, steps=[{"after": 10, "requires": {}, "language": "any"}])
    assert place(interaction) == (1, None, {})


def test_steps_where_there_were_none(center, agent, fees):
    factories.plan(center.queue, requires={})
    interaction = waits(center)
    later(20)
    factories.plan(center.queue, steps=[{"after": 30}, {"after": 60}])
    assert place(interaction) == (0, 30, {})
    factories.plan(center.queue, steps=[{"after": 10}, {"after": 60}])
    assert place(interaction) == (1, 60, {})
    factories.plan(center.queue, steps=[])
    assert place(interaction) == (0, None, {})


def test_a_follow_up_takes_no_steps(center, planned, fees):
    interaction = waits(center)
    Interaction.objects.update(is_follow_up=True)
    factories.plan(center.queue, steps=[{"after": 10, "requires": {}, "language": "any"}])
    later(50)
    factories.plan(center.queue, target_seconds=7)
    assert place(interaction) == (0, None, {"skills": {fees.pk: 3}, "language": "es"})


def test_who_met_an_earlier_step_comes_first_where_all_is_relaxed(center, planned, expert):
    for _ in range(2):
        factories.make_agent(center.tenant, center.queue)
    Agent.objects.filter(pk=expert.pk).update(load=6)
    waits(center)
    later(100)
    timers.run_timers()
    assert routing.route_queue(center.queue.pk) == 1
    assert Offer.objects.get().agent == expert


def test_a_skill_that_goes_is_waited_for_by_nobody(center, agent, fees):
    conversation = factories.start_conversation(center.channel)
    Conversation.objects.update(asked_skills={fees.pk: 2})
    with transaction.atomic():
        steps.ask_anew(Conversation.objects.lock(conversation.pk))
    interaction = Interaction.objects.get()
    assert place(interaction)[2] == {"skills": {fees.pk: 2}, "language": ""}
    skills.delete_skill(skill=fees)
    timers.run_timers()
    assert place(interaction)[2] == {}
    assert routing.route_queue(center.queue.pk) == 1


def test_a_follow_up_skips_what_nobody_has_and_no_more(center):
    fees = factories.make_skill(center.tenant, "Fees")
    novice = factories.make_agent(center.tenant, center.queue)
    factories.give(novice, {fees: 4})
    stages = [{"after": 40, "requires": {fees.pk: 1}}, {"after": 90, "requires": {}}]
    factories.plan(center.queue, requires={fees.pk: 5}, steps=stages)
    kept = factories.start_conversation(center.channel).open_interaction
    kept.is_follow_up, kept.step, kept.step_due_at = True, 0, None
    kept.required = {"skills": {fees.pk: 5}, "language": ""}
    placing.regroup(kept)
    kept.save()
    assert steps.skip_unmet(center.queue.pk) == 1
    found = Interaction.objects.get(pk=kept.pk)
    assert (found.step, found.required, found.step_due_at) == (1, {"skills": {fees.pk: 1}, "language": ""}, None)
    assert steps.skip_unmet(center.queue.pk) == 0
