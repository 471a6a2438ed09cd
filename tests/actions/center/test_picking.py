"""What an agent takes from the list, where nobody is asked."""

import threading
from datetime import timedelta

import pytest
from django.db import connections
from django.utils import timezone

from contactcenter_chat.actions.center import agents, offers, picking, routing, transfers
from contactcenter_chat.exceptions import AlreadyTaken, Conflict, NotFound
from contactcenter_chat.models import Agent, Channel, Interaction, Offer, Queue, QueueMember
from contactcenter_chat.queries.picking import Picks, pickable, pickable_by, picks_of
from tests import factories
from tests.facts import facts, fresh, named, nothing_written, owed, refused

SECOND = timedelta(seconds=1)


@pytest.fixture
def center(center):
    factories.plan(center.queue, distribution="pick")
    return center


def waiting(center, *, due=None, queue=None):
    """An interaction that waits to be picked; ``due`` is in seconds from now."""
    channel = center.channel if queue is None else factories.make_channel(center.tenant, queue, name=queue.name)
    interaction = Interaction.objects.get(conversation=factories.start_conversation(channel))
    if due is not None:
        Interaction.objects.filter(pk=interaction.pk).update(due_at=timezone.now() + due * SECOND)
    return interaction


# Nobody is asked


def test_by_its_pace_mail_is_picked_and_the_rest_rings(center, agent):
    factories.plan(center.queue, distribution="pace")
    live = waiting(center)
    Channel.objects.update(pace="mail")
    mail = waiting(center)
    assert pickable_by(agent) == [mail.pk]
    assert routing.route_queue(center.queue.pk) == 1
    assert Offer.objects.get().interaction == live
    with refused(Conflict):
        picking.pick(interaction_id=live.pk, agent=agent)
    assert picking.pick(interaction_id=mail.pk, agent=agent).state == "handling"


def test_where_a_queue_says_so_mail_rings(center, agent):
    factories.plan(center.queue, distribution="offer")
    Channel.objects.update(pace="mail")
    waiting(center)
    assert pickable_by(agent) == []
    assert routing.route_queue(center.queue.pk) == 1


def test_where_no_channel_is_of_mail_nothing_is_looked_for(center, agent, django_assert_num_queries):
    factories.plan(center.queue, distribution="pace")
    waiting(center)
    with django_assert_num_queries(1):
        assert pickable_by(agent) == []


def test_it_rings_at_no_desk(center, agent):
    interaction = waiting(center)
    with nothing_written():
        assert routing.route_queue(center.queue.pk) == 0
    assert pickable_by(agent) == [interaction.pk]


def test_beside_it_other_queues_ring(center, agent):
    other = factories.make_queue(center.tenant)
    QueueMember.objects.create(queue=other, agent=agent)
    waiting(center, due=-60)
    rings = waiting(center, queue=other)
    assert routing.route_queue(center.queue.pk) == 0
    assert routing.route_queue(other.pk) == 1
    assert Offer.objects.get().interaction == rings


def test_what_is_kept_for_an_agent_rings_there(center, agent, colleague):
    interaction = waiting(center)
    factories.keep_for(interaction, colleague)
    assert pickable_by(agent) == pickable_by(colleague) == []
    assert routing.route_queue(center.queue.pk) == 1
    assert Offer.objects.get().agent == colleague


def test_what_is_kept_no_longer_is_on_the_list(center, agent, colleague):
    interaction = waiting(center)
    factories.keep_for(interaction, colleague)
    routing.route_queue(center.queue.pk)
    offers.decline_offer(offer_id=Offer.objects.get().pk, agent=colleague)
    assert routing.route_queue(center.queue.pk) == 0
    assert pickable_by(agent) == pickable_by(colleague) == [interaction.pk]


def test_a_queue_that_asks_again_offers_what_waits(center, agent):
    interaction = waiting(center)
    factories.plan(center.queue, distribution="offer")
    assert routing.route_queue(center.queue.pk) == 1
    assert fresh(interaction, "state") == ("offering",)


