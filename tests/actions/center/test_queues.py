"""Are queues, members, capacities and prepared responses kept within their contact centre?"""

import pytest

from contactcenter_chat.actions.center import queues
from contactcenter_chat.exceptions import Invalid
from contactcenter_chat.models import Agent, PreparedResponse, PresenceSpan, Queue, QueueMember
from tests.factories import accepted, make_agent, make_center, start_conversation

pytestmark = pytest.mark.django_db


def test_a_new_member_wakes_the_queue(center, woken):
    agent = make_agent(center.tenant)
    member = QueueMember(queue=center.queue, agent=agent, level=4)
    assert woken(queues.save_member, member) == [("wake_routing", center.queue.pk)]
    assert QueueMember.objects.values_list("agent", "level").get() == (agent.pk, 4)


def test_a_member_of_another_tenant_is_refused(center):
    with pytest.raises(Invalid) as refusal:
        queues.save_member(QueueMember(queue=center.queue, agent=make_agent(make_center().tenant)))
    assert refusal.value.field == "agent"
    assert not QueueMember.objects.exists()


def test_a_member_is_taken_out(center):
    make_agent(center.tenant, center.queue)
    queues.remove_member(QueueMember.objects.get())
    assert not QueueMember.objects.exists()


def test_a_changed_queue_is_woken(center, woken):
    center.queue.name = "Renamed"
    assert woken(queues.save_queue, center.queue) == [("wake_routing", center.queue.pk)]
    assert Queue.objects.get().name == "Renamed"


def test_capacity_may_not_go_below_the_load(center):
    agent = make_agent(center.tenant, center.queue)
    for _ in range(2):
        accepted(start_conversation(center.channel))
    with pytest.raises(Invalid) as refusal:
        queues.set_capacity(agent_id=agent.pk, capacity=1)
    assert refusal.value.field == "capacity"
    assert queues.set_capacity(agent_id=agent.pk, capacity=2).capacity == 2
    assert Agent.objects.values_list("capacity", "load").get() == (2, 2)
    assert PresenceSpan.objects.filter(agent=agent, ended_at=None).count() == 1


def test_a_prepared_response_is_kept_and_taken_away(center):
    response = PreparedResponse(tenant=center.tenant, queue=center.queue, title="Hello", text="Good morning")
    queues.save_prepared_response(response)
    assert PreparedResponse.objects.get() == response
    queues.delete_prepared_response(response)
    assert not PreparedResponse.objects.exists()


def test_a_prepared_response_for_a_foreign_queue_is_refused(center):
    response = PreparedResponse(tenant=center.tenant, queue=make_center().queue, title="Hello", text="Good morning")
    with pytest.raises(Invalid) as refusal:
        queues.save_prepared_response(response)
    assert refusal.value.field == "queue"
