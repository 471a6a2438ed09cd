"""What does a prepared response do when it is sent, and what is still owed of that, in words?"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db.models import QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext as _

from ..isolates import filled
from ..models import Agent, Conversation, OwedActs, Queue, Skill, TransactionCode

Acts = Mapping[str, Any]


@dataclass(frozen=True)
class Names:
    """What acts call by ids, by these ids."""

    codes: Mapping[str, TransactionCode]
    queues: Mapping[str, str]
    skills: Mapping[str, str]


class Owed(NamedTuple):
    """What a response does or could not do, in sentences."""

    row: OwedActs
    lines: list[str]


def names_of(tenant_id: str, acts: Iterable[Acts]) -> Names:
    """Return what is there of what these acts name, a statement for each kind that any names."""
    acts = list(acts)
    codes = {pk for each in acts for pk in each.get("codes", ())}
    queues = {each["queue"] for each in acts if each.get("queue")}
    skills = {pk for each in acts for pk in each.get("skills", ())}
    found = TransactionCode.objects.filter(list__tenant=tenant_id, pk__in=codes).select_related("list")
    return Names(
        {code.pk: code for code in found} if codes else {},
        dict(Queue.objects.filter(tenant=tenant_id, pk__in=queues).values_list("pk", "name")) if queues else {},
        dict(Skill.objects.filter(tenant=tenant_id, pk__in=skills).values_list("pk", "name")) if skills else {},
    )


def codes_to_set(tenant_id: str) -> QuerySet[TransactionCode]:
    """The codes of a contact centre that a response may set: in use, and with nothing in use under them."""
    living = TransactionCode.objects.filter(list__tenant=tenant_id, retired_at=None)
    headings = living.exclude(parent=None).values("parent")
    return (
        living.exclude(pk__in=headings).select_related("list").order_by("list__order", "list__name", "order", "label")
    )


def told(acts: Acts, names: Names) -> list[str]:
    """Return a sentence for each of the acts; what they name that is not there any more is told as such."""
    gone = _("(deleted)")
    lines = []
    if queue := acts.get("queue"):
        lines.append(filled(_("Transfers to %(queue)s"), queue=names.queues.get(queue, gone)))
    if codes := acts.get("codes"):
        labels = [names.codes[pk].label if pk in names.codes else gone for pk in codes]
        lines.append(filled(_("Sets codes: %(codes)s"), codes=labels))
    if skills := acts.get("skills"):
        levels = sorted(f"{names.skills.get(pk, gone)} {level}" for pk, level in skills.items())
        lines.append(filled(_("Requires skills: %(skills)s"), skills=levels))
    return lines


def gone_of(tenant_id: str, acts: Acts) -> dict[str, str]:
    """Return a sentence for each of the acts that names what is not there any more, by the key of the act."""
    names, usable = names_of(tenant_id, [acts]), {code.pk for code in codes_to_set(tenant_id)}
    found: dict[str, str] = {}
    if acts.get("queue") and acts["queue"] not in names.queues:
        found["queue"] = _("The queue to hand the chat on to is deleted.")
    gone = [names.codes.get(pk) for pk in acts.get("codes", ()) if pk not in usable]
    if labels := [code.label for code in gone if code]:
        found["codes"] = filled(_("These codes cannot be chosen any more: %(codes)s."), codes=labels)
    elif gone:
        found["codes"] = _("A code of the prepared response is deleted.")
    if any(pk not in names.skills for pk in acts.get("skills", {})):
        found["skills"] = _("A skill of the prepared response is deleted.")
    return found


def owed_told(agent: Agent, conversation: Conversation) -> list[Owed]:
    """Return what is owed in a conversation by this agent, or could not be done, the first due first."""
    owed = OwedActs.objects.filter(interaction__conversation=conversation, agent=agent)
    rows = list(owed.select_related("response").order_by("due_at", "pk"))
    names = names_of(agent.tenant_id, [row.acts for row in rows])
    return [Owed(row, told(row.acts, names) if row.due_at else list(map(_problem, row.problems))) for row in rows]


def _problem(problem: Mapping[str, Any]) -> str:
    message = gettext(problem["message"])
    places = {name: value for name, value in problem["places"].items() if f"%({name})" in message}
    return filled(message, **places) if places else message
