"""Why was an agent chosen? What was required, in which step, who could have taken it, who could not."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from ..isolates import filled
from ..models import Agent, Interaction, RoutingDecision
from ..routing.dispatch import KEPT_FREE, NO_ROOM, RESTS
from ..routing.longest_idle import ASKED, KEPT_FOR_ANOTHER, NOT_A_MEMBER, OTHERS_FIRST
from ..routing.pace import in_thirds, slots_told
from ..routing.plan import LACKS_LANGUAGE, LACKS_SKILL
from ..routing.records import Record, Replay, merged, replayed
from .requirements import in_words, language_name, skill_name, skill_names

RULED_OUT = {
    LACKS_SKILL: gettext_lazy("lacks a skill"),
    LACKS_LANGUAGE: gettext_lazy("does not speak the language"),
    RESTS: gettext_lazy("was offered another chat a moment ago"),
    NO_ROOM: gettext_lazy("has no room for such a chat"),
    KEPT_FREE: gettext_lazy("kept free for a chat that is due before"),
    ASKED: gettext_lazy("asked already"),
    KEPT_FOR_ANOTHER: gettext_lazy("kept for another agent"),
    NOT_A_MEMBER: gettext_lazy("not in this queue"),
    OTHERS_FIRST: gettext_lazy("others come first"),
}
ROUTERS = {
    "contactcenter_chat.routing.by_skill.BySkill": gettext_lazy("by skill"),
    "contactcenter_chat.routing.longest_idle.LongestIdle": gettext_lazy("longest idle first"),
}
Names = Mapping[str, str]


@dataclass(frozen=True)
class Considered:
    """One agent who was looked at; what was not kept of one is None, or empty."""

    agent_id: str
    name: str
    level: int | None
    levels: str  # in what was required
    step: int
    load: str | None  # in chats
    capacity: int | None
    idle_since: datetime | None
    ruled_out: str


@dataclass(frozen=True)
class Explained:
    """A decision in people's words.

    Args:
        router: The dotted path of the rule; ``rule`` is what people call it.
        chosen: The agent's name; empty for nobody.
        sentence: What was required, in which step, how many could take it; words of others in it are isolated. Empty
            when that was not kept yet.
        considered: Who was looked at.
    """

    record: Record
    made_at: datetime
    router: str
    rule: str
    chosen: str
    sentence: str
    considered: Sequence[Considered]

    @property
    def has_steps(self) -> bool:
        """Whether somebody meets another step than the first."""
        return any(each.step for each in self.considered)


def explained(interaction: Interaction) -> list[Explained]:
    """All decisions of an interaction, the first one first."""
    decisions = list(interaction.decisions.select_related("agent__user", "look").order_by("made_at", "pk"))
    candidates = [_candidates(decision) for decision in decisions]
    wanted = {each.get("agent") for kept in candidates for each in kept}
    names = {agent.pk: str(agent) for agent in Agent.objects.filter(pk__in=wanted).select_related("user")}
    skills = skill_names(decision.request.get("required") for decision in decisions)
    return [_explained(decision, kept, names, skills) for decision, kept in zip(decisions, candidates, strict=True)]


def _candidates(decision: RoutingDecision) -> Sequence[Mapping[str, Any]]:
    """Who was looked at; of a look that made several decisions, each has kept only what differs."""
    return merged(decision.look.candidates, decision.candidates) if decision.look else decision.candidates


def _explained(
    decision: RoutingDecision, candidates: Sequence[Mapping[str, Any]], names: Names, skills: Names
) -> Explained:
    agent_id, request = decision.agent_id or "", decision.request
    considered = [_considered(each, request.get("required") or {}, names, skills) for each in candidates]
    return Explained(
        Record(decision.interaction_id, decision.router, request, candidates, agent_id),
        decision.made_at,
        decision.router,
        router_told(decision.router),
        str(decision.agent) if decision.agent else "",
        _sentence(decision, candidates, skills) if request else "",
        considered,
    )


def _considered(kept: Mapping[str, Any], required: Mapping[str, Any], names: Names, skills: Names) -> Considered:
    agent_id = kept.get("agent") or ""
    return Considered(
        agent_id,
        names.get(agent_id, agent_id),
        kept.get("level"),
        _levels(kept, required, skills),
        kept.get("step", 0),
        None if kept.get("load") is None else slots_told(in_thirds(kept["load"])),
        kept.get("capacity"),
        parse_datetime(kept.get("idle_since") or ""),
        reason_told(kept.get("ruled_out") or ""),
    )


def reason_told(code: str) -> str:
    """Why somebody was not chosen; what is not known here as it is."""
    return str(RULED_OUT.get(code, code))


def router_told(path: str) -> str:
    """Which rule has chosen, by its dotted path; of a project's own rule, the class's name in words."""
    parted = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", path.rpartition(".")[2])
    return str(ROUTERS.get(path, parted.replace("_", " ").lower()))


def _sentence(decision: RoutingDecision, candidates: Sequence[Mapping[str, Any]], skills: Names) -> str:
    """What was required, in which step, how many could take it, and how many could not for which reason."""
    required = in_words(decision.request.get("required"), skills)
    begin = filled(_("Required: %(what)s"), what=required) if required else _("Nothing was required")
    step = _("step %(number)s") % {"number": decision.step} if decision.step else _("before the first step")
    # Whoever only came after another could have taken it.
    unable_for = {reason: count for reason, count in decision.ruled_out.items() if reason != OTHERS_FIRST}
    able = sum(candidate.get("ruled_out") in (None, "", OTHERS_FIRST) for candidate in candidates)
    could = ngettext("%(count)d could take it", "%(count)d could take it", able) % {"count": able}
    unable = sum(unable_for.values())
    could_not = ngettext("%(count)d could not", "%(count)d could not", unable) % {"count": unable}
    ordered = sorted(unable_for.items(), key=lambda item: (-item[1], item[0]))
    reasons = ", ".join(f"{reason_told(reason)}: {count}" for reason, count in ordered)
    return f"{begin}; {step}. {could}, {could_not}{f' ({reasons})' if reasons else ''}."


def _levels(kept: Mapping[str, Any], required: Mapping[str, Any], skills: Names) -> str:
    """The levels of a candidate in what was required."""
    have = kept.get("skills") or {}
    parts = [f"{skill_name(pk, skills)} {have[pk]}" for pk in required.get("skills", {}) if pk in have]
    if required.get("language"):
        spoken = kept.get("languages") or {}
        parts += [f"{language_name(tag)} {level}" for tag, level in sorted(spoken.items())]
    return ", ".join(sorted(parts))


@dataclass(frozen=True)
class Replayed:
    """What came of asking the router once more: ``same`` as in Replay, and why it is not, in words."""

    same: bool | None
    why: str = ""


def replay(decision: Explained) -> Replayed:
    """Ask the decision's router once more with what was kept."""
    found = replayed(decision.record)
    return Replayed(found.same, "" if found.same else _why(decision, found))


def _why(decision: Explained, found: Replay) -> str:
    if found.error:
        return found.error
    if found.same is None:
        return "who was chosen is gone" if not decision.record.agent_id else "less was kept then than is needed"
    names = {each.agent_id: each.name for each in decision.considered}
    answered, kept = found.answer, decision.record.answer()
    if answered.agent_id != kept.agent_id:
        return f"it would choose {names.get(answered.agent_id, answered.agent_id) or 'nobody'}"
    others = [pk for pk in names if answered.ruled_out.get(pk) != kept.ruled_out.get(pk)]
    return "it would rule out otherwise: " + ", ".join(names[pk] for pk in others)
