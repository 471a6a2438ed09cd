"""What does a prepared response do when an agent has sent it? Set codes, ask for skills, hand the chat on.

It is owed for a moment, as a row that is written with the message, and can be undone until then. A timer carries it
out. What cannot be done any more, its agent is told.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_noop as _

from ...conf import settings
from ...database import atomic
from ...events import AGENT
from ...exceptions import Conflict, ContactCenterError, Invalid, NotFound
from ...models import (
    Agent,
    Conversation,
    Interaction,
    Message,
    OwedActs,
    PreparedResponse,
    Queue,
    Skill,
    TransactionCode,
)
from ...models.clock import database_now
from ...models.conversations import InteractionState
from ...models.queues import PRIORITY
from ...models.skills import LEVEL
from ...models.wrapup import TransactionCodeList
from ...queries.acts import codes_to_set
from ..center import transfers, wrapup
from ..center.interactions import lock_interaction
from ..messages import add_message
from ..participants import living

KEYS = ("codes", "queue", "skills", "priority")
RESPONSES_MOST = 10  # whose acts one message brings about


# What may be asked for


def checked_acts(tenant_id: str, acts: Mapping[str, Any]) -> dict[str, Any]:
    """Return acts as they are kept, without what says nothing. Raises Invalid for what a contact centre has not."""
    given = {key: value for key, value in acts.items() if value not in (None, "", [], {}, 0)}
    if unknown := set(given) - set(KEYS):
        raise Invalid(_("There is no such act."), field="acts", value=min(unknown))
    if "codes" in given:
        given["codes"] = _checked_codes(tenant_id, given["codes"])
    if "skills" in given:
        given["skills"] = _checked_skills(tenant_id, given["skills"])
    if "queue" in given and not Queue.objects.filter(tenant=tenant_id, pk=given["queue"]).exists():
        raise Invalid(_("There is no such queue."), field="acts", value=given["queue"])
    _check_priority(given)
    return given


def _checked_codes(tenant_id: str, code_ids: Iterable[str]) -> list[str]:
    wanted = list(dict.fromkeys(code_ids))
    found = {code.pk: code for code in codes_to_set(tenant_id).filter(pk__in=wanted)}
    if unknown := [pk for pk in wanted if pk not in found]:
        raise Invalid(_("This code cannot be chosen."), field="acts", value=unknown[0])
    single = [code.list for code in found.values() if code.list.selection == TransactionCodeList.Selection.SINGLE]
    for code_list in single:
        if single.count(code_list) > 1:
            raise Invalid(_("Choose one code of %(list)s."), list=code_list.name, field="acts")
    return wanted


def _checked_skills(tenant_id: str, skills: Mapping[str, int]) -> dict[str, int]:
    least, most = LEVEL
    if any(not isinstance(level, int) or not least <= level <= most for level in skills.values()):
        raise Invalid(_("A level is %(least)s to %(most)s."), least=least, most=most, field="acts")
    if unknown := set(skills) - _known_skills(tenant_id, skills):
        raise Invalid(_("There is no such skill."), field="acts", value=min(unknown))
    return dict(skills)


def _known_skills(tenant_id: str, skills: Iterable[str]) -> set[str]:
    return set(Skill.objects.filter(tenant=tenant_id, pk__in=list(skills)).values_list("pk", flat=True))


def _check_priority(acts: Mapping[str, Any]) -> None:
    if "priority" not in acts:
        return
    least, most = PRIORITY
    priority = acts["priority"]
    if not isinstance(priority, int) or not least <= priority <= most:
        raise Invalid(
            _("The priority is %(least)s to %(most)s minutes."), least=least, most=most, field="acts", value=priority
        )
    if "queue" not in acts:
        raise Invalid(_("A priority needs a queue to hand on to."), field="acts", value=priority)


# Owed


def say(
    *, conversation_id: str, agent: Agent, response_ids: Iterable[str] = (), client_id: str = "", **said: Any
) -> Message:
    """Have an agent say something, as ``messages.add_message`` does, and owe what the prepared responses in it do.

    It is done ACT_SECONDS later. What is not the agent's to find, or does nothing, is passed over; a repeat of a
    ``client_id`` owes nothing more.
    """
    said |= {"conversation_id": conversation_id, "author_type": AGENT, "agent": agent, "client_id": client_id}
    wanted = list(dict.fromkeys(response_ids))[:RESPONSES_MOST]
    if not wanted:
        return add_message(**said)
    with atomic():
        conversation = living(conversation_id, agent.tenant_id)
        repeats = client_id and Message.objects.filter(conversation=conversation, client_id=client_id).exists()
        message = add_message(**said)
        if not repeats:
            _owe(message, agent, wanted)
    return message


def _owe(message: Message, agent: Agent, response_ids: list[str]) -> None:
    interaction = Interaction.objects.get(pk=message.interaction_id)
    offered = Q(queue=None) | Q(queue=interaction.queue_id)
    own = PreparedResponse.objects.filter(offered, tenant=agent.tenant_id, owner=None, pk__in=response_ids)
    found = own.exclude(acts={})
    due_at = database_now() + timedelta(seconds=settings.ACT_SECONDS)
    # What hands the chat on comes last: after that the chat is not the agent's any more.
    in_turn = sorted(found, key=lambda each: ("queue" in each.acts, response_ids.index(each.pk)))
    for place, response in enumerate(in_turn):
        OwedActs.objects.create(
            tenant_id=agent.tenant_id,
            interaction_id=message.interaction_id,
            agent=agent,
            response=response,
            acts=response.acts,
            due_at=due_at + timedelta(microseconds=place),
        )


def undo_acts(*, owed_id: str, agent: Agent) -> None:
    """Have what is owed not be done. Raises NotFound for what is not the agent's, Conflict when it is too late."""
    own = OwedActs.objects.filter(pk=owed_id, agent=agent)
    if own.filter(due_at__isnull=False).delete()[0]:
        return
    if OwedActs.objects.filter(pk=owed_id).exclude(agent=agent).exists():
        raise NotFound("Owed acts", owed_id)
    raise Conflict(_("It is too late: this is done already, or the chat is not yours any more."))


