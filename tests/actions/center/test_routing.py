"""Which waiting interaction is offered to whom, and what is written down of that choice."""

from datetime import timedelta
from functools import partial

import pytest
from django.db import OperationalError
from django.utils import timezone

from contactcenter_chat.actions import conversations
from contactcenter_chat.actions.center import agents, offers, routing, timers
from contactcenter_chat.models import Agent, Failure, Interaction, Offer, Queue, QueueMember, RoutingDecision
from contactcenter_chat.queries.decisions import explained, replay
from contactcenter_chat.routing.base import Decision, Router
from contactcenter_chat.routing.dispatch import Waiting
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


class Unmade(Router):
    """Cannot be made."""

    def __init__(self):
        raise RuntimeError("no model")


class Willing(LongestIdle):
    """Asks who has been idle longest."""


class Stranger(Router):
    """Chooses somebody who is no candidate."""

    def choose(self, request, candidates):
        return Decision("nobody we know", {})


class Picky(LongestIdle):
    """Fails with whatever has a negative priority."""

    def choose(self, request, candidates):
        if Interaction.objects.get(pk=request.interaction_id).priority < 0:
            self.fail()
        return super().choose(request, candidates)

    def fail(self):
        raise RuntimeError("I do not like it.")


class Breaking(Picky):
    """Fails with a statement, which breaks the transaction."""

    def fail(self):
        Interaction.objects.extra(where=["nonsense"]).exists()


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
    assert offer.expires_at - offer.made_at == pytest.approx(timedelta(seconds=20), abs=timedelta(milliseconds=1))
    assert fresh(interaction, "state", "agent_id", "ask_round", "ask_again_at") == ("offering", None, 0, None)
    assert fresh(agent, "load", "presence") == (3, "available")


def test_a_queue_may_ring_for_as_long_as_it_says(center, agent, conversation):
    center.queue.ring_seconds = 45
    center.queue.save()
    offer = factories.offer_of(conversation)
    assert offer.expires_at - offer.made_at == pytest.approx(timedelta(seconds=45), abs=timedelta(milliseconds=1))


def test_once_routed_there_is_nothing_to_do(center, agent, conversation):
    routing.route_queue(center.queue.pk)
    with nothing_written():
        assert routing.route_queue(center.queue.pk) == 0


def test_who_comes_first_is_offered_first_and_priority_counts_as_time(center):
    waiting = [factories.start_conversation(center.channel) for _ in range(3)]
    Interaction.objects.filter(conversation=waiting[2]).update(due_at=timezone.now() - timedelta(minutes=5))
    for first in (waiting[2], waiting[0]):
        agent = factories.make_agent(center.tenant, center.queue, capacity=1)
        assert routing.route_queue(center.queue.pk) == 1
        assert agent.offers.get().interaction.conversation == first


def test_nobody_is_offered_more_than_the_capacity(center, agent):
    for _ in range(5):
        factories.start_conversation(center.channel)
    assert routing.route_queue(center.queue.pk) == 3
    assert fresh(agent, "load") == (9,)
    assert Interaction.objects.filter(state="waiting").count() == 2


def test_who_lost_an_offer_to_a_customer_who_left_is_first_in_line_once(center, agent, colleague, conversation):
    Agent.objects.filter(pk=colleague.pk).update(first_in_line=True)
    assert factories.offer_of(conversation).agent == colleague
    assert fresh(colleague, "first_in_line") == (False,)


def test_past_what_is_kept_for_somebody_else_the_next_is_offered(center, agent):
    kept, other = (factories.start_conversation(center.channel) for _ in range(2))
    away = factories.make_agent(center.tenant, center.queue, presence="offline")
    factories.keep_for(Interaction.objects.get(conversation=kept), away)
    assert routing.route_queue(center.queue.pk) == 1
    assert Offer.objects.get().interaction.conversation == other
    assert Interaction.objects.get(conversation=kept).ask_round == 0


def test_across_queues_what_is_due_first_is_offered_first(center, agent):
    other = factories.make_queue(center.tenant)
    QueueMember.objects.create(queue=other, agent=agent)
    Agent.objects.update(capacity=1)
    late = factories.start_conversation(center.channel)
    early = factories.start_conversation(factories.make_channel(center.tenant, other, name="Other"))
    Interaction.objects.filter(conversation=early).update(due_at=timezone.now() - timedelta(minutes=5))
    assert routing.route_queue(center.queue.pk) == 1
    assert Offer.objects.get().interaction.conversation == early
    assert Interaction.objects.get(conversation=late).state == "waiting"


def test_queues_that_share_nobody_are_not_looked_at(center, agent, conversation):
    other = factories.make_queue(center.tenant)
    factories.make_agent(center.tenant, other)
    factories.start_conversation(factories.make_channel(center.tenant, other, name="Other"))
    assert routing.route_queue(center.queue.pk) == 1
    assert Offer.objects.get().interaction.conversation == conversation


