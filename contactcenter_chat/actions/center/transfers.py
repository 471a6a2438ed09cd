"""How does a chat pass on: to a queue, to a colleague, from a bot to agents?"""

from typing import Any

from django.utils.translation import gettext_noop as _

from ... import events
from ...conf import settings
from ...database import atomic
from ...exceptions import Conflict, Invalid, NotFound
from ...models import Agent, Conversation, Department, Interaction, Queue, clock
from ...models.clock import database_now
from ...models.conversations import PASSED_ON, EndedBy, InteractionState, Outcome
from ...models.queues import Presence
from ...queries import assignment
from ...queries.departments import entry_of
from ...queries.handing_on import OFTEN, handed_on_lately
from ...storable import check_text
from ...workers import wakeup
from ..bots import control
from ..recording import record
from . import interactions, offers, passing, placing, segments


def move_to_queue(conversation: Conversation, interaction: Interaction, queue: Queue) -> None:
    """Have an interaction that waits wait in another queue, with its age. Expects the conversation locked."""
    offers.withdraw_offer(conversation, interaction, reason="assigned")
    interaction.state, interaction.queue = InteractionState.WAITING, queue
    interaction.target_agent, interaction.target_until, interaction.return_to_agent = None, None, None
    now = clock.now()
    placing.enter(interaction, conversation, at=now)
    interaction.save()
    segments.end(interaction, now, Outcome.TRANSFERRED)
    segments.begin(interaction, now)
    conversation.last_queue, conversation.open_interaction = queue, interaction
    record(conversation, passing.queued_event(interaction), interaction=interaction)
    passing.arrive(conversation, interaction)
    wakeup.wake_queue(queue.pk)


def transfer_to_queue(
    *, interaction_id: str, agent: Agent, queue: Queue, note: str = "", priority: int = 0, drafted_by: str = ""
) -> Interaction:
    """Hand a chat on to a queue, with a note for whoever takes it; return the new interaction.

    ``priority`` is minutes by which it is due earlier than what is handed on otherwise, ``drafted_by`` the model that
    has drafted the note, if one has.
    """
    if queue.tenant_id != agent.tenant_id:
        raise NotFound("Queue", queue.pk)
    return _transfer(interaction_id, agent, queue=queue, note=note, priority=priority, drafted_by=drafted_by)


def transfer_to_department(
    *, interaction_id: str, agent: Agent, department: Department, note: str = "", drafted_by: str = ""
) -> Interaction:
    """Hand a chat on to a department: it waits in its entry queue; return the new interaction."""
    entry = entry_of(department)
    if department.tenant_id != agent.tenant_id or entry is None:
        raise NotFound("Department", department.pk)
    return _transfer(interaction_id, agent, queue=entry, department=department, note=note, drafted_by=drafted_by)


def transfer_to_agent(
    *, interaction_id: str, agent: Agent, to_agent: Agent, note: str = "", drafted_by: str = ""
) -> Interaction:
    """Hand a chat on to a colleague who is available; return the new interaction.

    It is kept for the colleague for TRANSFER_ACCEPT_SECONDS, then comes back to the sender or to the queue.
    Raises NotFound, Invalid when the colleague is not there or has no room, Conflict when it is not the agent's chat.
    """
    if to_agent.tenant_id != agent.tenant_id:
        raise NotFound("Agent", to_agent.pk)
    if to_agent.pk == agent.pk:
        raise Invalid(_("You have this chat already."), field="to_agent")
    if to_agent.presence != Presence.AVAILABLE:
        raise Invalid(_("%(agent)s is not available."), agent=to_agent, field="to_agent")
    share = interactions.share_of(interaction_id)
    if not Agent.objects.free(database_now(), share).filter(pk=to_agent.pk).exists():
        raise Invalid(_("%(agent)s has no room for another chat just now."), agent=to_agent, field="to_agent")
    return _transfer(interaction_id, agent, to_agent=to_agent, note=note, drafted_by=drafted_by)


def _transfer(
    interaction_id: str,
    agent: Agent,
    *,
    queue: Queue | None = None,
    to_agent: Agent | None = None,
    department: Department | None = None,
    note: str = "",
    priority: int = 0,
    drafted_by: str = "",
) -> Interaction:
    check_text(note, "note")
    with atomic():
        conversation, interaction = interactions.lock_interaction(interaction_id, tenant_id=agent.tenant_id)
        interactions.check_handled_by(interaction, agent)
        queue = queue or interaction.queue
        transferred = events.InteractionTransferred(
            from_agent_id=agent.pk,
            to_queue_id=queue.pk,
            to_agent_id=to_agent.pk if to_agent else "",
            to_department_name=department.name if department else None,
            note=note,
            drafted_by=drafted_by or None,
        )
        record(conversation, transferred, interaction=interaction)
        interactions.close(conversation, interaction, outcome=Outcome.TRANSFERRED, ended_by=EndedBy.AGENT, idles=False)
        kept_for: dict[str, Any] = {"asked": [agent.pk]}  # who has just handed it on is the last to be asked
        if to_agent:
            kept_for = offers.keep_for(to_agent, settings.TRANSFER_ACCEPT_SECONDS) | {"return_to_agent": agent}
        kept_for["brief"] = _brief_along(interaction, agent, note, drafted_by)
        priority += interaction.priority + settings.TRANSFER_PRIORITY
        # What is under way goes on at its pace, whatever the channel's has become.
        passed_on = interactions.queue_interaction(
            conversation, queue, priority=priority, pace=interaction.pace, **kept_for
        )
        _note_handed_round(conversation, passed_on)
        return passed_on


def _brief_along(interaction: Interaction, agent: Agent, note: str, drafted_by: str) -> dict[str, Any]:
    """What the bot said of it goes along, where one did, with who has handed it on last, and why."""
    if not interaction.brief:
        return {}
    passed_on = {"by": str(agent), "note": note, **({"drafted_by": drafted_by} if drafted_by else {})}
    return {**interaction.brief, PASSED_ON: passed_on}


def _note_handed_round(conversation: Conversation, interaction: Interaction) -> None:
    """Tell supervisors of a conversation that is handed on again and again. Nobody is kept from it."""
    times = handed_on_lately(conversation.pk)
    if times < OFTEN:
        return
    interaction.handed_round = times
    interaction.save(update_fields=["handed_round"])
    record(conversation, events.InteractionHandedRound(times=times), interaction=interaction)


def assign_to_queue(conversation: Conversation, queue: Queue, **kept: Any) -> None:
    """Have it wait in this queue: with its age when it waits already, anew when a bot had it, with what is ``kept``.

    Nothing changes when it waits there. Raises Conflict when an agent has it, or nobody is to answer, or a remote
    centre is.
    """
    control.check_local(conversation.is_remote)
    if assignment.has_bot(conversation):
        control.release(conversation)
        interactions.queue_interaction(conversation, queue, **kept)
        return
    interaction = interactions.open_of(conversation)
    if interaction is None:
        if queue.pk != conversation.last_queue_id:
            raise Conflict(_("The conversation is idle: it waits in no queue."))
    elif interaction.state == InteractionState.HANDLING:
        if queue.pk != interaction.queue_id:
            raise Conflict(_("An agent has the conversation."))
    elif interaction.queue_id != queue.pk:
        move_to_queue(conversation, interaction, queue)