# The list


def test_what_is_due_first_comes_first_over_all_queues(center, agent):
    other = factories.make_queue(center.tenant, distribution="pick")
    QueueMember.objects.create(queue=other, agent=agent)
    second, first = waiting(center, due=20), waiting(center, due=10, queue=other)
    third = waiting(center, due=30)
    assert pickable_by(agent) == [first.pk, second.pk, third.pk]


def test_of_many_those_due_first_are_shown(center, agent):
    for due in range(25, 0, -1):
        waiting(center, due=due)
    in_order = Interaction.objects.order_by("due_at").values_list("pk", flat=True)
    assert pickable_by(agent) == list(in_order[:21])


def test_what_the_agent_has_not_the_skills_for_is_not_shown(center, agent, colleague):
    skill = factories.make_skill(center.tenant, "Fees")
    factories.give(colleague, skills=[(skill, 3)])
    factories.plan(center.queue, requires={skill.pk: 3})
    interaction = waiting(center)
    assert pickable_by(agent) == []
    assert pickable_by(colleague) == [interaction.pk]
    with refused(Conflict, message="This chat requires what you do not have."):
        picking.pick(interaction_id=interaction.pk, agent=agent)


def test_behind_very_many_that_need_another_skill_it_is_found(center, agent):
    skill = factories.make_skill(center.tenant, "Fees")
    for due in range(-30, 0):
        waiting(center, due=due)
    Interaction.objects.update(required={"skills": {skill.pk: 1}}, group_key="fees")
    last = waiting(center, due=100)
    assert pickable_by(agent) == [last.pk]


def test_behind_very_many_kinds_that_need_something_else_it_is_found(center, agent):
    for number in range(60):
        kind = waiting(center, due=number - 100)
        required = {"skills": {f"skill {number}": 1}}
        Interaction.objects.filter(pk=kind.pk).update(required=required, group_key=f"kind {number}")
    last = waiting(center, due=100)
    assert pickable_by(agent) == [last.pk]
    assert pickable([agent.pk]) == {agent.pk: [last.pk]}


def test_what_waits_until_the_queue_opens_is_not_shown(center, agent):
    interaction = waiting(center)
    Interaction.objects.update(is_put_off=True)
    assert pickable_by(agent) == []
    with refused(Conflict, message="This chat does not wait to be picked any more."):
        picking.pick(interaction_id=interaction.pk, agent=agent)


def test_who_answers_another_queue_sees_nothing(center, agent):
    stranger = factories.make_agent(center.tenant, factories.make_queue(center.tenant, distribution="pick"))
    interaction = waiting(center)
    assert pickable_by(stranger) == []
    with refused(NotFound):
        picking.pick(interaction_id=interaction.pk, agent=stranger)


def test_the_list_takes_as_many_statements_for_many_as_for_few(center, agent, django_assert_num_queries):
    waiting(center)
    for count in (5, 25):
        for _ in range(count):
            waiting(center)
        with django_assert_num_queries(7):
            pickable_by(agent)


# Picked


def test_the_agent_takes_it(center, agent):
    interaction = waiting(center)
    conversation = interaction.conversation
    picked = picking.pick(interaction_id=interaction.pk, agent=agent)
    offer = Offer.objects.get()
    data = {"offer_id": offer.pk, "agent_id": agent.pk, "skipped": 0}
    assert facts(conversation, after=3) == [
        (4, "interaction.picked", interaction.pk, data),
        (5, "agent.joined", interaction.pk, named(agent)),
    ]
    assert owed(conversation, center.webhook, after=3) == [(5, "AGENT_JOINED")]
    assert fresh(offer, "state", "reason", "skipped", "agent_id") == ("accepted", "picked", 0, agent.pk)
    assert (picked.pk, picked.state, picked.agent_id) == (interaction.pk, "handling", agent.pk)
    assert fresh(agent, "load") == (3,)
    assert pickable_by(agent) == []


