"""What may agents pick for themselves?

Of each group only what is due first is read, however much waits behind it.
"""

import heapq
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import NamedTuple

from django.db.models import Count, Exists, OuterRef, Q

from ..database import connection
from ..models import Agent, Channel, Interaction, Offer, Queue, QueueMember
from ..models.queues import Distribution
from ..routing.pace import MAIL
from ..routing.plan import Requirement
from .routing import heads, skills_of

SHOWN = 20  # of an agent's list
GROUPS_AT_ONCE = 500
AGENTS_MOST = 20  # of a report
HEAD = ("queue_id", "group_key", "due_at", "required", "target_agent_id", "pace")

Group = tuple[str, str]  # the queue's id, and the group's key

FIRST = """
    SELECT "id", "queue_id", "group_key" FROM (
        SELECT "id", "queue_id", "group_key" FROM "contactcenter_chat_interaction"
        WHERE "queue_id" = %s AND "group_key" = %s
            AND "state" = 'waiting' AND NOT "is_remote" AND "ask_again_at" IS NULL AND NOT "is_put_off"
        ORDER BY "due_at", "id" LIMIT {most}
    ) AS "first"
"""


def _queues_picked_from(agent_ids: Collection[str]) -> tuple[dict[str, list[str]], set[str]]:
    """The ids of the queues from which each of these agents picks, and which of them only mail is picked from."""
    mail = Channel.objects.filter(tenant=OuterRef("queue__tenant"), pace=MAIL)
    by_pace = Q(Exists(mail), queue__distribution=Distribution.BY_PACE)
    members = QueueMember.objects.filter(Q(queue__distribution=Distribution.PICK) | by_pace, agent__in=agent_ids)
    queues: dict[str, list[str]] = defaultdict(list)
    only_mail = set()
    for agent_id, queue_id, way in members.order_by("queue").values_list("agent", "queue", "queue__distribution"):
        queues[agent_id].append(queue_id)
        if way == Distribution.BY_PACE:
            only_mail.add(queue_id)
    return queues, only_mail


def pickable(agent_ids: Collection[str]) -> dict[str, list[str]]:
    """Ids of what each of these agents may take now, of each group one more than a list shows, in no order.

    What is kept for somebody is not there. Who picks from no queue, or from queues where nothing waits, is left out.
    """
    queues, only_mail = _queues_picked_from(agent_ids)
    waiting = _first_of_groups({queue for each in queues.values() for queue in each}, only_mail)
    if not waiting:
        return {}
    skills, languages = skills_of(queues)
    may_take = {
        agent_id: _due_first(waiting, of_agent, skills.get(agent_id, {}), languages.get(agent_id, {}))
        for agent_id, of_agent in queues.items()
    }
    ids = _ids_of({group for groups in may_take.values() for group in groups})
    return {agent_id: [pk for group in groups for pk in ids[group]] for agent_id, groups in may_take.items()}


def pickable_by(agent: Agent) -> list[str]:
    """Ids of what the agent may take now, what is due first before all else; one more than a list shows at most."""
    ids = pickable([agent.pk]).get(agent.pk, [])
    in_order = Interaction.objects.filter(pk__in=ids).order_by("due_at", "pk") if ids else Interaction.objects.none()
    return list(in_order.values_list("pk", flat=True)[: SHOWN + 1])


def _first_of_groups(queue_ids: Collection[str], only_mail: Collection[str]) -> dict[str, list[Interaction]]:
    """The first of each group, by the queue's id; not of what is kept for somebody."""
    found: dict[str, list[Interaction]] = defaultdict(list)
    for head in heads(queue_ids, *HEAD) if queue_ids else ():
        is_picked = head.pace == MAIL or head.queue_id not in only_mail
        if is_picked and not head.target_agent_id:
            found[head.queue_id].append(head)
    return found


def _due_first(
    waiting: Mapping[str, list[Interaction]],
    queue_ids: Iterable[str],
    skills: Mapping[str, int],
    languages: Mapping[str, int],
) -> list[Group]:
    """Those groups of these queues that require no more than that, as far as a list could show of them."""
    heads_there = [head for queue_id in queue_ids for head in waiting.get(queue_id, ())]
    met = (head for head in heads_there if Requirement(**head.required).is_met(skills, languages))
    first = heapq.nsmallest(SHOWN + 1, met, key=lambda head: (head.due_at, head.pk))
    return [(head.queue_id, head.group_key) for head in first]


def _ids_of(groups: Collection[Group]) -> dict[Group, list[str]]:
    """What is due first of each of these groups."""
    found: dict[Group, list[str]] = defaultdict(list)
    names = sorted(groups)
    for start in range(0, len(names), GROUPS_AT_ONCE):
        asked = names[start : start + GROUPS_AT_ONCE]
        statement = " UNION ALL ".join([FIRST.format(most=SHOWN + 1)] * len(asked))
        with connection().cursor() as cursor:
            cursor.execute(statement, [value for group in asked for value in group])
            for pk, queue_id, group_key in cursor.fetchall():
                found[queue_id, group_key].append(pk)
    return found


def may_take(agent: Agent, interaction: Interaction) -> bool:
    """Whether an agent of its queue has what an interaction requires now."""
    skills, languages = skills_of([agent.pk])
    return Requirement(**interaction.required).is_met(skills.get(agent.pk, {}), languages.get(agent.pk, {}))


class Picks(NamedTuple):
    """How often an agent has picked from a queue, and how often past something that was due before."""

    agent: Agent
    picked: int
    skipping: int


def picks_of(queue: Queue, since: datetime) -> list[Picks]:
    """Return the Picks of a queue since then, of those agents who have skipped most."""
    picked = Offer.objects.filter(skipped__isnull=False, made_at__gte=since, interaction__queue=queue)
    counts = picked.order_by().values_list("agent").annotate(all=Count("pk"), skipping=Count("pk", Q(skipped__gt=0)))
    rows = list(counts.order_by("-skipping", "-all", "agent")[:AGENTS_MOST])
    agents = Agent.objects.select_related("user").in_bulk([pk for pk, *_counts in rows])
    return [Picks(agents[pk], *found) for pk, *found in rows]
