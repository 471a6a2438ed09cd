"""Which conversations were there, newest first, and what does one of them hold?"""

import json
from collections import defaultdict
from dataclasses import dataclass, field, replace
from datetime import timedelta

from django.utils import timezone

from .. import events
from ..models import Conversation, Delivery, Interaction, InteractionCode, LogEntry, Tenant
from ..models.conversations import ConversationState
from . import message_contents, search
from .keyset_pages import Table, within
from .sentences import names_in, sentence, speaker

ENTRIES_ON_A_PAGE = 1_000
FEW = 500  # conversations whose messages are all looked at, when words are searched for among them

UNTOLD = {events.MessageStateChanged.name}  # shown with the message
CONCLUDED = {
    events.ConversationActivated.name,
    events.ConversationIdled.name,
    events.InteractionEnded.name,
}
# What happened at a remote centre within one millisecond is in this order; everything else comes after it.
RANKS = {
    name: rank
    for rank, name in enumerate(
        (
            events.ConversationStarted.name,
            events.CustomerLeft.name,
            events.InteractionTransferred.name,
            events.AgentLeft.name,
            events.InteractionQueued.name,
            events.AgentJoined.name,
        )
    )
}


@dataclass(frozen=True)
class Criteria:
    """What is asked for; ids may be unknown ones.

    ``since`` and ``until`` (aware datetimes, the latter not included) are about when the words were said, the code
    was chosen or the interaction queued, if one of these is asked for, else about when the conversation started.
    """

    tenant: Tenant
    text: str = ""
    channel: str = ""
    queue: str = ""
    agent: str = ""
    code: str = ""
    state: str = ""
    customer: str = ""
    since: object = None
    until: object = None


def source(criteria):
    """The rows of the index that answers these criteria best, as a source for ``keyset_pages.page``.

    The period is looked at here; what else the source does not look at must be asked of the conversations.
    """
    if criteria.text:
        return _by_text(criteria)
    return next(_narrowing(criteria), None) or _by_start(criteria)


def _narrowing(criteria):
    """Yield the source of each filter that may leave few."""
    for asked, rows in (
        (criteria.customer, _by_customer),
        (criteria.code, _by_code),
        (criteria.agent, _by_agent),
        (criteria.queue, _by_queue),
    ):
        if asked:
            yield rows(criteria)


def _by_text(criteria):
    period = {"since": criteria.since, "until": criteria.until}
    return search.source(criteria.tenant, criteria.text, **period, among=_few(criteria))


def _few(criteria):
    """The keys of the conversations that a filter leaves, when they are few; None when there is no such filter."""
    for table in _narrowing(replace(criteria, since=None, until=None)):
        pks = table.queryset.order_by().values_list(table.leads_to, flat=True)[: FEW + 1]
        if len(pks) <= FEW:
            return set(pks)
    return None


def _by_customer(criteria):
    conversations = Conversation.objects.filter(tenant=criteria.tenant, customer=criteria.customer)
    return _in_period(criteria, conversations, "created_at")


def _by_code(criteria):
    uses = InteractionCode.objects.filter(code=criteria.code, interaction__tenant=criteria.tenant)
    return _in_period(criteria, uses, "chosen_at", "interaction__conversation_id")


def _by_agent(criteria):
    interactions = Interaction.objects.filter(agent=criteria.agent, tenant=criteria.tenant)
    return _in_period(criteria, interactions, "entered_at", "conversation_id")


def _by_queue(criteria):
    interactions = Interaction.objects.filter(tenant=criteria.tenant, queue=criteria.queue)
    return _in_period(criteria, interactions, "entered_at", "conversation_id")


def _by_start(criteria):
    conversations = Conversation.objects.filter(tenant=criteria.tenant)
    # One equality, so that there is one index to read: the rarer of the two.
    if criteria.state and (criteria.state != ConversationState.IDLE or not criteria.channel):
        conversations = conversations.filter(state=criteria.state)
    elif criteria.channel:
        conversations = conversations.filter(channel=criteria.channel)
    return _in_period(criteria, conversations, "created_at")


def _in_period(criteria, queryset, time, leads_to="pk"):
    return Table(within(queryset, time, criteria.since, criteria.until), time, leads_to)


@dataclass(frozen=True)
class Line:
    """One line of a transcript: what somebody said, or what happened (then ``speaker`` is empty)."""

    entry: LogEntry
    text: str
    speaker: str = ""
    who: str = ""
    deliveries: list = field(default_factory=list)
    attachments: list = field(default_factory=list)
    cards: list = field(default_factory=list)  # message_contents.ShownCard

    @property
    def message_id(self):
        return self.entry.message_id


