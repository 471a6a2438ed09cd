"""What waits where, and who could take it?"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from ..conf import settings
from ..database import connection
from ..models import AgentLanguage, AgentSkill, Interaction, Offer, Queue, QueueMember
from ..models.base import LockingQuerySet
from ..models.conversations import InteractionState, OfferState
from ..models.queues import Agent, Distribution
from ..routing.dispatch import Free, Waiting
from ..routing.pace import MAIL
from ..routing.plan import Plan, Requirement, Wish, requirement_of

PAGE, PAGE_MOST = 25, 1000  # of those that the same agents may be offered
HEADS_AT_ONCE = 1000
OF_FREE = ("load", "capacity", "idle_since", "first_in_line", "rested_at")

# A walk over the index from group to group: the head of each is found in one step, however many wait behind it.
HEADS = """
    WITH RECURSIVE "heads"("id", "queue_id", "group_key") AS (
        SELECT "head"."id", "head"."queue_id", "head"."group_key"
        FROM "contactcenter_chat_queue" AS "queue" JOIN "contactcenter_chat_interaction" AS "head" ON "head"."id" = (
            SELECT "id" FROM "contactcenter_chat_interaction" AS "each"
            WHERE "each"."queue_id" = "queue"."id"
                AND "each"."state" = 'waiting' AND NOT "each"."is_remote" AND "each"."ask_again_at" IS NULL
                AND NOT "each"."is_put_off"
            ORDER BY "each"."group_key", "each"."due_at", "each"."id" LIMIT 1
        )
        WHERE "queue"."id" IN ({ids})
        UNION ALL
        SELECT "head"."id", "head"."queue_id", "head"."group_key"
        FROM "heads" JOIN "contactcenter_chat_interaction" AS "head" ON "head"."id" = (
            SELECT "id" FROM "contactcenter_chat_interaction" AS "each"
            WHERE "each"."queue_id" = "heads"."queue_id" AND "each"."group_key" > "heads"."group_key"
                AND "each"."state" = 'waiting' AND NOT "each"."is_remote" AND "each"."ask_again_at" IS NULL
                AND NOT "each"."is_put_off"
            ORDER BY "each"."group_key", "each"."due_at", "each"."id" LIMIT 1
        )
    )
    SELECT "id" FROM "heads"
"""


def waiting_here() -> LockingQuerySet[Interaction]:
    """What waits for agents of this centre."""
    return Interaction.objects.filter(state=InteractionState.WAITING, is_remote=False)


def waiting_and_there() -> LockingQuerySet[Interaction]:
    """The same without what is skipped because its customer is gone; a follow-up is answered without its customer."""
    return waiting_here().filter(Q(away_since=None) | Q(is_follow_up=True))


def routed_to_members() -> QuerySet[QueueMember]:
    """The members of those queues whose members are not left to pick for themselves."""
    return QueueMember.objects.exclude(queue__distribution=Distribution.PICK)


def queues_waiting_for(agent_id: str) -> Iterable[str]:
    """Ids of the queues where something waits that this agent could take."""
    waiting = waiting_here().order_by()
    something = Exists(waiting.filter(queue=OuterRef("queue")))
    answers = routed_to_members().filter(something, agent_id=agent_id).values_list("queue", flat=True)
    return answers.union(waiting.filter(target_agent_id=agent_id).values_list("queue", flat=True))


def connected(queue_id: str, now: datetime) -> list[str]:
    """Ids of the queues whose free agents cannot be given something without looking at this one.

    This one, those that its free agents answer too and where something waits, those that theirs do, and so on. None
    when nothing waits here, or nobody is free for it.
    """
    by_queue: dict[str, set[str]] = defaultdict(set)
    by_agent: dict[str, set[str]] = defaultdict(set)
    for queue, agent in _answered(queue_id, now):
        by_queue[queue].add(agent)
        by_agent[agent].add(queue)
    if queue_id not in by_queue:
        return []
    found, open_ones = {queue_id}, [queue_id]
    while open_ones:
        agents = by_queue[open_ones.pop()]
        beside = {queue for agent in agents for queue in by_agent[agent]} - found
        found |= beside
        open_ones += beside
    return sorted(found)


def _answered(queue_id: str, now: datetime) -> Iterable[tuple[str, str]]:
    """Which queues of the same centre have something for which free agents, as pairs of ids."""
    tenant = Queue.objects.filter(pk=queue_id).values("tenant")
    waiting, free = waiting_here().order_by(), Agent.objects.free(now)
    something = Exists(waiting.filter(queue=OuterRef("queue")))
    members = routed_to_members().filter(something, queue__tenant__in=tenant, agent__in=free)
    kept = waiting.filter(queue__tenant__in=tenant, target_agent__in=free)
    return members.values_list("queue", "agent").union(kept.values_list("queue", "target_agent"))


def free_agents(
    queue_ids: Iterable[str], now: datetime, *, skilled: bool = True, unslotted: bool = True
) -> list[Free]:
    """The agents who could take one more chat of these queues now, or of one that is kept for them.

    ``skilled`` says whether their skills and languages matter, ``unslotted`` whether something takes no slot.
    """
    kept = waiting_here().filter(queue__in=queue_ids, target_agent__isnull=False).order_by()
    members = routed_to_members().filter(queue__in=queue_ids).values_list("agent", "queue", "level")
    levels: dict[str, dict[str, int]] = defaultdict(dict)
    for agent_id, queue_id in kept.values_list("target_agent", "queue").distinct():
        levels[agent_id][queue_id] = 0
    for agent_id, queue_id, level in members:
        levels[agent_id][queue_id] = level
    agents = list(Agent.objects.free(now).filter(pk__in=levels).values_list("pk", *OF_FREE, named=True))
    ids = [each.pk for each in agents]
    skills, languages = skills_of(ids) if skilled else ({}, {})
    ringing = _with_mail_ringing(ids) if unslotted else set()
    return [
        Free(
            each.pk,
            levels[each.pk],
            each.load,
            each.capacity,
            each.idle_since,
            each.first_in_line,
            skills.get(each.pk, {}),
            languages.get(each.pk, {}),
            each.rested_at,
            rings=each.pk in ringing,
        )
        for each in agents
    ]


def _with_mail_ringing(agent_ids: Iterable[str]) -> set[str]:
    """Of these agents, those to whom something is offered that takes no slot."""
    offers = Offer.objects.filter(agent__in=agent_ids, state=OfferState.PENDING, interaction__pace=MAIL)
    return set(offers.values_list("agent", flat=True))


Levels = Mapping[str, Mapping[str, int]]


def skills_of(agent_ids: Iterable[str]) -> tuple[Levels, Levels]:
    """The levels of agents in skills and in languages, by agent's id."""
    ids = list(agent_ids)
    skills: dict[str, dict[str, int]] = defaultdict(dict)
    for agent_id, skill_id, level in AgentSkill.objects.filter(agent__in=ids).values_list("agent", "skill", "level"):
        skills[agent_id][skill_id] = level
    languages: dict[str, dict[str, int]] = defaultdict(dict)
    for agent_id, tag, level in AgentLanguage.objects.filter(agent__in=ids).values_list("agent", "tag", "level"):
        languages[agent_id][tag] = level
    return skills, languages


