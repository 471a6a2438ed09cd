"""How does a conversation begin, change and go?"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any, cast

from django.utils.translation import gettext_noop as _

from .. import events
from ..bots.base import Brief, has_turns, is_bot
from ..conf import settings
from ..database import atomic
from ..exceptions import Conflict, Invalid, invalid_id
from ..models import (
    ApiKey,
    Card,
    Channel,
    Conversation,
    Customer,
    Delivery,
    Interaction,
    LogEntry,
    Message,
    Participant,
    PostAgentAssignment,
    Queue,
    Verification,
    clock,
)
from ..models.conversations import ConversationState, Reason
from ..providers.base import Provider, provider_for
from ..providers.remote import RemoteCenter
from ..queries.assignment import is_reachable
from ..queries.identity import names_for
from ..storable import check_values
from ..wire.base import CustomerNames
from . import answering, optouts
from .assistant.asking import forget
from .attachments import erase_attachments
from .bots import control, handover, spells
from .center import asking, interactions, transfers, wrapup
from .customers import find_or_create_customer, is_known, language_of
from .knowledge import drafts, phrasings
from .messages import check_author_type, check_words, message_event
from .participants import living
from .receivers import ensure_receiver
from .recording import Fact, next_number, record, record_all


def start_conversation(
    *,
    channel: Channel,
    data: dict[str, Any],
    history: Iterable[tuple[str, str]] = (),
    queue: Queue | None = None,
    script: str = "",
    skills: Iterable[tuple[str, int]] = (),
    names: CustomerNames | None = None,
    once_within: float = 0,
) -> Conversation:
    """Start a customer's conversation on a channel, have it answered, and return it.

    ``data`` is what is known of the customer, flat, at most CUSTOMER_MAX_KEYS keys more than are usual; ``names``
    (a ``wire.base.CustomerNames``) says what they are called, by default as in the format of the channel's webhook.
    ``history`` is what was said before, as (author type, text). It waits in the ``queue``, by default the channel's,
    or is answered by a ``script``, one of BOTS. ``skills`` are asked of its agents: names, each with a least level.
    A known customer (by an id, or a verified e-mail address) who has started one on this channel in the last
    ``once_within`` seconds goes on with that one: what is new is added to it. Raises Invalid.
    """
    history, names = list(history), names or names_for(channel)
    check_data(data, names)
    check_history(history)
    check_assignment(channel.tenant_id, queue, script, channel)
    asked = asking.asked_skills(channel.tenant_id, skills)
    provider = _provider_for(channel, is_assigned=bool(queue or script))
    with atomic():
        customer = find_or_create_customer(tenant=channel.tenant, data=data, names=names)
        if once_within and is_known(data, names):
            started = _just_started(channel, customer, once_within)
            if started and _is_continued(started, data, history, names):
                asking.ask_for(started, asked)
                return started
        assigned = {"script": script, "last_queue": queue, "asked_skills": asked}
        conversation = created(channel, provider, customer, data, names, **assigned)
        record(conversation, events.ConversationStarted(channel_id=channel.pk, customer_id=customer.pk))
        optouts.note_told(conversation, {}, data, names)
        _add_history(conversation, join(conversation, history), history)
        _begin(conversation, provider, history)
    return conversation


def update_customer_data(*, conversation_id: str, data: dict[str, Any]) -> Conversation:
    """Replace what is known of the customer in this conversation, and return the conversation.

    For projects that know no more of it: whatever else ``update_conversation`` comes to change stays as it is.
    """
    return update_conversation(conversation_id=conversation_id, data=data)


def update_conversation(
    *,
    conversation_id: str,
    tenant_id: str | None = None,
    data: dict[str, Any] | None = None,
    names: CustomerNames | None = None,
    merge: bool = False,
    dropped: Collection[str] = (),
    queue: Queue | None = None,
    script: str = "",
    skills: Iterable[tuple[str, int]] = (),
    channel_id: str = "",
) -> Conversation:
    """Change a conversation as a whole or not at all, and return it. What is not given stays.

    ``data`` of the customer replace what is known, or with ``merge`` come on top of it, without the ``dropped`` keys;
    they are called by ``names``, as in ``start_conversation``.
    With a ``queue`` it waits there from now on: with the age it has when it waits already, anew when a bot had it;
    its agents are asked for these ``skills``. A
    ``script`` and a ``channel_id`` cannot be changed, but named. Raises NotFound, Invalid, Conflict.
    """
    with atomic():
        if data is not None:  # what it says of the customer is written down with the customer's row
            optouts.lock_customer_of(conversation_id)
        conversation = living(conversation_id, tenant_id)
        check_assignment(conversation.tenant_id, queue, script)
        if channel_id and channel_id != conversation.channel_id:
            raise Invalid(_("The channel cannot be changed."), field="channel", value=channel_id)
        if data is not None:
            kept = {key: value for key, value in conversation.data_in_order.items() if key not in dropped}
            kept = kept if merge else {}
            _replace_data(conversation, {**kept, **data}, names or names_for(conversation.channel))
        if script and script != conversation.script:
            raise Conflict(_("Only a new conversation can be assigned to a script."))
        if queue and conversation.is_remote:
            raise Conflict(_("A remote centre answers this conversation, and assigns by itself."))
        asking.ask_for(conversation, asking.asked_skills(conversation.tenant_id, skills))
        if queue:
            transfers.assign_to_queue(conversation, queue)
    return conversation


def assign_to_queue(*, conversation_id: str, queue: Queue | None = None) -> Conversation:
    """A bot hands the conversation over to agents, in this queue or the channel's; return the conversation."""
    with atomic():
        conversation = living(conversation_id)
        queue = queue or conversation.channel.queue
        check_assignment(conversation.tenant_id, queue, "")
        transfers.assign_to_queue(conversation, queue)
    return conversation


