"""What follows from what happened at a remote centre?

Facts come in any order. Whenever one more is known, the interactions and the agents' joining and leaving are brought
to what all of them together say. All of this expects the conversation locked.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, cast

from ... import events
from ...conf import settings
from ...models import Conversation, Interaction, LogEntry, Message, Participant, clock
from ...models.base import max_length
from ...models.conversations import ConversationState, InteractionState
from ..recording import Fact, record_all
from .episodes import KINDS, UNKNOWN_AGENT, Course, Episode, Told, course_of, name_of

NAME_MAX = max_length(Participant, "remote_name")
AGENTS_FACTS = (events.AgentJoined.name, events.AgentLeft.name)


def add_fact(conversation: Conversation, event: events.Event, at: datetime, *, reports_idle: bool) -> None:
    """Write a fact down, with what it changes of the interactions and what follows from that."""
    stored = LogEntry.objects.filter(conversation=conversation, kind__in=KINDS)
    facts = [Told(*row) for row in stored.values_list("at", "kind", "data") if _counts(row)]
    facts.append(Told(at, event.name, event.data()))
    course = course_of(facts, short_seconds=settings.SHORT_ABANDON_SECONDS)
    before = conversation.state
    interactions, ended = _settle(conversation, course)
    _settle_agents(conversation, facts)
    conversation.state = course.state
    about = _latest(interactions, at)
    new = [Fact(event=event, interaction=about, at=at)]
    new += [_activated(about, at)] if before != course.state == ConversationState.ACTIVE else []
    new += [_ended(interaction) for interaction in ended]
    if before != course.state == ConversationState.IDLE and not reports_idle and not _reports_idle(event):
        new.append(Fact(event=events.ConversationIdled(), interaction=about, at=conversation.last_ended_at or at))
    record_all(conversation, new)


def interaction_at(conversation: Conversation, at: datetime) -> Interaction | None:
    """Return the interaction that was going on at that time, or the nearest one; None when there is none."""
    rows = Interaction.objects.filter(conversation=conversation, is_remote=True).order_by("entered_at")
    return _latest(list(rows), at)


def not_before(conversation: Conversation) -> datetime:
    """Now, but not before the newest fact of the conversation: two clocks may differ."""
    newest = (
        LogEntry.objects.filter(conversation=conversation, kind__in=KINDS).order_by("-at").values_list("at", flat=True)
    )
    return max(clock.now(), newest.first() or clock.now())


def remote_agent(conversation: Conversation, agent_id: str, name: str, at: datetime) -> Participant:
    """Return the participant who stands for an agent there, made at first sight; a name that is known is kept."""
    participant, _ = Participant.objects.get_or_create(
        conversation_id=conversation.pk,
        remote_id=agent_id or UNKNOWN_AGENT,
        defaults={"type": events.AGENT, "remote_name": name[:NAME_MAX], "joined_at": at},
    )
    if name and participant.remote_name != name[:NAME_MAX]:
        participant.remote_name = name[:NAME_MAX]
        participant.save(update_fields=["remote_name"])
    return participant


def _counts(row: tuple[datetime, str, dict[str, Any]]) -> bool:
    """Whether a fact says something of its own: that a conversation fell idle is mostly concluded."""
    _at, kind, data = row
    return kind != events.ConversationIdled.name or bool(data.get("remote"))


def _reports_idle(event: events.Event) -> bool:
    return isinstance(event, events.ConversationIdled)


def _activated(interaction: Interaction | None, at: datetime) -> Fact:
    return Fact(event=events.ConversationActivated(), interaction=interaction, at=at)


def _ended(interaction: Interaction) -> Fact:
    told = events.InteractionEnded(outcome=interaction.outcome, ended_by=interaction.ended_by)
    return Fact(event=told, interaction=interaction, at=cast(datetime, interaction.ended_at))


def _settle(conversation: Conversation, course: Course) -> tuple[list[Interaction], list[Interaction]]:
    """Bring the interactions to what the course says; return all of them, and those that have ended by that."""
    rows = list(Interaction.objects.filter(conversation=conversation, is_remote=True).order_by("pk"))
    rows, surplus = rows[: len(course.episodes)], rows[len(course.episodes) :]
    _merge(surplus, rows)  # first of all: only one may be open at a time
    ended = []
    for index, episode in enumerate(course.episodes):
        is_new = index == len(rows)
        if is_new:
            rows.append(_new_interaction(conversation))
        row = rows[index]
        was_over = row.ended_at is not None
        if _fill(row, episode) or is_new:
            row.save(force_insert=is_new)
        if row.ended_at and not was_over:
            ended.append(row)
    is_open = rows and rows[-1].ended_at is None
    conversation.open_interaction = rows[-1] if is_open else None
    conversation.last_ended_at = max((row.ended_at for row in rows if row.ended_at), default=None)
    return rows, ended


def _merge(surplus: list[Interaction], kept: list[Interaction]) -> None:
    """Two episodes turn out to be one: what hangs off the second is the first one's."""
    for row in surplus:
        Message.objects.filter(interaction=row).update(interaction=kept[-1])
        LogEntry.objects.filter(interaction=row).update(interaction=kept[-1])
        row.delete()


def _new_interaction(conversation: Conversation) -> Interaction:
    return Interaction(
        tenant_id=conversation.tenant_id,
        conversation=conversation,
        queue_id=conversation.channel.queue_id,
        is_remote=True,
    )


def _fill(row: Interaction, episode: Episode) -> bool:
    """Give an interaction what the episode says; return whether anything changed."""
    state = InteractionState.HANDLING if episode.accepted_at else InteractionState.WAITING
    values = {
        "state": InteractionState.FINISHED if episode.ended_at else state,
        "entered_at": episode.entered_at,
        "due_at": episode.entered_at,
        "accepted_at": episode.accepted_at,
        "ended_at": episode.ended_at,
        "finished_at": episode.ended_at,
        "outcome": episode.outcome,
        "ended_by": episode.ended_by,
        "remote_agent": episode.agent[:NAME_MAX],
    }
    changed = [name for name, value in values.items() if getattr(row, name) != value]
    for name in changed:
        setattr(row, name, values[name])
    return bool(changed)


def _settle_agents(conversation: Conversation, facts: list[Told]) -> None:
    """Bring the agents' joining and leaving to what the facts say."""
    seen: dict[str, dict[str, Any]] = {}
    for fact in sorted((fact for fact in facts if fact.kind in AGENTS_FACTS), key=lambda told: told.place):
        agent = seen.setdefault(fact.data.get("agent_id") or UNKNOWN_AGENT, {"name": "", "joined": None, "left": None})
        agent["name"] = name_of({**fact.data, "agent_id": ""}) or agent["name"]
        if fact.kind == events.AgentJoined.name:
            agent["joined"], agent["left"] = agent["joined"] or fact.at, None
        else:
            agent["left"] = fact.at
    for agent_id, agent in seen.items():
        row = remote_agent(conversation, agent_id, agent["name"], agent["joined"] or agent["left"])
        joined_at = agent["joined"] or row.joined_at
        if (row.joined_at, row.left_at) != (joined_at, agent["left"]):
            row.joined_at, row.left_at = joined_at, agent["left"]
            row.save(update_fields=["joined_at", "left_at"])


def _latest(interactions: Sequence[Interaction], at: datetime) -> Interaction | None:
    """The interaction that was going on at that time, or the one before it, or the first."""
    begun = [row for row in interactions if row.entered_at <= at]
    return begun[-1] if begun else interactions[0] if interactions else None