@dataclass(frozen=True)
class Episode:
    """An interaction with its times, as timedelta; None for what has not begun."""

    interaction: Interaction
    codes: list

    @property
    def waiting(self):
        return (self.interaction.accepted_at or self._ended) - self.interaction.entered_at

    @property
    def handling(self):
        return self.interaction.accepted_at and self._ended - self.interaction.accepted_at

    @property
    def wrap_up(self):
        return self.interaction.accepted_at and self.interaction.ended_at and self._finished - self._ended

    @property
    def _ended(self):
        return self.interaction.ended_at or timezone.now()

    @property
    def _finished(self):
        return self.interaction.finished_at or timezone.now()


@dataclass(frozen=True)
class Transcript:
    """Who said what when, and what happened in between."""

    conversation: Conversation
    lines: list
    episodes: list


def transcripts_of(conversations, *, after=0, limit=None, deliveries=False):
    """Return a Transcript of each conversation, with as many queries for many as for one.

    ``after`` and ``limit`` choose the log's numbers; ``deliveries`` says whether to read what was owed of each line.
    The conversations should have their channel and customer read already.
    """
    pks = [conversation.pk for conversation in conversations]
    entries = _entries(pks, after, limit)
    episodes = _episodes(pks)
    owed = _deliveries(pks, after, limit) if deliveries else {}
    names = names_in(entries)
    lines = defaultdict(list)
    customers = {conversation.pk: str(conversation.customer) for conversation in conversations}
    for entry in _in_order(entries, {each.pk for each in conversations if each.is_remote}):
        line = _line(entry, names, customers[entry.conversation_id], owed.get(entry.pk, []))
        lines[entry.conversation_id].append(line)
    return [Transcript(each, lines[each.pk], episodes.get(each.pk, [])) for each in conversations]


def _entries(pks, after, limit):
    entries = LogEntry.objects.filter(conversation__in=pks, number__gt=after)
    if limit is not None:
        entries = entries.filter(number__lte=after + limit)
    entries = entries.select_related("message").prefetch_related(*message_contents.OF_MESSAGE)
    return list(entries.order_by("conversation", "number"))


def _in_order(entries, remote):
    """The entries that a transcript shows, in its order.

    What a remote centre tells may come late, so its conversations are read by the times of what happened, and without
    what was concluded from what had come till then.
    """
    numbered = [entry for entry in entries if entry.conversation_id not in remote]
    timed = [entry for entry in entries if entry.conversation_id in remote and not _is_concluded(entry)]
    return [entry for entry in (*numbered, *sorted(timed, key=_place)) if entry.kind not in UNTOLD]


def _is_concluded(entry):
    """Whether it says what follows from what had come till then; what agents there have read is one of these."""
    read_there = entry.kind == events.MessagesRead.name and entry.data.get("author_type") == events.AGENT
    return read_there or entry.kind in CONCLUDED


def _place(entry):
    told = "" if entry.message else json.dumps(entry.data, sort_keys=True)
    client_id = entry.message.client_id if entry.message else ""
    return entry.at, RANKS.get(entry.kind, len(RANKS)), client_id, told, entry.number


def _episodes(pks):
    interactions = (
        Interaction.objects.filter(conversation__in=pks)
        .select_related("queue", "agent__user")
        .prefetch_related("codes")
        .order_by("entered_at")
    )
    episodes = defaultdict(list)
    for interaction in interactions:
        codes = sorted(interaction.codes.all(), key=lambda code: code.pk)
        episodes[interaction.conversation_id].append(Episode(interaction, codes))
    return episodes


def _deliveries(pks, after, limit):
    deliveries = Delivery.objects.filter(conversation__in=pks, number__gt=after)
    if limit is not None:
        deliveries = deliveries.filter(number__lte=after + limit)
    owed = defaultdict(list)
    for delivery in deliveries.select_related("receiver__webhook").defer("body").order_by("pk"):
        owed[delivery.entry_id].append(delivery)
    return owed


def _line(entry, names, customer, deliveries):
    if entry.message is None:
        return Line(entry, sentence(entry, names), deliveries=deliveries)
    who = speaker(entry, names, customer)
    return Line(
        entry,
        entry.message.text,
        entry.message.author_type,
        who,
        deliveries,
        attachments=list(entry.message.attachments.all()),
        cards=[message_contents.shown_card(card) for card in entry.message.cards.all()],
    )


def whole(delta):
    """Return a timedelta in whole seconds, or None."""
    return None if delta is None else delta // timedelta(seconds=1)