def test_many_offers_are_made_in_looks_of_some(center, monkeypatch):
    monkeypatch.setattr(routing, "AT_ONCE", 2)
    for _ in range(5):
        factories.make_agent(center.tenant, center.queue, capacity=1)
        factories.start_conversation(center.channel)
    assert routing.route_queue(center.queue.pk) == 5
    assert Offer.objects.values("agent").distinct().count() == 5


def test_a_gap_between_two_offers_to_one_agent(center, agent):
    factories.plan(center.queue, offer_gap_seconds=15)
    for _ in range(2):
        factories.start_conversation(center.channel)
    assert routing.route_queue(center.queue.pk) == 1
    assert 14 < (fresh(agent, "rested_at")[0] - timezone.now()).total_seconds() <= 15
    with nothing_written():
        assert routing.route_queue(center.queue.pk) == 0
    Agent.objects.update(rested_at=timezone.now())
    assert timers.run_timers()["agents_rested"] == 1
    assert fresh(agent, "rested_at") == (None,)
    assert routing.route_queue(center.queue.pk) == 1


def test_what_is_due_waits_for_no_gap(center, agent):
    factories.plan(center.queue, offer_gap_seconds=15, target_seconds=0)
    for _ in range(2):
        factories.start_conversation(center.channel)
    assert routing.route_queue(center.queue.pk) == 2


def test_one_that_cannot_be_written_keeps_no_other_from_being_offered(center, agent, monkeypatch):
    waiting = [factories.start_conversation(center.channel) for _ in range(3)]
    bad = Interaction.objects.get(conversation=waiting[1])

    def fails(told):
        if any(fact.interaction_id == bad.pk for _conversation, facts in told for fact in facts):
            raise RuntimeError("It cannot be written.")
        return record_each(told)

    record_each = routing.record_each
    monkeypatch.setattr(routing, "record_each", fails)
    assert routing.route_queue(center.queue.pk) == 2
    assert fresh(bad, "state") == ("waiting",)
    assert failures() == [("interactions_offered", bad.pk, 1)]
    assert fresh(agent, "load") == (6,)


# Not offered