def hand_over(
    *,
    conversation_id: str,
    tenant_id: str | None = None,
    brief: Brief | None = None,
    reason: str = Reason.FAILED,
    queue: Queue | None = None,
    skills: Iterable[tuple[str, int]] = (),
    epoch: int | None = None,
    api_key: ApiKey | None = None,
) -> Interaction | None:
    """A bot hands the conversation over to agents, in this queue or the channel's; return what waits for them.

    That is nothing yet while nobody is there and the customer is asked what is to be done.

    ``brief`` is what they should know; said again while it waits, it is renewed. ``reason`` is one of
    ``models.conversations.Reason``, ``epoch`` the ``control_epoch`` under which the bot speaks, ``api_key``
    whose it is when somebody else does it for the bot: agents read its name. Raises NotFound, Invalid, ControlMoved,
    and Conflict when an agent has it or nobody is to answer.
    """
    kept, skills = (brief or Brief()).as_kept(), list(skills)
    by_key = api_key.name if api_key else ""
    with atomic():
        conversation = living(conversation_id, tenant_id)
        check_assignment(conversation.tenant_id, queue, "")
        control.check_may_speak(conversation, epoch)
        wanted = asking.asked_skills(conversation.tenant_id, skills)
        if has_turns(conversation.script) and (spell := spells.open_of(conversation)):
            told = {"brief": kept, "queue": queue.name if queue else "", "skills": skills, "reason": str(reason)}
            return handover.from_outside(conversation, spell, told | {"by_key": by_key})
        to = queue or conversation.channel.queue
        return handover.by_remote_bot(conversation, to, kept, reason, wanted, by_key)


def leave_as_customer(*, conversation_id: str, said: str = "") -> None:
    """The customer ends what is going on; nothing happens when nothing is.

    ``said`` is what the client application shows of it: transcripts show it too. Raises NotFound, Invalid.
    """
    if said:
        check_words(said)
    with atomic():
        conversation = living(conversation_id)
        answering.end_for_customer(conversation, said)


