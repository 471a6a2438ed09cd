"""Which waiting interaction is offered to whom, and what is written down of that choice."""

from datetime import timedelta

import pytest
from django.utils import timezone

from contactcenter_chat.actions import conversations
from contactcenter_chat.actions.center import offers, routing
from contactcenter_chat.models import Agent, Interaction, Offer, Queue, RoutingDecision
from contactcenter_chat.routing.base import Decision, Router
from contactcenter_chat.routing.longest_idle import LongestIdle
from tests import factories
from tests.facts import facts, fresh, nothing_written, owed


class Nobody(Router):
    """Chooses nobody, whoever is there."""

    def choose(self, request, candidates):
        return Decision("", {candidate.agent_id: "no" for candidate in candidates})


class Late(LongestIdle):
    """Chooses as usual; meanwhile the agent takes a break, the interaction is moved, or the customer leaves."""

    def choose(self, request, candidates):
        decision = super().choose(request, candidates)
        self.meanwhile(decision.agent_id, request.interaction_id)
        return decision


class AgentIsGone(Late):
    def meanwhile(self, agent_id, interaction_id):
        Agent.objects.filter(pk=agent_id).update(presence="on_break")


class InteractionIsGone(Late):
    def meanwhile(self, agent_id, interaction_id):
        empty = Queue.objects.get(name="Empty")
        Interaction.objects.filter(pk=interaction_id).update(queue=empty)


class CustomerIsGone(Late):
    def meanwhile(self, agent_id, interaction_id):
        Interaction.objects.filter(pk=interaction_id).update(state="finished")


# Offered


def test_an_offer(center, agent, conversation):
    now = timezone.now()
    assert routing.route_queue(center.queue.pk) == 1
    offer, interaction = Offer.objects.get(), Interaction.objects.get()
    assert facts(conversation, after=3) == [
        (4, "interaction.offered", interaction.pk, {"offer_id": offer.pk, "agent_id": agent.pk})
    ]
    assert owed(conversation, center.webhook, after=3) == []  # no wire tells of it
    assert fresh(offer, "interaction_id", "agent_id", "state", "reason", "ask_round", "ended_at") == (
        interaction.pk,
        agent.pk,
        "pending",
        "",
        0,
        None,
    )
    assert offer.made_at >= now
    assert offer.expires_at - offer.made_at == timedelta(seconds=20)
    assert fresh(interaction, "state", "agent_id", "ask_round", "ask_again_at") == ("offering", None, 0, None)
    assert fresh(agent, "load", "presence") == (1, "available")


def test_a_queue_may_ring_for_as_long_as_it_says(center, agent, conversation):
    center.queue.ring_seconds = 45
    center.queue.save()
    offer = factories.offer_of(conversation)
    assert offer.expires_at - offer.made_at == timedelta(seconds=45)


def test_once_routed_there_is_nothing_to_do(center, agent, conversation):
    routing.route_queue(center.queue.pk)
    with nothing_written():
        assert routing.route_queue(center.queue.pk) == 0


def test_who_comes_first_is_offered_first_and_priority_counts_as_time(center):
    waiting = [factories.start_conversation(center.channel) for _ in range(3)]
    Interaction.objects.filter(conversation=waiting[2]).update(rank_at=timezone.now() - timedelta(minutes=5))
    factories.make_agent(center.tenant, center.queue, capacity=2)
    assert routing.route_queue(center.queue.pk) == 2
    offered = Offer.objects.order_by("made_at").values_list("interaction__conversation", flat=True)
    assert list(offered) == [waiting[2].pk, waiting[0].pk]


def test_nobody_is_offered_more_than_the_capacity(center, agent):
    for _ in range(5):
        factories.start_conversation(center.channel)
    assert routing.route_queue(center.queue.pk) == 3
    assert fresh(agent, "load") == (3,)
    assert Interaction.objects.filter(state="waiting").count() == 2


def test_who_lost_an_offer_to_a_customer_who_left_is_first_in_line_once(center, agent, colleague, conversation):
    Agent.objects.filter(pk=colleague.pk).update(first_in_line=True)
    assert factories.offer_of(conversation).agent == colleague
    assert fresh(colleague, "first_in_line") == (False,)


def test_past_what_is_kept_for_somebody_else_the_next_is_offered(center, agent):
    kept, other = (factories.start_conversation(center.channel) for _ in range(2))
    away = factories.make_agent(center.tenant, center.queue, presence="offline")
    Interaction.objects.filter(conversation=kept).update(
        target_agent=away, target_until=timezone.now() + timedelta(minutes=1)
    )
    assert routing.route_queue(center.queue.pk) == 1
    assert Offer.objects.get().interaction.conversation == other
    assert Interaction.objects.get(conversation=kept).ask_round == 0


# Not offered


@pytest.mark.parametrize(
    "changes",
    [
        {"presence": "offline"},
        {"presence": "on_break"},
        {"presence": "work_offline"},
        {"presence": "draining"},
        {"load": 3},
        {"paused_until": timezone.now() + timedelta(hours=1)},
    ],
)
def test_an_agent_who_is_not_free(center, agent, conversation, changes):
    Agent.objects.update(**changes)
    with nothing_written():
        assert routing.route_queue(center.queue.pk) == 0


@pytest.mark.parametrize(
    "changes",
    [
        {"ask_again_at": timezone.now() + timedelta(hours=1)},
        {"is_remote": True},
        {"state": "offering"},
    ],
)
def test_what_may_not_be_offered(center, agent, conversation, changes):
    Interaction.objects.update(**changes)
    with nothing_written():
        assert routing.route_queue(center.queue.pk) == 0


