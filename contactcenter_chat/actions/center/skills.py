"""What are agents good at, and who says so? Skills are named here, levels given and taken away, each change kept.

Skills are locked before agents, each kind in the order of ids.
"""

from collections.abc import Collection, Iterable, Mapping

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import IntegrityError
from django.utils.translation import gettext_noop as _

from ...database import after_commit, atomic
from ...exceptions import Conflict, Invalid, NotFound
from ...models import Agent, AgentLanguage, AgentSkill, Interaction, LevelChange, Skill, Tenant
from ...models.base import max_length
from ...models.clock import database_now
from ...models.conversations import OPEN_STATES
from ...models.language_tags import checked_tag
from ...models.skills import LEVEL
from ...queries import skills as known
from ...queries.skills import Cell as Cell
from ...storable import check_one_line, check_text, checked_name
from ...workers import wakeup
from . import placing

DELETED = "skill_deleted"  # the reason when a skill is taken away from all who have it


Levels = Mapping[Cell, int | None]


class ChangedMeanwhile(Conflict):
    """Somebody else has changed some of these levels meanwhile."""

    def __init__(self, message: str, *, levels: Levels) -> None:
        super().__init__(message)
        self.levels = levels  # what the cells in question hold now


def create_skill(*, tenant: Tenant, name: str) -> Skill:
    """Name something that agents may be good at, and return it.

    Args:
        tenant: The contact centre.
        name: At most 60 characters, one line.

    Raises Invalid, and Conflict when there is a skill of this name.
    """
    skill = Skill(tenant=tenant, name=_checked_name(name.strip()))
    _save(skill)
    return skill


def rename_skill(*, skill: Skill, name: str) -> Skill:
    """Call a skill something else, and return it. What was noted of it so far keeps the name that it had.

    Raises Invalid, Conflict when there is another of this name, NotFound when the skill is gone.
    """
    name = _checked_name(name)
    with atomic():
        found = _lock_skills(skill.tenant_id, [skill.pk])[skill.pk]
        found.name = name
        _save(found)
    return found


def delete_skill(*, skill: Skill, by: AbstractBaseUser | None = None) -> None:
    """Take a skill away, and from all who have it: that is noted as a change of their levels.

    Raises NotFound when it is gone already, Conflict while a queue requires it: what waits there would wait in vain.
    """
    with atomic():
        found = _lock_skills(skill.tenant_id, [skill.pk])[skill.pk]
        if queue := next(
            (each for each in found.tenant.queues.order_by("name") if each.requires_skill(found.pk)), None
        ):
            raise Conflict(_("The queue %(queue)s requires this skill."), queue=queue.name)
        having = {Cell(agent_id, found.pk): None for agent_id in found.agents.values_list("agent_id", flat=True)}
        _note(found.tenant_id, having, known.rows_of(having), {found.pk: found}, by=by, reason=DELETED)
        _unwish(found)
        found.delete()
        after_commit(_wake, {cell.agent_id for cell in having})


def _unwish(skill: Skill) -> None:
    """Have nobody wait for a skill that goes, whatever a client has asked for."""
    queues = set()
    wished = Interaction.objects.filter(tenant=skill.tenant_id, state__in=OPEN_STATES)
    for row in wished.filter(wish__skills__has_key=skill.pk):
        row.wish["skills"].pop(skill.pk)
        row.save(update_fields=["wish"])
        queues.add(row.queue_id)
    placing.replan_soon(queues)


def set_levels(
    *,
    agent: Agent,
    skills: Mapping[Skill, int | None] | None = None,
    languages: Mapping[str, int | None] | None = None,
    by: AbstractBaseUser | None = None,
    reason: str = "",
) -> list[LevelChange]:
    """Give an agent levels, or take them away; return what has changed, in no order.

    This is how a project writes what agents have *earned*, by a course or by good marks: with a ``reason``, which is
    kept and shown beside the change. What is not named stays as it is.

    Args:
        agent: Who has them.
        skills: A level for each skill, 1 to 5; 0 or None takes it away.
        languages: The same for languages, by tags of BCP 47: ``es``, ``pt-BR``.
        by: Whose decision it was; None for a program's.
        reason: Why, at most 255 characters.

    Raises Invalid for a level, a tag or a reason that is none, NotFound for a skill of another contact centre, and
    Conflict for one who is no agent any more.
    """
    of_skills = {Cell(agent.pk, skill.pk): level for skill, level in (skills or {}).items()}
    of_languages = {Cell(agent.pk, language=tag): level for tag, level in (languages or {}).items()}
    return _write(agent.tenant_id, {**of_skills, **of_languages}, {}, by=by, reason=reason)


def set_many(
    *,
    tenant: Tenant,
    levels: Levels,
    seen: Levels | None = None,
    by: AbstractBaseUser | None = None,
    reason: str = "",
) -> list[LevelChange]:
    """Give levels to many agents at once, all of them or none; return what has changed, in no order.

    A cell that holds something else by now than what was ``seen``, and not what it is to hold, is refused. One that
    is not named there is written in any case.

    Args:
        tenant: Whose agents and skills these are.
        levels: The new level for each Cell; 0 or None takes it away.
        seen: What the cells held when it was decided.
        by: Whose decision it was; None for a program's.
        reason: Why, at most 255 characters.

    Raises ChangedMeanwhile with all such cells, otherwise as ``set_levels``, NotFound also for an agent.
    """
    return _write(tenant.pk, levels, seen or {}, by=by, reason=reason)