def test_how_many_were_due_before_is_counted(center, agent, colleague):
    skill = factories.make_skill(center.tenant, "Fees")
    first, second, third = (waiting(center, due=due) for due in (1, 2, 3))
    not_for_all = waiting(center, due=0)
    Interaction.objects.filter(pk=not_for_all.pk).update(required={"skills": {skill.pk: 1}}, group_key="fees")
    picking.pick(interaction_id=third.pk, agent=agent)
    picking.pick(interaction_id=first.pk, agent=agent)
    picking.pick(interaction_id=second.pk, agent=colleague)
    skipped = dict(Offer.objects.values_list("interaction", "skipped"))
    assert skipped == {third.pk: 2, first.pk: 0, second.pk: 0}
    picks = picks_of(center.queue, timezone.now() - timedelta(days=1))
    assert picks == [Picks(agent, 2, 1), Picks(colleague, 1, 0)]
    assert picks_of(center.queue, timezone.now()) == []


def test_taking_it_twice_is_taking_it_once(center, agent):
    interaction = waiting(center)
    picking.pick(interaction_id=interaction.pk, agent=agent)
    with nothing_written():
        assert picking.pick(interaction_id=interaction.pk, agent=agent).pk == interaction.pk


def test_who_is_too_late_is_told_who_has_it(center, agent, colleague):
    interaction = waiting(center)
    picking.pick(interaction_id=interaction.pk, agent=agent)
    with refused(AlreadyTaken):
        picking.pick(interaction_id=interaction.pk, agent=colleague)


def test_what_rings_elsewhere_cannot_be_picked(center, agent, colleague):
    interaction = waiting(center)
    factories.keep_for(interaction, colleague)
    routing.route_queue(center.queue.pk)
    with refused(Conflict, message="This chat does not wait to be picked any more."):
        picking.pick(interaction_id=interaction.pk, agent=agent)


def test_nothing_is_picked_where_agents_are_asked(center, agent):
    interaction = waiting(center)
    factories.plan(center.queue, distribution="offer")
    with refused(Conflict, message="This chat does not wait to be picked any more."):
        picking.pick(interaction_id=interaction.pk, agent=agent)


@pytest.mark.parametrize("presence", ["on_break", "draining", "offline", "work_offline"])
def test_who_is_not_available_picks_nothing(center, agent, presence):
    interaction = waiting(center)
    Agent.objects.update(presence=presence)
    with refused(Conflict, message="Become available first: then you can pick chats."):
        picking.pick(interaction_id=interaction.pk, agent=agent)


def test_nobody_picks_beyond_the_capacity(center, agent):
    interactions = [waiting(center) for _ in range(4)]
    for interaction in interactions[:3]:
        picking.pick(interaction_id=interaction.pk, agent=agent)
    with refused(Conflict, message="You have no room for another chat just now."):
        picking.pick(interaction_id=interactions[3].pk, agent=agent)


@pytest.mark.parametrize(("pace", "before", "after"), [("live", 6, 9), ("messaging", 8, 9), ("mail", 9, 9)])
def test_what_is_picked_takes_its_share(center, agent, pace, before, after):
    """Mail takes no slot, and so needs none."""
    Channel.objects.update(pace=pace)
    first, second = waiting(center), waiting(center)
    Agent.objects.update(load=before)
    picking.pick(interaction_id=first.pk, agent=agent)
    assert fresh(agent, "load") == (after,)
    if pace != "mail":
        with refused(Conflict, message="You have no room for another chat just now."):
            picking.pick(interaction_id=second.pk, agent=agent)


def test_another_centres_chat_is_not_there(center, agent):
    stranger = factories.make_center(distribution="pick")
    interaction = waiting(stranger)
    with refused(NotFound):
        picking.pick(interaction_id=interaction.pk, agent=agent)


