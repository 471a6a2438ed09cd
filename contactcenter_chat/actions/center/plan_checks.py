"""Is what a queue is to require a plan, and is it likely meant?"""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_noop as _

from ...conf import settings
from ...exceptions import Invalid
from ...models import Queue, Skill
from ...models.language_tags import checked_tag
from ...models.queues import STEPS_MOST, LanguageRule, Unserved
from ...models.skills import LEVEL
from ...queries.routing import spoken_in
from ...routing import plan_warnings
from ...storable import check_text
from ..messages import check_words
from .texts import CLOSED, EMPTY, KINDS, WAITING

AFTER_MOST = 7 * 24 * 3600  # seconds
STEP_KEYS = {"after", "requires", "language", "asked"}


def check_plan(queue: Queue) -> None:
    """Refuse skills of nobody, levels that there are none of, steps in another order than that of their times.

    The skills are locked, so that none of them goes meanwhile: expects a transaction. Raises Invalid.
    """
    _check_fields(queue)
    _check_levels(queue.requires, "requires")
    _check_steps(queue.steps)
    wanted = {skill_id for required in (queue.requires, *_later(queue)) for skill_id in required}
    known = Skill.objects.locked().filter(tenant=queue.tenant_id, pk__in=wanted).order_by("pk")
    if unknown := wanted - {skill.pk for skill in known} if wanted else set():
        raise Invalid(_("There is no such skill."), field="requires", value=min(unknown))
    check_queue_texts(queue.texts)
    if queue.hours and queue.hours.tenant_id != queue.tenant_id:
        raise Invalid(_("The hours belong to another contact centre."), field="hours", value=queue.hours_id)


def _check_fields(queue: Queue) -> None:
    """What the columns themselves say: ranges and choices."""
    others = {"tenant", "hours", "name", "requires", "steps", "texts"}
    try:
        queue.clean_fields(exclude={field.name for field in queue._meta.fields if not field.editable} | others)
    except ValidationError as error:
        field = next(iter(error.message_dict))
        value = getattr(queue, field)
        raise Invalid(_("%(given)s cannot be set here."), given=value, value=value, field=field) from error


def check_unserved(queue: Queue, *, passes_on: bool) -> None:
    """Refuse to pass on what is not served where there is no queue to pass it on to. Raises Invalid."""
    for field in ("when_closed", "when_empty"):
        if getattr(queue, field) == Unserved.OVERFLOW and not passes_on:
            raise Invalid(_("Choose a queue to pass it on to."), field=field, value=Unserved.OVERFLOW.value)


def warnings_of(queue: Queue) -> list[plan_warnings.PlanWarning]:
    """Return what is allowed in a queue's plan, and hardly meant."""
    told = {
        CLOSED: queue.when_closed == Unserved.MESSAGE,
        EMPTY: queue.when_empty == Unserved.MESSAGE,
        WAITING: queue.waiting_text_seconds > 0,
    }
    target = queue.target_seconds
    return plan_warnings.warnings_of(
        queue.plan(),
        ring_seconds=queue.ring_seconds or settings.RING_SECONDS,
        target_seconds=settings.TARGET_SECONDS if target is None else target,
        spoken=bool(spoken_in(queue.pk)),
        max_wait_seconds=queue.max_wait_seconds if queue.passes_on else 0,
        untold=[kind for kind, is_told in told.items() if is_told and not queue.texts.get(kind)],
    )


def check_queue_texts(texts: Any) -> None:
    """Refuse what are no texts for customers, by kind and language. Raises Invalid."""
    refusal = Invalid(_("Texts are by kind, and then by language."), field="texts")
    if not isinstance(texts, Mapping) or not set(texts) <= set(KINDS):
        raise refusal
    for kind in texts.values():
        if not isinstance(kind, Mapping) or not all(isinstance(text, str) for text in kind.values()):
            raise refusal
        for tag, text in kind.items():
            checked_tag(tag, "texts")
            check_words(text)


def _later(queue: Queue) -> list[Mapping[str, int]]:
    return [step.get("requires") or {} for step in queue.steps]


def _check_levels(requires: Any, field: str) -> None:
    levels = requires.values() if isinstance(requires, Mapping) else [None]
    least, most = LEVEL
    if isinstance(requires, Mapping):
        for skill_id in requires:
            check_text(str(skill_id), field)
    if not all(type(level) is int and least <= level <= most for level in levels):
        raise Invalid(_("A level is a whole number from %(least)s to %(most)s."), least=least, most=most, field=field)


def _check_steps(steps: Any) -> None:
    if not isinstance(steps, list) or len(steps) > STEPS_MOST:
        raise Invalid(_("There may be %(most)s steps."), most=STEPS_MOST, field="steps")
    before = 0
    for step in steps:
        if not isinstance(step, Mapping) or not set(step) <= STEP_KEYS or type(step.get("after")) is not int:
            raise Invalid(_("A step says after how many seconds it holds, and what it replaces."), field="steps")
        if not before < step["after"] <= AFTER_MOST:
            raise Invalid(_("Each step comes later than the one before."), field="steps", value=step["after"])
        before = step["after"]
        _check_levels({} if step.get("requires") is None else step["requires"], "steps")
        if step.get("language") not in (None, *LanguageRule.values) or step.get("asked") not in (None, True, False):
            raise Invalid(_("A step says after how many seconds it holds, and what it replaces."), field="steps")