def _write(
    tenant_id: str, levels: Levels, seen: Levels, *, by: AbstractBaseUser | None, reason: str
) -> list[LevelChange]:
    _check_reason(reason)
    wanted = {_checked_cell(cell): _checked_level(level) for cell, level in levels.items()}
    with atomic():
        skills = _lock_skills(tenant_id, {cell.skill_id for cell in wanted if cell.skill_id})
        _lock_agents(tenant_id, {cell.agent_id for cell in wanted})
        rows = known.rows_of(wanted)
        now = {cell: rows[cell].level if cell in rows else None for cell in wanted}
        _check_seen(now, wanted, {_checked_cell(cell): level or None for cell, level in seen.items()})
        differing = {cell: level for cell, level in wanted.items() if now[cell] != level}
        _store(differing, rows)
        changes = _note(tenant_id, differing, rows, skills, by=by, reason=reason)
        after_commit(_wake, {cell.agent_id for cell in differing})
    return changes


def _check_seen(now: Levels, wanted: Levels, seen: Levels) -> None:
    moved = {cell: now[cell] for cell in wanted if cell in seen and now[cell] not in (seen[cell], wanted[cell])}
    if moved:
        raise ChangedMeanwhile(_("Somebody else has changed some of these levels meanwhile."), levels=moved)


def _store(levels: Levels, rows: known.Rows) -> None:
    """Write levels of agents, who are locked, with the rows that are there."""
    given = [(cell, level) for cell, level in levels.items() if level]
    AgentSkill.objects.bulk_create(
        [AgentSkill(agent_id=cell.agent_id, skill_id=cell.skill_id, level=n) for cell, n in given if cell.skill_id],
        update_conflicts=True,
        unique_fields=["agent", "skill"],
        update_fields=["level"],
    )
    AgentLanguage.objects.bulk_create(
        [AgentLanguage(agent_id=cell.agent_id, tag=cell.language, level=n) for cell, n in given if cell.language],
        update_conflicts=True,
        unique_fields=["agent", "tag"],
        update_fields=["level"],
    )
    gone = [cell for cell, level in levels.items() if level is None]
    for model, in_question in ((AgentSkill, "skill_id"), (AgentLanguage, "language")):
        keys = [rows[cell].pk for cell in gone if getattr(cell, in_question)]
        if keys:
            model._default_manager.filter(pk__in=keys).delete()


def _note(
    tenant_id: str,
    levels: Levels,
    rows: known.Rows,
    skills: Mapping[str, Skill],
    *,
    by: AbstractBaseUser | None,
    reason: str,
) -> list[LevelChange]:
    """Write down how each of these levels changes from what is there now."""
    now = database_now()
    return LevelChange.objects.bulk_create(
        LevelChange(  # type: ignore[misc]  # the project's users
            tenant_id=tenant_id,
            agent_id=cell.agent_id,
            skill_id=cell.skill_id or None,
            skill_name=skills[cell.skill_id].name if cell.skill_id else "",
            language=cell.language,
            before=rows[cell].level if cell in rows else None,
            after=level,
            reason=reason,
            by=by,
            at=now,
        )
        for cell, level in levels.items()
    )


def _lock_skills(tenant_id: str, ids: Collection[str]) -> dict[str, Skill]:
    """Lock skills of a contact centre and return them by id. Raises NotFound. Expects a transaction."""
    found = Skill.objects.locked().filter(tenant=tenant_id, pk__in=ids).order_by("pk") if ids else ()
    by_id = {skill.pk: skill for skill in found}
    for missing in sorted({*ids} - by_id.keys()):
        raise NotFound("Skill", missing)
    return by_id


def _lock_agents(tenant_id: str, ids: Collection[str]) -> None:
    """Lock agents of a contact centre. Raises NotFound, and Conflict for one who was released."""
    found = list(Agent.objects.locked().filter(tenant=tenant_id, pk__in=ids).order_by("pk"))
    for missing in sorted({*ids} - {agent.pk for agent in found}):
        raise NotFound("Agent", missing)
    if any(agent.released_at for agent in found):
        raise Conflict(_("This user is no agent here any more."))


def _wake(agent_ids: Iterable[str]) -> None:
    """Have offers made where something waits that these agents may take now, or that nobody has to wait for them."""
    for queue_id in known.queues_waiting_for(agent_ids):
        wakeup.wake_routing(queue_id)


def _save(skill: Skill) -> None:
    try:
        with atomic():
            skill.save()
    except IntegrityError as error:
        raise Conflict(_("There is a skill of this name already.")) from error


def _checked_name(name: str) -> str:
    return checked_name(name, max_length(Skill, "name"))


def _checked_cell(cell: Cell) -> Cell:
    return cell._replace(language=checked_tag(cell.language)) if not cell.skill_id else cell


def _checked_level(level: int | None) -> int | None:
    if not level:
        return None
    if not LEVEL[0] <= level <= LEVEL[1]:
        raise Invalid(
            _("A level is a whole number from %(least)s to %(most)s."),
            least=LEVEL[0],
            most=LEVEL[1],
            field="level",
            value=level,
        )
    return level


def _check_reason(reason: str) -> None:
    check_text(reason, "reason")
    check_one_line(reason, "reason")
    most = max_length(LevelChange, "reason")
    if len(reason) > most:
        raise Invalid(_("May not be longer than %(most)s characters."), most=most, field="reason")
