"""What is kept of a choice."""

from contactcenter_chat.actions.center import decisions, routing
from contactcenter_chat.models import RoutingDecision
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