@pytest.mark.parametrize("end", [conversations.leave_as_customer, conversations.erase_conversation])
def test_what_is_over_is_not_offered(center, agent, conversation, end):
    end(conversation_id=conversation.pk)
    with nothing_written():
        assert routing.route_queue(center.queue.pk) == 0


def test_a_queue_sees_its_own_agents_and_interactions_only(center, agent, conversation):
    other = factories.make_queue(center.tenant)
    elsewhere = factories.make_center()
    factories.make_agent(elsewhere.tenant, elsewhere.queue)
    with nothing_written():
        assert routing.route_queue(other.pk) == 0
        assert routing.route_queue(elsewhere.queue.pk) == 0
        assert routing.route_queue("none") == 0


# Why that agent


def test_the_choice_is_kept_with_its_reasons(center, agent, colleague, conversation):
    routing.route_queue(center.queue.pk)
    decision = RoutingDecision.objects.get()
    assert (decision.interaction.conversation, decision.agent_id) == (conversation, agent.pk)
    assert decision.router == "contactcenter_chat.routing.longest_idle.LongestIdle"

    def considered(each, ruled_out):
        idle_since = each.idle_since.isoformat()
        return {
            "agent": each.pk,
            "level": 3,
            "load": 0,
            "capacity": 3,
            "idle_since": idle_since,
            "ruled_out": ruled_out,
        }

    by_agent = {each["agent"]: each for each in decision.candidates}
    assert by_agent == {
        agent.pk: considered(agent, ""),
        colleague.pk: considered(colleague, "others_first"),
    }


def test_of_very_many_candidates_some_are_kept(center, conversation, monkeypatch):
    monkeypatch.setattr(routing, "DECISION_CANDIDATES", 2)
    for _ in range(3):
        factories.make_agent(center.tenant, center.queue)
    routing.route_queue(center.queue.pk)
    assert len(RoutingDecision.objects.get().candidates) == 2


# A project's own router


@pytest.fixture
def router(settings):
    def use(cls):
        settings.CONTACTCENTER_CHAT = {"ROUTER": f"{__name__}.{cls.__name__}", "LIVE_HINTS": False}

    return use


def test_a_router_that_chooses_nobody(center, agent, conversation, router):
    router(Nobody)
    with nothing_written():
        assert routing.route_queue(center.queue.pk) == 0


@pytest.mark.parametrize(
    ("late", "state"), [(AgentIsGone, "waiting"), (InteractionIsGone, "waiting"), (CustomerIsGone, "finished")]
)
def test_what_is_gone_when_its_turn_comes_is_not_offered(center, agent, conversation, router, late, state):
    factories.make_queue(center.tenant, "Empty")
    router(late)
    assert routing.route_queue(center.queue.pk) == 0
    assert facts(conversation, after=3) == []
    assert fresh(Interaction.objects.get(), "state") == (state,)
    assert fresh(agent, "load") == (0,)
    assert not Offer.objects.exists()
    assert not RoutingDecision.objects.exists()


# Asked again


def declines(agent, conversation):
    offers.decline_offer(offer_id=factories.offer_of(conversation).pk, agent=agent)


def pause_of(interaction, now):
    return round((fresh(interaction, "ask_again_at")[0] - now).total_seconds())


def test_when_all_have_said_no_a_new_round_begins_after_a_pause_that_doubles(center, agent, conversation):
    interaction = Interaction.objects.get()
    for round_, pause in enumerate((5, 10, 20, 40, 60, 60)):
        declines(agent, conversation)
        now = timezone.now()
        assert routing.route_queue(center.queue.pk) == 0
        assert (fresh(interaction, "ask_round"), pause_of(interaction, now)) == ((round_ + 1,), pause)
        with nothing_written():
            routing.route_queue(center.queue.pk)
        Interaction.objects.update(ask_again_at=timezone.now())
    assert factories.offer_of(conversation).ask_round == 6
    assert fresh(interaction, "entered_at", "rank_at") == (interaction.entered_at, interaction.rank_at)


def test_while_somebody_was_not_asked_no_round_is_over(center, agent, colleague, conversation):
    declines(agent, conversation)
    assert factories.offer_of(conversation).agent == colleague
    assert fresh(Interaction.objects.get(), "ask_round", "ask_again_at") == (0, None)


def test_a_round_of_those_who_are_free(center, agent, colleague, conversation):
    """Somebody who cannot take more is not waited for; nor is a guest, who answers another queue."""
    declines(agent, conversation)
    Agent.objects.filter(pk=colleague.pk).update(load=3)
    other = factories.start_conversation(center.channel)
    guest = factories.make_agent(center.tenant)
    Interaction.objects.filter(conversation=other).update(
        target_agent=guest,
        target_until=timezone.now() + timedelta(hours=1),
        ask_again_at=timezone.now() + timedelta(hours=1),
    )
    routing.route_queue(center.queue.pk)
    assert Interaction.objects.get(conversation=conversation).ask_round == 1


def test_what_is_kept_for_somebody_begins_no_round(center, agent, conversation):
    away = factories.make_agent(center.tenant, center.queue, presence="offline")
    Interaction.objects.update(target_agent=away, target_until=timezone.now() + timedelta(hours=1))
    with nothing_written():
        assert routing.route_queue(center.queue.pk) == 0
