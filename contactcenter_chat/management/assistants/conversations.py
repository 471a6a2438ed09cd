"""What is told of conversations? As much as one answer holds, and nothing that the contact centre masks."""

from typing import Any

from ...actions.conversations import hand_over
from ...bots.base import Brief
from ...isolates import unturned
from ...masking.base import Pseudonyms
from ...models import ApiKey, Conversation
from ...queries import api as queries
from ...queries.assignment import control_of
from ...queries.masking import rules_of
from ...queries.transcripts import Line, transcripts_of
from ...wire import handover as shapes

TEXT_MOST = 4_000  # characters of one line
LINES_MOST = 40_000  # characters of all of them
CUT = " […]"

Answer = dict[str, Any]


def listed(api_key: ApiKey, given: Answer) -> Answer:
    """Return the newest conversations."""
    tenant = api_key.tenant
    rows = queries.conversations(tenant, standing=given["standing"], newest_first=True)
    rows = rows.select_related("customer", "channel", "open_interaction", "post_agent")
    masks = Pseudonyms(rules_of(tenant))
    return {"conversations": [_told(each, masks) for each in rows[: given["size"]]]}


def transcript(api_key: ApiKey, given: Answer) -> Answer:
    """Return the newest lines of a conversation, or those before a number. Raises NotFound."""
    tenant = api_key.tenant
    conversation = queries.assigned_conversation(tenant, given["conversationId"])
    before = min(given["before"] or conversation.last_number + 1, conversation.last_number + 1)
    after = max(0, before - 1 - given["size"])
    [found] = transcripts_of([conversation], after=after, limit=before - 1 - after)
    masks = Pseudonyms(rules_of(tenant))
    lines = [_line(each, masks) for each in found.lines]
    first = _first_that_fits(lines, after + 1)
    kept = [each for each in lines if each["number"] >= first]
    return {**_told(conversation, masks), "lines": kept, "before": first if first > 1 else None}


def handed_over(api_key: ApiKey, given: Answer) -> Answer:
    """Hand a conversation over to agents; return how far that has come. Raises NotFound, Invalid, Conflict."""
    tenant = api_key.tenant
    conversation_id = queries.check_conversation(tenant, given["conversationId"]).pk
    hand_over(
        conversation_id=conversation_id,
        tenant_id=tenant.pk,
        brief=Brief(**shapes.brief_of(given)),
        reason=given["reason"],
        queue=queries.queue(tenant, given["queueId"]) if given["queueId"] else None,
        skills=given["skills"],
        api_key=api_key,
    )
    told = shapes.handover(conversation_id, *queries.handed_over(tenant, conversation_id))
    return {name: told[name] for name in ("conversationId", "state", "reason", "queueId")}


def _told(conversation: Conversation, masks: Pseudonyms) -> Answer:
    control, _holder = control_of(conversation)
    return {
        "conversationId": conversation.pk,
        "channel": conversation.channel.name,
        "customer": _shown(str(conversation.customer), masks),
        "state": conversation.state,
        "control": str(control) or None,
        "language": conversation.language or None,
        "startedAt": conversation.created_at.isoformat(timespec="seconds"),
    }


def _line(line: Line, masks: Pseudonyms) -> Answer:
    cards = (part for each in line.cards for part in (each.card.text, each.answer))
    files = (each.name for each in line.attachments)
    text = "\n\n".join(part for part in (line.text, *cards, *files) if part)
    return {
        "number": line.entry.number,
        "at": line.entry.at.isoformat(timespec="seconds"),
        "speaker": line.speaker or None,
        "name": _shown(line.who, masks) or None,
        "text": _shown(text, masks),
    }


def _shown(text: str, masks: Pseudonyms) -> str:
    """Masked first: what is cut in two would not be found."""
    hidden = masks.hide(unturned(str(text)))
    return hidden if len(hidden) <= TEXT_MOST else hidden[:TEXT_MOST] + CUT


def _first_that_fits(lines: list[Answer], first: int) -> int:
    """The number that the newest lines begin with for which there is room: ``first`` where there is for all.

    By their numbers, which need not be the order of what a remote centre has told.
    """
    room, kept = LINES_MOST, 0
    for line in sorted(lines, key=lambda each: each["number"], reverse=True):
        room -= len(line["text"])
        if room < 0:
            return int(kept)
        kept = line["number"]
    return first
