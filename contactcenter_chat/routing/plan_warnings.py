"""What is allowed in a plan, and hardly meant?"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field

from django.utils.translation import gettext_noop as _

from .plan import REQUIRED, TRANSLATE, Plan

NEVER_RELAXES, HASTY_STEP, LONG_RING = "never_relaxes", "hasty_step", "long_ring"
NO_TRANSLATION, NO_TEXT, UNREACHED_STEP = "no_translation", "no_text", "unreached_step"
OFFERS = 2  # at least, for which there should be time in each step and before the target


@dataclass(frozen=True)
class PlanWarning:
    """What is likely not meant: its name, and an English sentence, marked for translation, with its places."""

    code: str
    message: str
    places: dict[str, int] = field(default_factory=dict)


def warnings_of(
    plan: Plan,
    *,
    ring_seconds: int,
    target_seconds: int,
    spoken: bool = True,
    untold: Collection[str] = (),
    translates: bool = False,
    max_wait_seconds: int = 0,
) -> list[PlanWarning]:
    """Return what is likely not meant in a plan, in the order in which its form asks for it.

    Args:
        plan: The queue's.
        ring_seconds: How long an offer of the queue rings.
        target_seconds: Within which it is to be answered.
        spoken: Whether of any member a language is known: otherwise none is asked for.
        untold: When (``closed``, ``empty``, ``waiting``) the customer is to be told something, and there is no text.
        translates: Whether there is something that translates.
        max_wait_seconds: After which it is passed on; 0 for never.
    """
    found = [*_of_requirements(plan, spoken, translates), *_hasty_steps(plan, ring_seconds)]
    found += _unreached_steps(plan, max_wait_seconds)
    if ring_seconds * OFFERS >= target_seconds:
        told = _("An offer rings for %(ring)s seconds, which is half of the target of %(target)s seconds or more.")
        found.append(PlanWarning(LONG_RING, told, {"ring": ring_seconds, "target": target_seconds}))
    if "closed" in untold:
        found.append(PlanWarning(NO_TEXT, _("When it is closed the customer is to be told, but there is no text.")))
    if "empty" in untold:
        told = _("When nobody is there the customer is to be told, but there is no text.")
        found.append(PlanWarning(NO_TEXT, told))
    if "waiting" in untold:
        found.append(PlanWarning(NO_TEXT, _("While waiting the customer is to be told so, but there is no text.")))
    return found


def _of_requirements(plan: Plan, spoken: bool, translates: bool) -> Iterator[PlanWarning]:
    if plan.requires and not plan.steps:
        yield PlanWarning(NEVER_RELAXES, _("What it requires never relaxes: there are no steps."))
    elif spoken and plan.language == REQUIRED and not plan.steps:
        yield PlanWarning(NEVER_RELAXES, _("The customer’s language is never given up: there are no steps."))
    if not translates and TRANSLATE in (plan.language, *(step.language for step in plan.steps)):
        yield PlanWarning(NO_TRANSLATION, _("Nothing translates here: “any, with translation” counts as “any”."))


def _hasty_steps(plan: Plan, ring_seconds: int) -> Iterator[PlanWarning]:
    before = 0
    for number, step in enumerate(plan.steps, start=1):
        lasts, before = step.after - before, step.after
        if lasts < OFFERS * ring_seconds:
            told = _(
                "Step %(number)s comes after %(seconds)s seconds: too soon for two offers before it, "
                "which ring for %(ring)s seconds each."
            )
            yield PlanWarning(HASTY_STEP, told, {"number": number, "seconds": lasts, "ring": ring_seconds})


def _unreached_steps(plan: Plan, max_wait_seconds: int) -> Iterator[PlanWarning]:
    unreached = [number for number, step in enumerate(plan.steps, 1) if 0 < max_wait_seconds <= step.after]
    for number in unreached[:1]:
        told = _("Step %(number)s is never reached: what waits is passed on after %(seconds)s seconds.")
        yield PlanWarning(UNREACHED_STEP, told, {"number": number, "seconds": max_wait_seconds})
