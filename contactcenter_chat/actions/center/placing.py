"""What does an interaction require, when is it due, and what is looked at together with it?

Frozen when it is queued: what the customer and the client wish. What the queue makes of that changes with its steps.
"""

import hashlib
import json
import logging
from collections.abc import Callable, Collection, Iterable
from datetime import datetime, timedelta
from functools import cache, partial

from django.utils.module_loading import import_string

from ...conf import settings
from ...database import atomic
from ...models import Conversation, Interaction, Queue, Skill
from ...models.clock import NOW, database_now
from ...models.queues import Unserved
from ...queries import doors
from ...queries import routing as waiting
from ...queries.estimates import expected_in
from ...routing import order
from ...routing.hours import Hours
from ...routing.pace import LIVE, MAIL, MESSAGING, Pace, pace_of
from ...routing.plan import Plan, Requirement, Wish, as_kept, requirement_of, serves, stage_of
from . import estimates
from .texts import WAITING

logger = logging.getLogger(__name__)

KEY_LENGTH = 32
AGAIN_SECONDS = 10  # longer than any transaction
PLACE = ("required", "step", "step_due_at", "group_key")
PUT_BACK = (*PLACE, "due_at")
FOLLOW_UP = ("is_follow_up", "step_due_at", "overflows_at", "told_again_at", "due_at")
LIVE_AGAIN = (*PLACE, *FOLLOW_UP)


def enter(interaction: Interaction, conversation: Conversation, *, at: datetime, asked: Iterable[str] = ()) -> None:
    """Give an interaction its place in its queue, which it enters now. Whoever calls saves it.

    ``asked`` are agents who count as having said no already: others are asked before them.
    """
    queue = interaction.queue
    plan = queue.plan()
    interaction.queued_at = at
    wish(interaction, conversation)
    interaction.step, interaction.asked, interaction.ask_round, interaction.ask_again_at = 0, list(asked), 0, None
    # What is kept for somebody is offered to that one, open or closed.
    door = doors.door_of(queue, at, lambda: expected_in(queue.pk, estimates.for_new(queue.tenant)))
    interaction.is_put_off = not (door.is_open or interaction.target_agent_id)
    interaction.put_off_until = door.opens_at if interaction.is_put_off and not queue.is_closed else None
    interaction.is_follow_up = interaction.is_put_off and queue.when_closed == Unserved.MESSAGE
    interaction.customer_seen_at, interaction.away_since = at if conversation.channel.has_presence else None, None
    interaction.due_at = due_at(interaction)
    interaction.overflows_at = overflows_at(interaction, at)
    interaction.told_again_at = None if interaction.is_put_off else told_again_at(queue, at)
    stage(interaction, plan, since=at, now=at, can_be_met=somebody_of(queue, plan))


def wish(interaction: Interaction, conversation: Conversation) -> None:
    """Freeze what holds for it whatever its queue requires. Whoever calls saves it."""
    wished = _wish_of(conversation, interaction.queue)
    interaction.wish = {"language": wished.language, "skills": wished.skills} if wished != Wish() else {}


def forget_language(interaction: Interaction, spoken: Collection[str]) -> None:
    """Nobody of the queue speaks the customer's language any more: it is waited for no longer. Whoever calls saves it.

    ``spoken`` are the languages of the queue's members.
    """
    language = interaction.wish.get("language")
    if language and not any(serves(tag, language) for tag in spoken):
        interaction.wish = {**interaction.wish, "language": ""}


def forget_closing(queue: Queue) -> None:
    """Its hours are others: what has come shortly before it was to close comes to be offered when it is open."""
    waiting.waiting_here().filter(queue=queue, is_put_off=True).update(put_off_until=None)


def replan_soon(queue_ids: Iterable[str]) -> None:
    """Have the clock bring what waits in these queues to what they, and their members, are now.

    Twice: what was queued by who had read them before, and not committed yet, is found the second time.
    """
    again = {"replan_after": "", "replan_again_at": NOW + timedelta(seconds=AGAIN_SECONDS)}
    Queue.objects.filter(pk__in=queue_ids).update(**again)


def follow_up(interaction: Interaction) -> None:
    """Nobody expects an answer at once any more. Whoever calls saves it."""
    interaction.is_follow_up = True
    interaction.step_due_at = interaction.overflows_at = interaction.told_again_at = None
    interaction.due_at = due_at(interaction)


def live_again(interaction: Interaction, now: datetime) -> None:
    """An answer is expected at once again, with the age it has. Whoever calls saves it (LIVE_AGAIN)."""
    queue, plan = interaction.queue, interaction.queue.plan()
    interaction.is_follow_up = False
    interaction.due_at = due_at(interaction)
    interaction.overflows_at, interaction.told_again_at = overflows_at(interaction, now), told_again_at(queue, now)
    stage(interaction, plan, since=now, now=now, can_be_met=somebody_of(queue, plan))


def put_back(interaction: Interaction) -> None:
    """Bring what waits again to what its queue says now. Whoever calls saves it (PUT_BACK).

    Where the plan has become another one, the clock says at once which of its steps it is in.
    """
    plan, wish = interaction.queue.plan(), Wish(**interaction.wish)
    required = as_kept(requirement_of(plan, wish, min(interaction.step, len(plan.steps))))
    if required != interaction.required:
        interaction.step, interaction.required = 0, as_kept(requirement_of(plan, wish, 0))
        interaction.step_due_at = database_now() if plan.steps and not interaction.is_follow_up else None
    interaction.due_at = due_at(interaction)
    regroup(interaction)


