"""What does an interaction require of an agent now, and when does it require something else?

A queue requires skills, and the customer's language; its steps replace that as time passes. What the client asked for
is added to each, unless a step says otherwise.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

Skills = Mapping[str, int]  # a skill and its least level, 1-5

LACKS_SKILL, LACKS_LANGUAGE = "lacks_skill", "lacks_language"
REQUIRED, TRANSLATE, ANY = "required", "translate", "any"  # what becomes of the customer's language


@dataclass(frozen=True)
class Step:
    """What holds after so many seconds of open time in the queue; what is None stays as it was.

    Args:
        after: Seconds.
        requires: The skills, instead of those before.
        language: One of REQUIRED, TRANSLATE, ANY.
        asked: Whether what the client asked for is required too.
    """

    after: int
    requires: Skills | None = None
    language: str | None = None
    asked: bool | None = None


@dataclass(frozen=True)
class Plan:
    """What a queue requires until its first step, and its steps, in the order of their times."""

    requires: Skills = field(default_factory=dict)
    language: str = REQUIRED
    steps: tuple[Step, ...] = ()


@dataclass(frozen=True)
class Wish:
    """What holds for one interaction since it was queued: the customer's language, if any, and what was asked for."""

    language: str = ""
    skills: Skills = field(default_factory=dict)


@dataclass(frozen=True)
class Requirement:
    """What an agent must have: each skill at its level or better, and the language, if one is named."""

    skills: Skills = field(default_factory=dict)
    language: str = ""

    def is_met(self, skills: Skills, languages: Mapping[str, int]) -> bool:
        """Whether an agent with these skills and languages, each with its level, has all that is required."""
        return not self.lacking(skills, languages)

    def lacking(self, skills: Skills, languages: Mapping[str, int]) -> str:
        """What such an agent lacks: LACKS_SKILL, LACKS_LANGUAGE, or empty for nothing."""
        if any(skills.get(name, 0) < level for name, level in self.skills.items()):
            return LACKS_SKILL
        if self.language and not any(serves(tag, self.language) for tag in languages):
            return LACKS_LANGUAGE
        return ""

    def levels(self, skills: Skills, languages: Mapping[str, int]) -> int:
        """The sum of an agent's levels in what is required."""
        spoken = [level for tag, level in languages.items() if self.language and serves(tag, self.language)]
        return sum(skills.get(name, 0) for name in self.skills) + max(spoken, default=0)


def as_kept(required: Requirement) -> dict[str, Any]:
    """A requirement as an interaction's row keeps it; nothing for none."""
    return {"skills": dict(required.skills), "language": required.language} if required != Requirement() else {}


@dataclass(frozen=True)
class Stage:
    """Where an interaction is in its plan: 0 before the first step; ``next_after`` is when the next one is due."""

    step: int
    requirement: Requirement
    next_after: int | None


def stage_of(
    plan: Plan, wish: Wish, waited: float, *, reached: int = 0, can_be_met: Callable[[Requirement], bool]
) -> Stage:
    """Return the Stage of an interaction.

    Args:
        plan: The queue's.
        wish: The interaction's.
        waited: Seconds of open time in this queue.
        reached: The step it was in before; what was left does not come back.
        can_be_met: Whether somebody who is logged in has what is required; what nobody has is skipped at once.
    """
    by_clock = sum(step.after <= waited for step in plan.steps)
    at = max(by_clock, min(reached, len(plan.steps)))
    while at < len(plan.steps) and not can_be_met(requirement_of(plan, wish, at)):
        at += 1
    later = plan.steps[at].after if at < len(plan.steps) else None
    return Stage(at, requirement_of(plan, wish, at), later)


def requirement_of(plan: Plan, wish: Wish, step: int) -> Requirement:
    """What is required in a step of a plan, 0 for before the first."""
    skills, language, asked = plan.requires, plan.language, True
    for each in plan.steps[:step]:
        skills = skills if each.requires is None else each.requires
        language = language if each.language is None else each.language
        asked = asked if each.asked is None else each.asked
    wanted = wish.skills if asked else {}
    names = {*skills, *wanted}
    merged = {name: max(skills.get(name, 0), wanted.get(name, 0)) for name in names}
    return Requirement(merged, wish.language if language == REQUIRED else "")


def serves(tag: str, wanted: str) -> bool:
    """Whether who speaks one language serves a customer of the other: the same, or one is a part of the other."""
    mine, theirs = tag.lower().split("-"), wanted.lower().split("-")
    shorter = min(len(mine), len(theirs))
    return mine[:shorter] == theirs[:shorter]