def logged_in(queue_id: str) -> list[tuple[Mapping[str, int], Mapping[str, int]]]:
    """Skills and languages, with their levels, of each member of a queue who is logged in, or soon is again."""
    agents = list(Agent.objects.expected().filter(memberships__queue=queue_id).only("pk"))
    skills, languages = skills_of(each.pk for each in agents)
    return [(skills.get(each.pk, {}), languages.get(each.pk, {})) for each in agents]


def spoken_in(queue_id: str) -> set[str]:
    """The languages of a queue's members, as tags."""
    members = QueueMember.objects.filter(queue=queue_id, agent__released_at=None).values("agent")
    return set(AgentLanguage.objects.filter(agent__in=members).order_by().values_list("tag", flat=True).distinct())


def heads(queue_ids: Iterable[str], *only: str) -> list[Interaction]:
    """Of what may be offered now in these queues, those due first of each group, with ``only`` these fields or all."""
    queue_ids = list(queue_ids)
    marks = ", ".join(["%s"] * len(queue_ids))
    with connection().cursor() as cursor:
        cursor.execute(HEADS.format(ids=marks), queue_ids)
        found = [each for (each,) in cursor.fetchall()]
    pages = [found[start : start + HEADS_AT_ONCE] for start in range(0, len(found), HEADS_AT_ONCE)]
    rows = Interaction.objects.only(*only) if only else Interaction.objects.all()
    return [each for page in pages for each in rows.filter(pk__in=page)]


def group_from(head: Interaction, queue: Queue, plan: Plan) -> Iterator[Waiting]:
    """A group from its head on, read as far as it is looked at."""
    page, size = [head], PAGE
    while page:
        for each in page:
            yield as_waiting(each, queue, plan)
        last = page[-1]
        after = Q(due_at__gt=last.due_at) | Q(due_at=last.due_at, pk__gt=last.pk)
        size = min(2 * size, PAGE_MOST)  # a router that looks at each may have to see very many
        same = waiting_here().filter(queue=last.queue_id, group_key=last.group_key)
        ready = same.filter(after, ask_again_at=None, is_put_off=False)
        page = list(ready.order_by("due_at", "pk")[:size])


def as_waiting(interaction: Interaction, queue: Queue, plan: Plan) -> Waiting:
    """An interaction as the router is asked about it."""
    wish = Wish(**interaction.wish)
    before = [requirement_of(plan, wish, step) for step in range(interaction.step)]
    return Waiting(
        interaction.pk,
        interaction.queue_id,
        interaction.due_at,
        (*before, Requirement(**interaction.required)),
        frozenset(interaction.asked),
        interaction.target_agent_id or "",
        queue.prefer,
        settings.OFFER_GAP_SECONDS if queue.offer_gap_seconds is None else queue.offer_gap_seconds,
        interaction,
        interaction.share,
    )