def erase_conversation(*, conversation_id: str) -> None:
    """Delete what was said and who said it; that there was a conversation, its times and its codes stay."""
    with atomic():
        conversation = Conversation.objects.lock(conversation_id)
        if conversation.erased_at:
            return
        PostAgentAssignment.objects.filter(conversation=conversation, began_at=None).delete()
        control.take(conversation)
        interactions.cancel(conversation)
        wrapup.finish_all(conversation)
        Message.objects.filter(conversation=conversation).update(text="", external_provider=None)
        Card.objects.filter(message__conversation=conversation).delete()
        erase_attachments(conversation)
        Verification.objects.filter(conversation=conversation).delete()
        drafts.forget(conversation)
        phrasings.forget(conversation)
        _erase_notes(conversation)
        conversation.interactions.update(brief={}, note="")
        forget(conversation)
        conversation.tool_calls.update(arguments={}, result=None, result_order=[])
        conversation.callbacks.update(body=b"")
        # What is still owed goes out with what it says erased: the receiver is not told of it at all. The lanes come
        # first: a worker that writes a result locks them first as well, and without its lease it writes nothing.
        conversation.lanes.update(due_at=None, lease_until=None, lease_token=0)
        deliveries = Delivery.objects.filter(conversation=conversation)
        deliveries.filter(state=Delivery.State.PENDING).update(state=Delivery.State.DEAD, done_at=clock.now())
        deliveries.update(body="")
        conversation.set_data({})
        conversation.language, conversation.erased_at = "", clock.now()
        conversation.save(update_fields=["data", "data_order", "language", "erased_at"])
        record(conversation, events.ConversationErased())


def check_data(data: Mapping[str, Any], names: CustomerNames) -> None:
    """Refuse customer data with too many keys."""
    most = settings.CUSTOMER_MAX_KEYS + len(names.usual)
    if len(data) > most:
        raise Invalid(_("May not have more than %(most)s keys."), most=most, field="customer")
    check_values(data, "customer")


def check_history(history: Sequence[tuple[str, str]]) -> None:
    """Refuse a history that is too long, or words of it that could not be said."""
    if len(history) > settings.HISTORY_MAX_MESSAGES:
        raise Invalid(
            _("May not have more than %(most)s messages."), most=settings.HISTORY_MAX_MESSAGES, field="history"
        )
    for author_type, text in history:
        check_author_type(author_type)
        check_words(text)


def check_assignment(tenant_id: str, queue: Queue | None, script: str, channel: Channel | None = None) -> None:
    """Refuse another tenant's queue, and a script that the settings do not name, or that hears of no such channel."""
    if queue and queue.tenant_id != tenant_id:
        raise invalid_id("queue", queue.pk)
    if script and not (is_bot(script) and (channel is None or is_reachable(script, channel))):
        raise invalid_id("script", script)


def _provider_for(channel: Channel, *, is_assigned: bool) -> Provider:
    provider = provider_for(channel)
    if provider.is_remote and is_assigned:
        raise Invalid(_("A remote centre answers on this channel, and assigns by itself."), field="assignment")
    return provider


def created(
    channel: Channel,
    provider: Provider,
    customer: Customer,
    data: dict[str, Any],
    names: CustomerNames,
    **assigned: Any,
) -> Conversation:
    """Write a conversation's row, with those of whom it needs, and lock it. ``assigned`` says to whom."""
    if provider.is_remote:
        ensure_receiver(channel.tenant, cast(RemoteCenter, provider))
    now = clock.now()
    created = Conversation.objects.create(
        tenant=channel.tenant,
        channel=channel,
        customer=customer,
        data=data,
        data_order=list(data),
        language=language_of(data, names),
        is_remote=provider.is_remote,
        created_at=now,
        last_active_at=now,
        **assigned,
    )
    return Conversation.objects.lock(created.pk)


