"""How is a queue kept and staffed? The queue, its members, how much an agent takes, what is answered often."""

from django.db import transaction
from django.utils.translation import gettext_noop as _

from ...exceptions import Invalid
from ...models import Agent, PreparedResponse, Queue, QueueMember
from ...workers import wakeup
from . import agents


def save_queue(queue: Queue) -> None:
    """Write a new or changed queue."""
    with transaction.atomic():
        queue.save()
        wakeup.wake_queue(queue.pk)


def save_member(member: QueueMember) -> None:
    """Write a new or changed member of a queue. Raises Invalid when agent and queue are of two contact centres."""
    if member.agent.tenant_id != member.queue.tenant_id:
        raise Invalid(_("The agent belongs to another contact centre."), field="agent", value=member.agent_id)
    with transaction.atomic():
        member.save()
        wakeup.wake_queue(member.queue_id)


def remove_member(member: QueueMember) -> None:
    """Take an agent out of a queue; chats that the agent has of it stay with the agent."""
    member.delete()


def set_capacity(*, agent_id: str, capacity: int) -> Agent:
    """Change how many chats an agent takes at once, and return the agent. Raises Invalid below what the agent has."""
    with transaction.atomic():
        load = Agent.objects.locked().get(pk=agent_id).load
        if capacity < load:
            raise Invalid(
                _("The agent has %(load)s chats, offers and wrap-ups now."),
                load=load,
                field="capacity",
                value=capacity,
            )
        return agents.change(agent_id, capacity=capacity)


def save_prepared_response(response: PreparedResponse) -> None:
    """Write a new or changed prepared response. Raises Invalid for a queue of another contact centre."""
    if response.queue and response.queue.tenant_id != response.tenant_id:
        raise Invalid(_("The queue belongs to another contact centre."), field="queue", value=response.queue_id)
    response.save()


def delete_prepared_response(response: PreparedResponse) -> None:
    """Take a prepared response away."""
    response.delete()
