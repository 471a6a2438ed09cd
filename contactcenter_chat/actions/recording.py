"""The only place where something becomes a fact."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from django.db.models import F
from django.db.models.functions import Coalesce

from .. import live, signals
from ..database import after_commit
from ..events import Event
from ..models import Card, ControlSpan, Conversation, Delivery, Interaction, Lane, LogEntry, Message, clock
from ..models.clock import NOW
from ..models.prepared import PreparedInsert, PreparedUpdate
from ..queries.assignment import Told, bot_name_for, centre_name_for, control_of, is_own, receivers_of, situation_of
from ..wire.base import Telling, encode, known_format
from ..workers import wakeup

# What verbs change of a locked conversation; written once, with the log row.
STATE_FIELDS = (
    "last_number",
    "last_active_at",
    "state",
    "open_interaction",
    "last_queue",
    "last_agent",
    "last_ended_at",
    "is_freed",
    "last_word_by",
    "last_word_at",
    "control",
    "control_holder",
    "control_epoch",
)
SAVED = {field.attname for field in Conversation._meta.concrete_fields if field.name in STATE_FIELDS}
# What a format may want filled in before it tells of a fact, by the event's field: (receiver, event, conversation).
FILLED_IN: dict[str, Callable[[Told, Any, Conversation], Any]] = {
    "is_echo": lambda receiver, event, conversation: is_own(receiver, event, conversation),
    "centre_name": lambda receiver, event, conversation: centre_name_for(event, conversation),
    "bot_name": lambda receiver, event, conversation: bot_name_for(event, conversation),
    "situation": lambda receiver, event, conversation: situation_of(conversation),
}
INSERT = PreparedInsert(LogEntry)
INSERT_SPAN = PreparedInsert(ControlSpan)
UPDATE = PreparedUpdate(Conversation, STATE_FIELDS)


@dataclass(frozen=True, kw_only=True)
class Fact:
    """An event with the rows it is about. ``message`` was added by it, ``told_of`` is an older one."""

    event: Event
    message: Message | None = None
    interaction: Interaction | None = None
    card: Card | None = None
    at: datetime = field(default_factory=clock.now)
    told_of: Message | None = None

    @property
    def interaction_id(self) -> str | None:
        if self.card:
            return self.card.message.interaction_id
        if self.message:
            return self.message.interaction_id
        return self.interaction.pk if self.interaction else None


def record(
    conversation: Conversation,
    event: Event,
    *,
    interaction: Interaction | None = None,
    message: Message | None = None,
    card: Card | None = None,
    at: datetime | None = None,
) -> LogEntry:
    """Write one event down, plan its deliveries, announce it after commit; return the log row.

    Expects the conversation locked by ``Conversation.objects.lock`` in the current transaction, and saves what the
    verb has changed of its state (STATE_FIELDS). What else it has changed it must have saved itself.
    """
    fact = Fact(event=event, interaction=interaction, message=message, card=card, at=at or clock.now())
    return record_all(conversation, [fact])[0]


def record_all(conversation: Conversation, facts: Sequence[Fact]) -> list[LogEntry]:
    """Write several events down in this order, as ``record`` does."""
    return record_each([(conversation, facts)])


def record_each(told: Sequence[tuple[Conversation, Sequence[Fact]]]) -> list[LogEntry]:
    """Write down several events of several conversations, as ``record_all`` does of one."""
    for conversation, _facts in told:
        _check_saved(conversation)
    appended = [_numbered(conversation, facts) for conversation, facts in told]
    entries = [entry for each in appended for entry in each]
    INSERT(*entries)
    if spans := [
        span for each, facts in told if not _only_says(each, facts) and (span := _control_moved(each, facts))
    ]:
        INSERT_SPAN(*spans)
    UPDATE(*(conversation for conversation, _facts in told))
    for (conversation, facts), its_entries in zip(told, appended, strict=True):
        _tell(conversation, its_entries, facts)
    return entries


def _tell(conversation: Conversation, entries: list[LogEntry], facts: Sequence[Fact]) -> None:
    planned = _plan_deliveries(conversation, entries, facts)
    for entry, fact in zip(entries, facts, strict=True):
        after_commit(announce, entry, conversation, fact)
    after_commit(_hint, conversation, entries)
    if planned:
        after_commit(wakeup.wake_delivery)


def next_number(conversation: Conversation) -> int:
    """The number that the conversation's next log row will have."""
    return conversation.last_number + 1


def announce(entry: LogEntry, conversation: Conversation, fact: Fact) -> None:
    """Tell the project's own code; a receiver that fails is logged by Django and harms nothing."""
    about: dict[str, Any] = {"conversation": conversation}
    if fact.interaction is not None:
        about["interaction"] = fact.interaction
    if fact.message or fact.told_of:
        about["message"] = fact.message or fact.told_of
    if fact.card is not None:
        about["card"] = fact.card
    signals.event_recorded.send_robust(sender=LogEntry, entry=entry)
    signals.BY_EVENT[entry.kind].send_robust(sender=LogEntry, entry=entry, **about)


