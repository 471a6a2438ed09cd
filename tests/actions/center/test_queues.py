"""Are queues, members and capacities kept within their contact centre?"""

import pytest

from contactcenter_chat.actions.center import queues
from contactcenter_chat.actions.setup import channels
from contactcenter_chat.exceptions import Conflict, Invalid
from contactcenter_chat.models import Agent, PreparedResponse, PresenceSpan, Queue, QueueMember
from tests.factories import (
    accepted,
    make_agent,
    make_center,
    make_channel,
    make_codes,
    make_queue,
    start_conversation,
)
from tests.facts import refused

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
    assert Agent.objects.values_list("capacity", "load").get() == (2, 6)
    assert PresenceSpan.objects.filter(agent=agent, ended_at=None).count() == 1


@pytest.mark.parametrize("field", ["when_closed", "when_empty"])
def test_a_queue_passes_on_to_others_or_not_at_all(center, field):
    other = make_queue(center.tenant)
    setattr(center.queue, field, "overflow")
    for wrong in (None, []):
        with refused(Invalid, field=field, message="Choose a queue to pass it on to."):
            queues.save_queue(center.queue, overflow=wrong)
    queues.save_queue(center.queue, overflow=[other])
    assert list(center.queue.overflows.values_list("to", flat=True)) == [other.pk]
    queues.save_queue(center.queue)
    with refused(Invalid, field=field):
        queues.set_overflow(center.queue, [])
    with refused(Invalid, field=field):
        queues.save_queue(center.queue, overflow=[])
    setattr(center.queue, field, "wait")
    queues.save_queue(center.queue, overflow=[])
    assert not center.queue.overflows.exists()


def test_a_queue_that_nothing_names_is_deleted_with_its_members(center):
    queue = make_queue(center.tenant, "Refunds")
    make_agent(center.tenant, queue)
    queues.set_overflow(queue, [center.queue])
    queues.delete_queue(queue)
    assert list(Queue.objects.all()) == [center.queue]
    assert not QueueMember.objects.exists()


def waits(center, queue):
    start_conversation(make_channel(center.tenant, queue))
    center.tenant.channels.filter(queue=queue).update(queue=center.queue)


def has_codes(center, queue):
    make_codes(center.tenant, "Fees", queues=[queue])


def has_words(center, queue):
    PreparedResponse.objects.create(tenant=center.tenant, queue=queue, title="Hello", text="Hi")


def leads_there(center, queue):
    PreparedResponse.objects.create(tenant=center.tenant, title="Hello", text="Hi", acts={"queue": queue.pk})


NAMING = [
    (waits, "Chats have waited in the queue Refunds: they name it."),
    (
        lambda center, queue: make_channel(center.tenant, queue),
        "A channel leads to the queue Refunds, or has led there.",
    ),
    (
        lambda center, queue: channels.delete_channel(make_channel(center.tenant, queue)),
        "A channel leads to the queue Refunds, or has led there.",
    ),
    (
        lambda center, queue: queues.set_overflow(center.queue, [queue]),
        "Another queue passes on to the queue Refunds.",
    ),
    (has_codes, "Codes or prepared responses are for the queue Refunds."),
    (has_words, "Codes or prepared responses are for the queue Refunds."),
    (leads_there, "The prepared response Hello hands chats on to the queue Refunds."),
]


@pytest.mark.parametrize(("naming", "message"), NAMING)
def test_a_queue_that_something_names_stays(center, naming, message):
    queue = make_queue(center.tenant, "Refunds")
    naming(center, queue)
    with pytest.raises(Conflict) as refusal:
        queues.delete_queue(queue)
    assert refusal.value.message == message
    assert Queue.objects.filter(pk=queue.pk).exists()


def test_an_agent_with_a_slot_that_is_lent_can_be_saved_and_get_more(center):
    agent = make_agent(center.tenant, center.queue, capacity=2)
    Agent.objects.update(load=7)
    assert queues.set_capacity(agent_id=agent.pk, capacity=2).capacity == 2
    with refused(Invalid, field="capacity", message="The agent has 2⅓ chats, offers and wrap-ups now."):
        queues.set_capacity(agent_id=agent.pk, capacity=1)