def forget_problems(*, owed_id: str, agent: Agent) -> None:
    """The agent has read what could not be done. A repeat changes nothing."""
    OwedActs.objects.filter(pk=owed_id, agent=agent, due_at=None).delete()


# Carried out


def due(now: datetime) -> QuerySet[OwedActs]:
    """What is owed by now."""
    return OwedActs.objects.filter(due_at__lte=now).order_by("due_at", "pk")


def carry_out(owed_id: str, now: datetime) -> bool:
    """Do what is owed; return whether. Nothing is done in a chat that has ended or changed hands meanwhile."""
    with atomic():
        interaction_id = due(now).filter(pk=owed_id).values_list("interaction", flat=True).first()
        if interaction_id is None:
            return False
        conversation, interaction = lock_interaction(interaction_id)
        row = OwedActs.objects.filter(pk=owed_id)
        owed = row.locked().select_related("agent__user").first()
        if owed is None:  # undone meanwhile
            return False
        if interaction.state != InteractionState.HANDLING or interaction.agent_id != owed.agent_id:
            row.delete()
            return False
        owed.problems = [*_problems(conversation, interaction, owed)]
        if owed.problems:
            owed.due_at = None
            owed.save(update_fields=["due_at", "problems"])
        else:
            row.delete()
        return True


def _problems(conversation: Conversation, interaction: Interaction, owed: OwedActs) -> Iterable[dict[str, Any]]:
    """Do one after the other; yield what cannot be done."""
    acts, agent = owed.acts, owed.agent
    steps: list[Callable[[], Any]] = [
        *(lambda pk=pk: _add_code(interaction, agent, pk) for pk in acts.get("codes", ())),
        lambda: _check_there(conversation, acts.get("skills", {})),
        lambda: _ask_for(conversation, acts.get("skills", {})),
        lambda: _hand_on(interaction, agent, acts),
    ]
    for step in steps:
        try:
            with atomic():
                step()
        except ContactCenterError as refusal:
            yield {"message": refusal.template, "places": {key: str(value) for key, value in refusal.places.items()}}


def _add_code(interaction: Interaction, agent: Agent, code_id: str) -> None:
    """Choose a code beside those that are chosen already."""
    chosen = interaction.codes.filter(code__isnull=False).values_list("code", flat=True)
    code = TransactionCode.objects.filter(pk=code_id).first()
    try:
        wrapup.choose_codes(interaction_id=interaction.pk, agent=agent, code_ids=[*chosen, code_id])
    except Invalid as refusal:
        if code is None:
            raise Invalid(_("A code of the prepared response is deleted."), field="codes") from refusal
        raise Invalid(_("The code %(label)s could not be set."), label=code.label, field="codes") from refusal


def _ask_for(conversation: Conversation, skills: Mapping[str, int]) -> None:
    """Have the next agent need these skills, beside what was asked for before."""
    known = _known_skills(conversation.tenant_id, skills)
    if there := {pk: level for pk, level in skills.items() if pk in known}:
        conversation.asked_skills = {**conversation.asked_skills, **there}
        conversation.save(update_fields=["asked_skills"])


def _check_there(conversation: Conversation, skills: Mapping[str, int]) -> None:
    if len(_known_skills(conversation.tenant_id, skills)) < len(skills):
        raise Invalid(_("A skill of the prepared response is deleted."), field="skills")


def _hand_on(interaction: Interaction, agent: Agent, acts: Mapping[str, Any]) -> None:
    if not acts.get("queue"):
        return
    queue = Queue.objects.filter(tenant=interaction.tenant_id, pk=acts["queue"]).first()
    if queue is None:
        raise Invalid(_("The queue to hand the chat on to is deleted."), field="queue")
    transfers.transfer_to_queue(
        interaction_id=interaction.pk, agent=agent, queue=queue, priority=acts.get("priority", 0)
    )