def _check_saved(conversation: Conversation) -> None:
    """Refuse to go on when a change would be lost that is neither saved here nor was by the verb."""
    if conversation.as_locked is None:
        raise RuntimeError("Lock the conversation by Conversation.objects.lock, and read it by that.")
    before = conversation.as_locked.items()
    changed = {name for name, value in before if name not in SAVED and getattr(conversation, name) != value}
    if changed:
        stored = Conversation.objects.values(*changed).get(pk=conversation.pk)
        if lost := {name for name in changed if stored[name] != getattr(conversation, name)}:
            raise RuntimeError(f"The verb has changed {sorted(lost)} of the conversation, and not saved it.")


def _only_says(conversation: Conversation, facts: Sequence[Fact]) -> bool:
    """Whether something was said and nothing else is new: then nobody needs to look who has control."""
    before = conversation.as_locked or {}
    still = all(before.get(name) == getattr(conversation, name) for name in ("state", "open_interaction_id", "script"))
    return still and conversation.control_epoch > 0 and all(fact.message for fact in facts)


def _control_moved(conversation: Conversation, facts: Sequence[Fact]) -> ControlSpan | None:
    """Note who may speak for the business from now on, if that is another; return what is to be kept of it."""
    for fact in facts:
        if fact.interaction and fact.interaction.pk == conversation.open_interaction_id:
            conversation.open_interaction = fact.interaction  # as the verb has it, not as it was read before
    control, holder = control_of(conversation)
    is_known = conversation.control_epoch > 0  # not in rows of older versions
    if is_known and (control, holder) == (conversation.control, conversation.control_holder):
        return None
    conversation.control, conversation.control_holder = control, holder
    conversation.control_epoch += 1
    return ControlSpan(
        tenant_id=conversation.tenant_id,
        conversation_id=conversation.pk,
        epoch=conversation.control_epoch,
        control=control,
        holder=holder,
        began_at=clock.now(),
    )


def _numbered(conversation: Conversation, facts: Sequence[Fact]) -> list[LogEntry]:
    """The log rows of these facts; they are the conversation's last ones from now on."""
    first = next_number(conversation)
    entries = [
        LogEntry(
            tenant_id=conversation.tenant_id,
            conversation_id=conversation.pk,
            interaction_id=fact.interaction_id,
            message=fact.message,
            number=number,
            kind=fact.event.name,
            data=fact.event.data(),
            at=fact.at,
        )
        for number, fact in enumerate(facts, start=first)
    ]
    conversation.last_number = entries[-1].number
    conversation.last_active_at = max(conversation.last_active_at, entries[-1].at)
    return entries


def _plan_deliveries(conversation: Conversation, entries: list[LogEntry], facts: Sequence[Fact]) -> bool:
    """Freeze one body per receiver that wants to hear of it. Returns whether anything is owed."""
    planned = [_plan_for(receiver, conversation, entries, facts) for receiver in receivers_of(conversation)]
    return any(planned)


def _plan_for(receiver: Told, conversation: Conversation, entries: list[LogEntry], facts: Sequence[Fact]) -> bool:
    wire = known_format(receiver.version)
    if wire is None:
        return False
    deliveries = []
    for entry, fact in zip(entries, facts, strict=True):
        if type(fact.event) not in wire.tells:
            continue
        event = _as_told_to(receiver, wire, fact.event, conversation)
        body = wire.event_body(event, conversation_id=conversation.pk, at=fact.at)
        if body is not None:
            deliveries.append(
                Delivery(
                    tenant_id=conversation.tenant_id,
                    conversation_id=conversation.pk,
                    receiver_id=receiver.pk,
                    entry=entry,
                    number=entry.number,
                    event_type=body[wire.type_member],
                    body=encode(body),
                    control_epoch=conversation.control_epoch,
                )
            )
    if deliveries:
        Delivery.objects.bulk_create(deliveries)
        _make_due(conversation, receiver.pk)
    return bool(deliveries)


def _as_told_to(receiver: Told, wire: Telling, event: Event, conversation: Conversation) -> Event:
    """The event with what the receiver's format tells besides the fact itself."""
    names = wire.fills.intersection(event.unkept)
    filled_in = {name: FILLED_IN[name](receiver, event, conversation) for name in names}
    return replace(event, **filled_in) if filled_in else event


def _make_due(conversation: Conversation, receiver_id: str) -> None:
    # Unconditional, so that it waits for a worker that is just leaving the lane and then sees what that left behind.
    lanes = Lane.objects.filter(conversation_id=conversation.pk, receiver_id=receiver_id)
    if not lanes.update(due_at=Coalesce(F("due_at"), NOW), planned=F("planned") + 1):
        Lane.objects.create(conversation_id=conversation.pk, receiver_id=receiver_id, due_at=NOW)


def _hint(conversation: Conversation, entries: list[LogEntry]) -> None:
    live.hint(conversation_id=conversation.pk, number=entries[-1].number)