def _begin(conversation: Conversation, provider: Provider, history: Sequence[tuple[str, str]]) -> None:
    if conversation.script:
        spells.take_back(conversation)
        control.give_to_script(conversation, conversation.script)
        if history and history[-1][0] == events.CUSTOMER:
            spells.hear(conversation)
    else:
        answering.have_answered(conversation, provider)


def _just_started(channel: Channel, customer: Customer, seconds: float) -> Conversation | None:
    """The conversation that this customer started here in the last seconds and that goes on, locked.

    Whoever starts one for this customer at the same time waits here until the other has.
    """
    Customer.objects.select_for_update(no_key=True).get(pk=customer.pk)
    since = clock.now() - timedelta(seconds=seconds)
    started = Conversation.objects.filter(customer=customer, channel=channel, created_at__gte=since, erased_at=None)
    row = started.exclude(state=ConversationState.IDLE).order_by("-created_at").first()
    return Conversation.objects.lock(row.pk) if row else None


def _is_continued(
    conversation: Conversation, data: dict[str, Any], history: list[tuple[str, str]], names: CustomerNames
) -> bool:
    """Add what is new to a conversation that was just started; return whether it could be.

    A remote centre has been told of the conversation with the history it had, and cannot be told of more.
    """
    said = list(conversation.messages.filter(history=True).order_by("number").values_list("author_type", "text"))
    is_new = all(said[first : first + len(history)] != history for first in range(len(said) + 1))
    if conversation.is_remote and (is_new or data != conversation.data):
        return False
    _replace_data(conversation, {**conversation.data_in_order, **data}, names)
    if is_new:
        there = conversation.participants.filter(agent=None, remote_id="")
        _add_history(conversation, join(conversation, history, there), history)
    return True


def _replace_data(conversation: Conversation, data: dict[str, Any], names: CustomerNames) -> None:
    check_data(data, names)
    changed = sorted(key for key in {*data, *conversation.data} if data.get(key) != conversation.data.get(key))
    if changed:
        before = conversation.data
        conversation.set_data(data)
        conversation.language = language_of(data, names)
        conversation.save(update_fields=["data", "data_order", "language"])
        record(conversation, events.ConversationUpdated(changed=changed))
        optouts.note_told(conversation, before, data, names)


def join(
    conversation: Conversation, history: list[tuple[str, str]], there: Iterable[Participant] = ()
) -> dict[str, Participant]:
    """Join the customer and whoever else speaks in the history, but for who is there; return them all by type."""
    known = {each.type: each for each in there}
    missing = {events.CUSTOMER, *(author_type for author_type, _text in history)} - known.keys()
    made = [Participant(conversation=conversation, type=author_type) for author_type in sorted(missing)]
    return known | {each.type: each for each in Participant.objects.bulk_create(made)}


def _add_history(
    conversation: Conversation, participants: dict[str, Participant], history: list[tuple[str, str]]
) -> None:
    if not history:
        return
    now = clock.now()
    messages = [
        Message(
            tenant_id=conversation.tenant_id,
            conversation=conversation,
            participant=participants[author_type],
            author_type=author_type,
            text=text,
            number=number,
            history=True,
            created_at=now,
        )
        for number, (author_type, text) in enumerate(history, start=next_number(conversation))
    ]
    Message.objects.bulk_create(messages)
    record_all(conversation, [Fact(event=message_event(message), message=message, at=now) for message in messages])


def _erase_notes(conversation: Conversation) -> None:
    words: dict[str, tuple[str, Any]] = {
        events.ConversationHandedOver.name: ("left_out", []),
        events.InteractionTransferred.name: ("note", ""),
        events.CustomerLeft.name: ("said", ""),
        events.VerificationSent.name: ("address", ""),
        events.CustomerVerified.name: ("address", ""),
    }
    for entry in LogEntry.objects.filter(conversation=conversation, kind__in=words):
        member, nothing = words[entry.kind]
        entry.data[member] = nothing
        entry.save(update_fields=["data"])
