"""What is kept of a choice."""

from contactcenter_chat.actions.center import decisions, routing
from contactcenter_chat.models import Interaction, RoutingDecision, RoutingLook
from contactcenter_chat.queries.decisions import explained, replay
from tests import factories


def test_what_was_required_and_what_each_has(center, agent, conversation):
    fees = factories.make_skill(center.tenant, "Fees")
    other = factories.make_skill(center.tenant, "Other")
    factories.give(agent, {fees: 4, other: 5}, {"en": 5})
    for language in ({"es": 1}, {}):
        helper = factories.make_agent(center.tenant, center.queue)
        factories.give(helper, {fees: 3}, language)
    factories.plan(center.queue, requires={fees.pk: 4})
    routing.route_queue(center.queue.pk)
    decision = RoutingDecision.objects.get()
    assert decision.request["required"] == {"skills": {fees.pk: 4}, "language": ""}
    assert (decision.agent, decision.ruled_out) == (agent, {"lacks_skill": 2})
    chosen = decision.candidates[0]
    assert (chosen["agent"], chosen["skills"], chosen["skill"]) == (agent.pk, {fees.pk: 4}, 4)
    assert [each["ruled_out"] for each in decision.candidates] == ["", "lacks_skill", "lacks_skill"]


def test_of_very_many_who_cannot_take_it_some_are_kept_and_all_counted(center, agent, conversation, monkeypatch):
    monkeypatch.setattr(decisions, "RULED_OUT_MOST", 2)
    fees = factories.make_skill(center.tenant, "Fees")
    factories.give(agent, {fees: 4})
    for _ in range(3):
        factories.make_agent(center.tenant, center.queue)
    factories.plan(center.queue, requires={fees.pk: 3})
    routing.route_queue(center.queue.pk)
    decision = RoutingDecision.objects.get()
    assert [each["ruled_out"] for each in decision.candidates] == ["", "lacks_skill", "lacks_skill"]
    assert decision.ruled_out == {"lacks_skill": 3}


def test_what_several_have_in_common_is_kept_once(center, monkeypatch):
    """Five of a kind, three at a time; of the agents, one has room for two more and then is none of them any more."""
    monkeypatch.setattr(decisions, "TOGETHER", 3)
    agents = [factories.make_agent(center.tenant, center.queue, capacity=capacity) for capacity in (2, 9, 9)]
    conversations = [factories.start_conversation(center.channel) for _ in range(5)]
    assert routing.route_queue(center.queue.pk) == 5
    looks = RoutingLook.objects.order_by("pk")
    assert [look.decisions.count() for look in looks] == [3, 2]
    assert RoutingDecision.objects.earliest("pk").candidates == []
    found = [explained(Interaction.objects.get(conversation=each))[0] for each in conversations]
    assert [len(each.considered) for each in found] == [3, 3, 3, 3, 3]
    assert {replay(each).same for each in found} == {True}
    loads = [{row.agent_id: row.load for row in each.considered} for each in found]
    assert loads[0] == dict.fromkeys((agent.pk for agent in agents), "0")
    assert loads[4] == {agent.pk: load for agent, load in loads_after(agents, found[:4])}


def loads_after(agents, decisions):
    """What each has after these decisions."""
    return [(agent, str(sum(each.record.agent_id == agent.pk for each in decisions))) for agent in agents]


def test_one_alone_is_kept_whole(center, agent, conversation):
    routing.route_queue(center.queue.pk)
    decision = RoutingDecision.objects.get()
    assert (decision.look, [each["agent"] for each in decision.candidates]) == (None, [agent.pk])