def test_a_picked_chat_is_handed_on_to_a_list(center, agent, colleague):
    interaction = waiting(center)
    picking.pick(interaction_id=interaction.pk, agent=agent)
    other = factories.make_queue(center.tenant, distribution="pick")
    QueueMember.objects.create(queue=other, agent=colleague)
    handed_on = transfers.transfer_to_queue(interaction_id=interaction.pk, agent=agent, queue=other)
    assert pickable_by(colleague) == [handed_on.pk]


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_of_many_who_pick_the_same_at_once_one_has_it(center):
    crew = [factories.make_agent(center.tenant, center.queue, capacity=2) for _ in range(6)]
    chats = [waiting(center) for _ in range(8)]
    taken, start = [], threading.Barrier(len(crew))

    def work(agent):
        start.wait()
        for chat in chats:
            try:
                taken.append((picking.pick(interaction_id=chat.pk, agent=agent).pk, agent.pk))
            except Conflict:
                continue
        connections.close_all()

    threads = [threading.Thread(target=work, args=[agent]) for agent in crew]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    handled = Interaction.objects.filter(state="handling").values_list("pk", "agent")
    assert sorted(taken) == sorted(handled)
    assert len(taken) == len(chats)
    loads = dict(Agent.objects.values_list("pk", "load"))
    assert sum(loads.values()) == 24
    assert max(loads.values()) <= 6


# Given at once


@pytest.fixture
def giving(center):
    factories.plan(center.queue, distribution="auto")
    return center


def used(agent, seconds_ago):
    Agent.objects.filter(pk=agent.pk).update(input_at=timezone.now() - seconds_ago * SECOND)


def test_who_is_at_the_desk_has_it_at_once(giving, agent):
    used(agent, 60)
    interaction = waiting(giving)
    assert routing.route_queue(giving.queue.pk) == 1
    offer = Offer.objects.get()
    assert facts(interaction.conversation, after=3) == [
        (4, "interaction.offered", interaction.pk, {"offer_id": offer.pk, "agent_id": agent.pk}),
        (5, "agent.joined", interaction.pk, named(agent)),
    ]
    assert fresh(offer, "state", "reason", "skipped") == ("accepted", "auto", None)
    assert fresh(interaction, "state", "agent_id") == ("handling", agent.pk)
    assert fresh(agent, "load") == (3,)


@pytest.mark.parametrize("seconds_ago", [121, None])
def test_at_a_desk_that_nobody_uses_it_rings(giving, agent, seconds_ago):
    if seconds_ago:
        used(agent, seconds_ago)
    interaction = waiting(giving)
    assert routing.route_queue(giving.queue.pk) == 1
    assert fresh(Offer.objects.get(), "state", "reason") == ("pending", "")
    assert fresh(interaction, "state") == ("offering",)


def test_mail_rings_though_others_are_given(giving, agent):
    """It takes no slot: nothing would end the giving."""
    Channel.objects.update(pace="mail")
    used(agent, 1)
    interaction = waiting(giving)
    assert routing.route_queue(giving.queue.pk) == 1
    assert fresh(interaction, "state") == ("offering",)


def test_several_are_given_in_one_look_up_to_the_capacity(giving, agent):
    used(agent, 1)
    for _ in range(5):
        waiting(giving)
    assert routing.route_queue(giving.queue.pk) == 3
    assert list(Interaction.objects.filter(agent=agent).values_list("state", flat=True)) == ["handling"] * 3
    assert fresh(agent, "load") == (9,)


def test_beside_one_that_gives_another_queue_rings(giving, agent):
    other = factories.make_queue(giving.tenant)
    QueueMember.objects.create(queue=other, agent=agent)
    used(agent, 1)
    given, rings = waiting(giving, due=1), waiting(giving, due=2, queue=other)
    assert routing.route_queue(giving.queue.pk) == 2
    assert (fresh(given, "state"), fresh(rings, "state")) == (("handling",), ("offering",))


def test_a_queue_says_how(center):
    assert Queue._meta.get_field("distribution").choices == [
        ("pace", "as the channel's pace says: mail is picked, the rest is offered"),
        ("offer", "offered: it rings"),
        ("auto", "given at once to who is at the desk"),
        ("pick", "picked by agents from a list"),
    ]
    assert agents.is_at_the_desk(Agent(input_at=None), timezone.now()) is False