def _wish_of(conversation: Conversation, queue: Queue) -> Wish:
    """What holds for this interaction whatever the queue requires; the project's own function has the last word."""
    language = conversation.language
    if language:
        # A language that nobody here speaks would keep the customer waiting in vain.
        language = language if any(serves(tag, language) for tag in waiting.spoken_in(queue.pk)) else ""
    wish = Wish(language, _still_there(conversation.asked_skills))
    return _asked_of_the_project(conversation, queue, wish) if settings.REQUIREMENTS else wish


def _asked_of_the_project(conversation: Conversation, queue: Queue, wish: Wish) -> Wish:
    """What the project's own function makes of it. One that fails is logged, and keeps no customer from waiting."""
    try:
        with atomic():  # what it breaks is its own
            asked = import_string(settings.REQUIREMENTS)(conversation=conversation, queue=queue, wish=wish)
        if isinstance(asked, Wish):
            return asked
        raise TypeError(f"{settings.REQUIREMENTS} must return a Wish, not {asked!r}.")
    except Exception:  # whatever the project's own code raises: the customer waits all the same
        logger.exception("What else the conversation %s requires could not be asked.", conversation.pk)
        return wish


def _still_there(skills: dict[str, int]) -> dict[str, int]:
    """Without those that were taken away since a client asked for them: nobody will ever have them."""
    known = Skill.objects.filter(pk__in=skills).values_list("pk", flat=True) if skills else ()
    return {skill_id: skills[skill_id] for skill_id in known}


def due_at(interaction: Interaction) -> datetime:
    """When it is to be answered; who has the place of before is due no later than who comes now."""
    if interaction.returned_at and not interaction.is_follow_up:
        return interaction.returned_at
    kept = [interaction.place_from] if interaction.place_from else []
    return min(_due_since(interaction, since) for since in (interaction.entered_at, *kept))


def _due_since(interaction: Interaction, since: datetime) -> datetime:
    queue, hours = interaction.queue, interaction.queue.opening()
    later = interaction.is_follow_up or interaction.put_off_until is not None
    came_closed = later or (hours is not None and not hours.is_open(since))
    target = timedelta(seconds=_target(queue, pace_of(interaction.pace), came_closed=came_closed))
    priority = queue.priority + interaction.priority
    return order.due_at(since, target=target, priority=priority, hours=hours)


def _target(queue: Queue, pace: Pace, *, came_closed: bool) -> int:
    """Seconds within which it is to be answered."""
    if pace.in_open_hours:
        of_pace = {MESSAGING: queue.messaging_target_seconds, MAIL: queue.mail_target_seconds}
        of_queue, otherwise = of_pace[pace.name], pace.target
    elif came_closed:
        of_queue, otherwise = queue.closed_target_seconds, settings.CLOSED_TARGET_SECONDS
    else:
        of_queue, otherwise = queue.target_seconds, pace.target
    return otherwise if of_queue is None else of_queue


def overflows_at(interaction: Interaction, since: datetime) -> datetime | None:
    """When it has waited in its queue, where it is since then, for as long as that lets it; None for no limit."""
    queue = interaction.queue
    if not queue.max_wait_seconds or interaction.is_follow_up or not queue.passes_on:
        return None
    return _after(queue.opening(), since, queue.max_wait_seconds)


def told_again_at(queue: Queue, at: datetime) -> datetime | None:
    """When who waits is told so by its queue, having been told then, or waiting since then; None for never."""
    if not queue.waiting_text_seconds or not queue.texts.get(WAITING):
        return None
    return at + timedelta(seconds=queue.waiting_text_seconds)


def _after(hours: Hours | None, since: datetime, seconds: float) -> datetime:
    by = timedelta(seconds=seconds)
    return hours.moved(since, by) if hours else since + by


def stage(
    interaction: Interaction, plan: Plan, *, since: datetime, now: datetime, can_be_met: Callable[[Requirement], bool]
) -> None:
    """Have it require what it does now, having been in its queue since then. Whoever calls saves it (PLACE).

    The clocks of the steps stand still while the queue is closed. A follow-up takes no step because of the time, only
    because nobody who is there has what it requires.
    """
    hours = interaction.queue.opening()
    waited = (hours.open_between(since, now) if hours else now - since).total_seconds()
    wish = Wish(**interaction.wish)
    waited = 0 if interaction.is_follow_up else waited
    there = stage_of(plan, wish, waited, reached=interaction.step, can_be_met=can_be_met)
    interaction.step, interaction.required = there.step, as_kept(there.requirement)
    after = None if interaction.is_follow_up else there.next_after
    interaction.step_due_at = None if after is None else _after(hours, since, after)
    regroup(interaction)


def somebody_of(queue: Queue, plan: Plan) -> Callable[[Requirement], bool]:
    """Return what says whether somebody of this queue who is logged in has what is required.

    Where nobody at all is logged in, or the queue is closed, that says nothing of who will be there.
    """
    members = cache(partial(waiting.logged_in, queue.pk))  # read when it is asked first

    def can_be_met(requirement: Requirement) -> bool:
        return not members() or any(requirement.is_met(*each) for each in members())

    return can_be_met if plan.steps and not queue.is_closed else lambda requirement: True


def regroup(interaction: Interaction) -> None:
    """Put it with those that the same agents may be offered. Whoever calls saves it."""
    key = [interaction.required, sorted(interaction.asked), interaction.target_agent_id]
    if interaction.pace != LIVE:
        key.append(interaction.pace)  # it fits where a live one does not
    if not any(key):
        interaction.group_key = ""
        return
    text = json.dumps(key, sort_keys=True)
    interaction.group_key = hashlib.sha256(text.encode()).hexdigest()[:KEY_LENGTH]
