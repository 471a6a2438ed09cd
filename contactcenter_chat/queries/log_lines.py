"""How does the log of a conversation read at the desk, a stretch at a time?"""

from dataclasses import dataclass, field
from datetime import datetime

from .. import events
from ..models import Delivery, LogEntry
from . import message_contents
from .sentences import handed_over, names_in, passed_on, sentence, speaker

READ_AT_ONCE = 100  # log rows
LATE = "late"

# What a transfer entails: one line tells of it as a whole, and the chat goes on.
ENTAILED = {events.AgentLeft.name, events.InteractionEnded.name, events.InteractionQueued.name}

# Who was asked in vain, and what follows from the other lines, is nothing that an agent needs to read.
UNTOLD = {
    events.ConversationActivated.name,
    events.ConversationIdled.name,
    events.MessageStateChanged.name,
    events.InteractionOffered.name,
    events.InteractionPicked.name,
    events.OfferEnded.name,
    events.MessagesRead.name,
    events.SlotFreed.name,
    events.SlotTaken.name,
}


@dataclass(frozen=True)
class Line:
    """A message, or a sentence about what happened.

    ``delivery`` is the state of an agent's message, ``note`` what the sender of a transfer wrote, ``card`` the id of
    the card that the customer answered, ``answer`` the answer in words, ``drafted_by`` the model that has drafted
    what was said or noted; each may be empty.
    """

    number: int
    kind: str  # an event's name
    at: datetime
    text: str
    author_type: str = ""
    author: str = ""
    history: bool = False
    delivery: str = ""
    note: str = ""
    card: str = ""
    answer: str = ""
    drafted_by: str = ""
    attachments: list = field(default_factory=list)
    cards: list = field(default_factory=list)  # message_contents.ShownCard


@dataclass(frozen=True)
class Reading:
    """Lines in order; ``last`` is the newest number read, told or not; ``more`` says that there is more to read."""

    lines: list[Line]
    last: int
    more: bool


def read_after(conversation, number):
    """Read on after this number, READ_AT_ONCE rows at most."""
    asked = _rows(conversation).filter(number__gt=number - len(ENTAILED)).order_by("number")
    rows = list(asked[: len(ENTAILED) + READ_AT_ONCE + 1])
    before = [row for row in rows if row.number <= number]
    rows = rows[len(before) :]
    return _reading(conversation, before, rows[:READ_AT_ONCE], number, more=len(rows) > READ_AT_ONCE)


def read_before(conversation, number=None):
    """Read back, from this number or from the end; READ_AT_ONCE rows at most."""
    rows = _rows(conversation)
    if number is not None:
        rows = rows.filter(number__lt=number)
    rows = list(rows.order_by("-number")[: READ_AT_ONCE + len(ENTAILED)])
    before = rows[READ_AT_ONCE:][::-1]
    return _reading(conversation, before, rows[READ_AT_ONCE - 1 :: -1], 0, more=bool(before))


def deliveries_of(conversation, numbers, late_before=None):
    """Return {log number: state of its delivery}; those of which nobody was told are not in it.

    A pending one that was owed before ``late_before`` is LATE.
    """
    deliveries = Delivery.objects.filter(conversation=conversation, number__in=numbers)
    states = {}
    for number, state, created_at in deliveries.values_list("number", "state", "created_at"):
        late = state == Delivery.State.PENDING and late_before and created_at < late_before
        states[number] = LATE if late else state
    return states


def _rows(conversation):
    return (
        LogEntry.objects.filter(conversation=conversation)
        .select_related("message")
        .prefetch_related(*message_contents.OF_MESSAGE)
    )


def _reading(conversation, before, rows, last, *, more):
    """The lines of these rows; what stood ``before`` them says whether they belong to a transfer."""
    names = names_in(rows)
    told = _told(before, rows)
    ours = [row.number for row in rows if row.message and row.message.author_type == events.AGENT]
    deliveries = deliveries_of(conversation, ours)
    lines = [_line(row, names, str(conversation.customer), deliveries.get(row.number, "")) for row in told]
    return Reading(lines, rows[-1].number if rows else last, more)


def _told(before, rows):
    passes_on, told = False, []
    for row in [*before, *rows]:
        if passes_on and row.kind in ENTAILED:
            passes_on = row.kind != events.InteractionQueued.name
            continue
        passes_on = row.kind == events.InteractionTransferred.name
        if row.kind not in UNTOLD:
            told.append(row)
    return [row for row in told if row.number >= rows[0].number] if rows else []


def _line(row, names, customer, delivery):
    if row.message is None:
        return _event(row, names)
    return Line(
        number=row.number,
        kind=row.kind,
        at=row.at,
        text=row.message.text,
        author_type=row.message.author_type,
        author=speaker(row, names, customer),
        history=row.message.history,
        delivery=delivery,
        drafted_by=row.message.drafted_by,
        attachments=list(row.message.attachments.all()),
        cards=[message_contents.shown_card(card) for card in row.message.cards.all()],
    )


def _event(row, names):
    if row.kind == events.InteractionTransferred.name:
        note, drafted_by = row.data.get("note", ""), row.data.get("drafted_by", "")
        return Line(row.number, row.kind, row.at, passed_on(row.data, names), note=note, drafted_by=drafted_by)
    if row.kind == events.ConversationHandedOver.name:
        return Line(row.number, row.kind, row.at, handed_over(row.data))
    if row.kind == events.CardSubmitted.name:
        card, answer = row.data["card_id"], names.get(f"{row.data['card_id']} {row.kind}", "")
        return Line(row.number, row.kind, row.at, sentence(row, names), card=card, answer=answer)
    return Line(row.number, row.kind, row.at, sentence(row, names))
