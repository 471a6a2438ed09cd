"""Which episodes does a conversation at a remote centre have, by what was told of it?

Callbacks may come in any order and more than once. So episodes are not built up step by step: they are read anew from
all facts, in the order of their own times. Nothing here looks at the database.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from ... import events
from ...models.conversations import ConversationState, EndedBy, Outcome

# What happened within one millisecond is in this order.
RANKS = {
    events.CustomerLeft.name: 0,
    events.ConversationActivated.name: 1,
    events.InteractionTransferred.name: 2,
    events.AgentLeft.name: 3,
    events.ConversationIdled.name: 4,
    events.InteractionQueued.name: 5,
    events.AgentJoined.name: 6,
}
KINDS = tuple(RANKS)
UNKNOWN_AGENT = "agent"  # the id of one of whom nothing is said


class Told(NamedTuple):
    """One fact, as the log has it."""

    at: datetime
    kind: str
    data: dict[str, Any]

    @property
    def place(self) -> tuple[datetime, int, str]:
        return self.at, RANKS[self.kind], json.dumps(self.data, sort_keys=True)


@dataclass
class Episode:
    """From being queued there, or from the first we heard of it, to its end."""

    entered_at: datetime
    accepted_at: datetime | None = None
    ended_at: datetime | None = None
    agent: str = ""
    outcome: str = ""
    ended_by: str = ""
    transferring: bool = field(default=False, compare=False)
    present: set[str] = field(default_factory=set, compare=False)


@dataclass
class Course:
    """All episodes, the oldest first, and what state they leave the conversation in."""

    episodes: list[Episode] = field(default_factory=list)
    begun: bool = False  # somebody was to answer, once at least
    awaited: bool = False  # the customer wrote, and nothing was heard since
    gone: bool = False  # the customer left, and has not written since

    @property
    def open(self) -> Episode | None:
        last = self.episodes[-1] if self.episodes else None
        return last if last and last.ended_at is None else None

    @property
    def state(self) -> ConversationState:
        if self.open or self.awaited:
            return ConversationState.ACTIVE
        return ConversationState.IDLE if self.begun else ConversationState.CREATED

    def begin(self, at: datetime) -> Episode:
        """The open episode; a new one where there is none."""
        if self.open is None:
            self.episodes.append(Episode(entered_at=at))
        self.begun, self.awaited, self.gone = True, False, False
        return self.episodes[-1]

    def end(self, at: datetime, outcome: Outcome, ended_by: EndedBy) -> None:
        episode, self.awaited = self.open, False
        if episode:
            episode.ended_at, episode.outcome, episode.ended_by = at, outcome, ended_by


def course_of(facts: Iterable[Told], *, short_seconds: int) -> Course:
    """Return the Course that these facts (Told, in any order) describe.

    Whoever did not wait for ``short_seconds`` is no abandoned customer but a short one.
    """
    course = Course()
    for fact in sorted(facts, key=lambda told: told.place):
        STEPS[fact.kind](course, fact, short_seconds)
    return course


def _activated(course: Course, fact: Told, short_seconds: int) -> None:
    course.begun, course.awaited, course.gone = True, course.open is None, False


def _queued(course: Course, fact: Told, short_seconds: int) -> None:
    # A centre that is told late of somebody who did not wait queues the conversation, and may not tell of its end.
    if not course.gone:
        course.begin(fact.at)


def _joined(course: Course, fact: Told, short_seconds: int) -> None:
    episode = course.begin(fact.at)
    episode.accepted_at = episode.accepted_at or fact.at
    episode.agent = name_of(fact.data)
    episode.present.add(fact.data.get("agent_id", ""))


def _transferred(course: Course, fact: Told, short_seconds: int) -> None:
    if course.open:
        course.open.transferring = True


def _left(course: Course, fact: Told, short_seconds: int) -> None:
    episode = course.open
    if episode is None or not episode.accepted_at:
        return
    episode.present.discard(fact.data.get("agent_id", ""))
    if not episode.present:
        outcome = Outcome.TRANSFERRED if episode.transferring else Outcome.HANDLED
        course.end(fact.at, outcome, EndedBy.AGENT)


def _customer_left(course: Course, fact: Told, short_seconds: int) -> None:
    if course.open and not course.open.accepted_at:
        short = fact.at - course.open.entered_at < timedelta(seconds=short_seconds)
        outcome = Outcome.SHORT_ABANDONED if short else Outcome.ABANDONED
    else:
        outcome = Outcome.HANDLED
    course.end(fact.at, outcome, EndedBy.CUSTOMER)
    course.gone = True


def _idled(course: Course, fact: Told, short_seconds: int) -> None:
    handled = course.open and course.open.accepted_at
    course.end(fact.at, Outcome.HANDLED if handled else Outcome.CANCELLED, EndedBy.SYSTEM)


STEPS = {
    events.ConversationActivated.name: _activated,
    events.ConversationIdled.name: _idled,
    events.InteractionQueued.name: _queued,
    events.InteractionTransferred.name: _transferred,
    events.AgentJoined.name: _joined,
    events.AgentLeft.name: _left,
    events.CustomerLeft.name: _customer_left,
}


def name_of(data: Mapping[str, Any]) -> str:
    """An agent's name, by what a fact says; the id where it says no name, empty where it says neither."""
    name = " ".join(part for part in (data.get("first_name"), data.get("last_name")) if part)
    agent_id = data.get("agent_id", "")
    return name or ("" if agent_id == UNKNOWN_AGENT else agent_id)