@pytest.mark.parametrize(
    "changes",
    [
        {"presence": "offline"},
        {"presence": "on_break"},
        {"presence": "work_offline"},
        {"presence": "draining"},
        {"load": 9},
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
    assert decision.router == "contactcenter_chat.routing.by_skill.BySkill"
    assert decision.request == {
        "required": {"skills": {}, "language": ""},
        "only_agent": "",
        "asked": [],
        "prefer": "enough",
    }
    assert (decision.step, decision.ruled_out) == (0, {"others_first": 1})

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


def failures():
    return list(Failure.objects.order_by("pk").values_list("step", "row", "times"))


def test_a_router_that_cannot_be_made_fails_as_the_queue_does(center, agent, conversation, router, caplog):
    router(Unmade)
    for times in (1, 2):  # whoever comes next is looked at, though the queue rests
        routing.route_woken(center.queue.pk)
        assert failures() == [("queues_routed", center.queue.pk, times)]
    failure = Failure.objects.get()
    assert (failure.tenant_id, failure.error) == (center.tenant.pk, "RuntimeError: no model")
    assert f"queues_routed failed with row {center.queue.pk}" in caplog.text
    router(Willing)
    routing.route_woken(center.queue.pk)
    assert Interaction.objects.get().state == "offering"
    assert failures() == []


def test_a_queue_that_is_not_there_is_not_routed(center):
    with nothing_written():
        routing.route_woken("none")


def test_a_router_that_names_no_candidate_comes_to_an_end(center, agent, conversation, router):
    router(Stranger)
    assert routing.route_queue(center.queue.pk) == 0
    interaction = Interaction.objects.get()
    assert interaction.state == "waiting"
    assert failures() == [("interactions_offered", interaction.pk, 1)]
    assert Failure.objects.get().error == (
        "ValueError: tests.actions.center.test_routing.Stranger chose 'nobody we know', who is no candidate."
    )
    with nothing_written():  # it rests
        routing.route_queue(center.queue.pk)


@pytest.mark.parametrize("picky", [Picky, Breaking])
def test_what_a_router_fails_with_keeps_no_other_from_its_turn(center, agent, conversation, router, picky):
    Interaction.objects.update(priority=-1)
    bad = Interaction.objects.get()
    factories.start_conversation(center.channel)
    router(picky)
    assert routing.route_queue(center.queue.pk) == 1
    assert Offer.objects.get().interaction_id != bad.pk
    assert failures() == [("interactions_offered", bad.pk, 1)]


@pytest.mark.parametrize("picky", [Picky, Breaking])
def test_what_is_due_before_those_that_a_router_fails_with_is_offered_first(center, router, picky, monkeypatch):
    """However many they are, in the first call; the others of them have their turn at once."""
    monkeypatch.setattr(routing, "FAILURES_MOST", 2)
    woken = []
    monkeypatch.setattr(routing.wakeup, "wake_queue", woken.append)
    factories.make_agent(center.tenant, center.queue, capacity=9)
    good = [factories.start_conversation(center.channel) for _ in range(3)]
    bad = [factories.start_conversation(center.channel) for _ in range(3)]
    Interaction.objects.filter(conversation__in=bad).update(priority=-1)
    woken.clear()
    router(picky)
    assert routing.route_queue(center.queue.pk) == 3
    offered = Offer.objects.values_list("interaction__conversation", flat=True)
    assert set(offered) == {each.pk for each in good}
    assert (len(failures()), woken) == (2, [center.queue.pk])


def test_each_agent_of_a_look_is_offered_something_from_then_on(center):
    staff = [factories.make_agent(center.tenant, center.queue) for _ in range(3)]
    for _ in staff:
        factories.start_conversation(center.channel)
    assert routing.route_queue(center.queue.pk) == 3
    for agent in staff:
        *_others, before, now = agent.spans.order_by("started_at", "pk")
        assert (before.activity, now.activity, before.ended_at) == ("idle", "offering", now.started_at)


def test_a_clock_that_is_behind_ends_no_span_before_it_began(center, agent, conversation):
    began = timezone.now() + timedelta(seconds=5)
    agent.spans.filter(ended_at=None).update(started_at=began)
    routing.route_queue(center.queue.pk)
    last = agent.spans.order_by("-pk").values_list("started_at", "ended_at")[:2]
    assert list(last) == [(began, None), (began, began)]


def test_what_a_router_likes_at_last_is_offered(center, agent, conversation, router):
    Interaction.objects.update(priority=-1)
    router(Picky)
    routing.route_queue(center.queue.pk)
    Interaction.objects.update(priority=0)
    assert routing.route_queue(center.queue.pk) == 0
    with nothing_written():  # it rests as long as the failure says
        routing.route_queue(center.queue.pk)
    assert Interaction.objects.get().ask_again_at == Failure.objects.get().again_at
    Interaction.objects.update(ask_again_at=timezone.now())
    timers.run_timers()
    assert routing.route_queue(center.queue.pk) == 1
    assert failures() == []


def test_what_was_offered_meanwhile_did_not_fail(center, agent, conversation, monkeypatch):
    """Another worker was faster after ours had lost its connection."""
    interaction = Interaction.objects.get()

    def lose_connection(*args):
        waiting = Waiting(interaction.pk, center.queue.pk, interaction.due_at, row=interaction)
        raise routing.Unroutable(waiting) from OperationalError("the connection is lost")

    monkeypatch.setattr(routing, "_look", lose_connection)
    monkeypatch.setattr(routing, "FAILURES_MOST", 1)
    assert routing.route_queue(center.queue.pk) == 0
    assert failures() == [("interactions_offered", interaction.pk, 1)]
    Failure.objects.all().delete()
    Interaction.objects.update(state="offered")
    assert routing.route_queue(center.queue.pk) == 0
    assert failures() == []


def test_a_router_that_fails_with_everything_is_not_asked_for_ever(center, agent, router, monkeypatch):
    """Those it was not asked about are when somebody comes next: they wait behind those that rest."""
    monkeypatch.setattr(routing, "FAILURES_MOST", 2)
    waiting = [factories.start_conversation(center.channel) for _ in range(3)]
    router(Stranger)
    for failed in (2, 3):
        assert routing.route_queue(center.queue.pk) == 0
        assert len(failures()) == failed
    assert len(waiting) == Interaction.objects.filter(state="waiting").count()


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


class FirstIsGone(Late):
    """Meanwhile the agent who was chosen first takes a break."""

    def meanwhile(self, agent_id, interaction_id):
        if not Agent.objects.filter(presence="on_break").exists():
            Agent.objects.filter(pk=agent_id).update(presence="on_break")


def test_behind_one_whose_agent_is_gone_nothing_is_offered_before_it(center, router):
    for _ in range(2):
        factories.make_agent(center.tenant, center.queue, capacity=1)
    first, _second = (factories.start_conversation(center.channel) for _ in range(2))
    router(FirstIsGone)
    assert routing.route_queue(center.queue.pk) == 1
    assert Offer.objects.get().interaction.conversation == first


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
        timers.run_timers()
    assert factories.offer_of(conversation).ask_round == 6
    assert fresh(interaction, "entered_at", "due_at") == (interaction.entered_at, interaction.due_at)


def test_while_somebody_was_not_asked_no_round_is_over(center, agent, colleague, conversation):
    declines(agent, conversation)
    assert factories.offer_of(conversation).agent == colleague
    assert fresh(Interaction.objects.get(), "ask_round", "ask_again_at") == (0, None)


def test_a_round_of_those_who_are_free(center, agent, colleague, conversation):
    """Somebody who cannot take more is not waited for; nor is a guest, who answers another queue."""
    declines(agent, conversation)
    Agent.objects.filter(pk=colleague.pk).update(load=9)
    other = factories.start_conversation(center.channel)
    guest = factories.make_agent(center.tenant)
    factories.keep_for(Interaction.objects.get(conversation=other), guest)
    Interaction.objects.filter(conversation=other).update(ask_again_at=timezone.now() + timedelta(hours=1))
    routing.route_queue(center.queue.pk)
    assert Interaction.objects.get(conversation=conversation).ask_round == 1


def test_what_is_kept_for_somebody_begins_no_round(center, agent, conversation):
    away = factories.make_agent(center.tenant, center.queue, presence="offline")
    factories.keep_for(Interaction.objects.get(), away)
    with nothing_written():
        assert routing.route_queue(center.queue.pk) == 0


def test_nothing_is_offered_to_who_is_no_user_any_more(center, conversation):
    agent = factories.make_agent(center.tenant, center.queue)
    type(agent.user).objects.filter(pk=agent.user_id).update(is_active=False)
    assert routing.route_queue(center.queue.pk) == 0
    assert agents.lock_free([agent.pk], timezone.now()) == {}


# Shares of a slot


def of_pace(center, pace, count=1):
    factories.set_pace(pace)
    return [factories.start_conversation(center.channel) for _ in range(count)]


@pytest.mark.parametrize(("pace", "offered", "load"), [("live", 1, 3), ("messaging", 3, 3), ("mail", 1, 0)])
def test_how_much_an_agent_is_offered(center, pace, offered, load):
    agent = factories.make_agent(center.tenant, center.queue, capacity=1)
    of_pace(center, pace, 5)
    routing.route_queue(center.queue.pk)
    assert Offer.objects.count() == offered
    assert fresh(agent, "load") == (load,)


def test_where_a_third_is_taken_no_live_chat_fits_and_messaging_waits_for_it(center):
    agent = factories.make_agent(center.tenant, center.queue, capacity=1)
    (first,) = of_pace(center, "messaging")
    routing.route_queue(center.queue.pk)
    (live,) = of_pace(center, "live")
    of_pace(center, "messaging")
    assert routing.route_queue(center.queue.pk) == 0
    conversations.leave_as_customer(conversation_id=first.pk)
    assert routing.route_queue(center.queue.pk) == 1
    assert Offer.objects.get(state="pending").interaction.conversation == live
    assert fresh(agent, "load") == (3,)


def test_mail_rings_one_at_a_time_and_the_next_when_it_is_taken(center, woken):
    agent = factories.make_agent(center.tenant, center.queue, capacity=1)
    of_pace(center, "mail", 2)
    assert [routing.route_queue(center.queue.pk) for _ in range(2)] == [1, 0]
    offer = Offer.objects.get()
    accept = partial(offers.accept_offer, offer_id=offer.pk, agent=agent)
    assert ("wake_routing", center.queue.pk) in woken(accept)
    assert routing.route_queue(center.queue.pk) == 1
    assert fresh(agent, "load") == (0,)
    span = agent.spans.get(ended_at=None)
    assert span.activity == "handling"


def test_who_has_all_it_can_is_offered_no_mail(center):
    factories.make_agent(center.tenant, center.queue, capacity=1)
    of_pace(center, "live")
    assert routing.route_queue(center.queue.pk) == 1
    of_pace(center, "mail")
    assert routing.route_queue(center.queue.pk) == 0


def test_a_decision_keeps_the_load_in_chats_and_can_be_replayed(center):
    factories.make_agent(center.tenant, center.queue, capacity=2)
    of_pace(center, "messaging", 2)
    for _ in range(2):
        routing.route_queue(center.queue.pk)
    interaction = Interaction.objects.latest("entered_at")
    (decision,) = explained(interaction)
    assert decision.record.considered[0]["load"] == 1 / 3
    assert (decision.considered[0].load, replay(decision).same) == ("⅓", True)


def test_who_lacks_room_is_kept_with_the_reason(center):
    busy = factories.make_agent(center.tenant, center.queue, capacity=1)
    of_pace(center, "messaging")
    routing.route_queue(center.queue.pk)
    factories.make_agent(center.tenant, center.queue, capacity=1)
    (live,) = of_pace(center, "live")
    assert routing.route_queue(center.queue.pk) == 1
    (decision,) = explained(Interaction.objects.get(conversation=live))
    ruled_out = {each.agent_id: each.ruled_out for each in decision.considered}
    assert ruled_out[busy.pk] == "has no room for such a chat"
