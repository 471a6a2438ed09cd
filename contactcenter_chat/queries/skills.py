"""How good are agents at what, how did that come about, and who could take what now?"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from django.db.models import Count, Exists, Max, OuterRef, Q, QuerySet

from ..models import Agent, AgentLanguage, AgentSkill, Interaction, LevelChange, Queue, QueueMember, Tenant
from ..models.conversations import InteractionState


class Cell(NamedTuple):
    """A level of one agent: of a skill, or of a language; the other one is empty."""

    agent_id: str
    skill_id: str = ""
    language: str = ""


Rows = dict[Cell, AgentSkill | AgentLanguage]


@dataclass
class Levels:
    """What an agent is good at: levels by the ids of skills, and by the tags of languages."""

    skills: dict[str, int] = field(default_factory=dict)
    languages: dict[str, int] = field(default_factory=dict)

    def at(self, cell: Cell) -> int | None:
        """The level of a cell of this agent."""
        return self.skills.get(cell.skill_id) if cell.skill_id else self.languages.get(cell.language)


@dataclass(frozen=True)
class Cover:
    """Of a queue's members, how many have a skill or a language, and how many of these could take a chat now."""

    name: str
    agents: int
    available: int


@dataclass
class Covered:
    """A queue with its members, what is there among them in the order of names, and which languages."""

    queue: Queue
    agents: int = 0
    available: int = 0
    skills: list[Cover] = field(default_factory=list)
    languages: list[Cover] = field(default_factory=list)


def levels_of(agent_ids: Collection[str]) -> dict[str, Levels]:
    """Return the Levels of each of these agents, in two statements."""
    found = {agent_id: Levels() for agent_id in agent_ids}
    of_skills = AgentSkill.objects.filter(agent__in=agent_ids)
    for agent_id, skill_id, level in of_skills.values_list("agent_id", "skill_id", "level"):
        found[agent_id].skills[skill_id] = level
    of_languages = AgentLanguage.objects.filter(agent__in=agent_ids).order_by("tag")
    for agent_id, tag, level in of_languages.values_list("agent_id", "tag", "level"):
        found[agent_id].languages[tag] = level
    return found


def rows_of(cells: Iterable[Cell]) -> Rows:
    """Return the row of each of these cells that has a level, in two statements at most."""
    asked = {*cells}
    return {cell: row for cell, row in _rows(asked) if cell in asked}


def _rows(asked: set[Cell]) -> Iterator[tuple[Cell, AgentSkill | AgentLanguage]]:
    agents = {cell.agent_id for cell in asked}
    if skills := {cell.skill_id for cell in asked if cell.skill_id}:
        for skill in AgentSkill.objects.filter(agent__in=agents, skill__in=skills):
            yield Cell(skill.agent_id, skill_id=skill.skill_id), skill
    if tags := {cell.language for cell in asked if cell.language}:
        for language in AgentLanguage.objects.filter(agent__in=agents, tag__in=tags):
            yield Cell(language.agent_id, language=language.tag), language


def languages_of(tenant: Tenant) -> list[str]:
    """Return the languages that agents of a contact centre speak, by their tags."""
    spoken = AgentLanguage.objects.filter(agent__tenant=tenant, agent__released_at=None)
    return sorted(spoken.order_by().values_list("tag", flat=True).distinct())


def history_of(agent: Agent) -> QuerySet[LevelChange]:
    """Return how an agent's levels changed, the newest first, with who changed them."""
    return LevelChange.objects.filter(agent=agent).select_related("by").order_by("-pk")


def last_changes(cells: Iterable[Cell]) -> dict[Cell, LevelChange]:
    """Return the newest change of each of these cells, as far as there is one."""
    asked = {*cells}
    of_skills = Q(skill__in={cell.skill_id for cell in asked if cell.skill_id})
    of_languages = Q(language__in={cell.language for cell in asked if cell.language})
    changes = LevelChange.objects.filter(of_skills | of_languages, agent__in={cell.agent_id for cell in asked})
    newest = changes.order_by().values("agent", "skill", "language").annotate(pk_most=Max("pk")).values("pk_most")
    found = LevelChange.objects.filter(pk__in=newest).select_related("by")
    by_cell = {Cell(each.agent_id, each.skill_id or "", each.language): each for each in found}
    return {cell: change for cell, change in by_cell.items() if cell in asked}


def queues_waiting_for(agent_ids: Iterable[str]) -> Iterable[str]:
    """Ids of the queues of these agents where something waits."""
    waiting = Interaction.objects.filter(state=InteractionState.WAITING, is_remote=False, queue=OuterRef("queue"))
    answered = QueueMember.objects.filter(Exists(waiting), agent__in=agent_ids)
    return answered.order_by("queue").values_list("queue", flat=True).distinct()


def coverage_of(queues: Collection[Queue], now: datetime) -> list[Covered]:
    """Return for each queue what its members are good at, and how much of that is there now, in three statements."""
    found = {queue.pk: Covered(queue) for queue in queues}
    members = QueueMember.objects.filter(queue__in=found, agent__released_at=None).order_by()
    free = Q(agent__in=Agent.objects.free(now).filter(memberships__queue__in=found).values("pk"))
    counts = {"agents": Count("pk"), "available": Count("pk", free)}
    for queue_id, *here in members.values_list("queue").annotate(**counts):
        found[queue_id].agents, found[queue_id].available = here
    for path, kind in (("agent__skills__skill__name", "skills"), ("agent__languages__tag", "languages")):
        having = members.filter(**{f"{path}__isnull": False}).values_list("queue", path).annotate(**counts)
        for queue_id, *cover in having.order_by(path):
            getattr(found[queue_id], kind).append(Cover(*cover))
    return list(found.values())
