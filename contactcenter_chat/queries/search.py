"""Which conversations have these words in their messages, or are with a customer of that name?

On PostgreSQL the full-text index answers, going back in time window by window, each wider than the one before, until
there are hits enough: a word that is in every third message costs a look at the newest hours, a rare one a dozen
small looks. Each message carries marks for that, its tenant with the hour it was written in and with two wider
spans of hours (see the migration that makes the vector). Other databases look for the words as they are written.
"""

from datetime import UTC, datetime, timedelta
from functools import cached_property, reduce
from operator import and_
from typing import NamedTuple

from django.db.models import BooleanField, Min, Q
from django.db.models.expressions import RawSQL

from ..database import connection
from ..models import Conversation, Customer, Message, clock
from ..storable import NUL
from .customer_names import called, known_as
from .keyset_pages import LOOK_AT_MOST, Merged, Place, Row, Table, within
from .search_words import names_begin, phrases

# Marks: a bucket of level 0 is an hour, one of level 1 is 32 hours, one of level 2 is 1024 hours.
LEVELS = 3
SHIFT = 5
WIDEST_WINDOW = 64  # buckets

# A beginning that is in so many of the messages is not looked up in the index, which would read all of its postings:
# the newest messages have it, so these are looked at.
COMMON = 0.1

HITS = """
    SELECT DISTINCT ON (conversation_id) created_at, id, conversation_id, count(*) OVER () FROM (
        SELECT created_at, id, conversation_id FROM contactcenter_chat_message
        WHERE {condition}
            AND tenant_id = %(tenant)s AND created_at >= %(since)s AND created_at < %(until)s
        LIMIT %(limit)s
    ) AS hit ORDER BY conversation_id, created_at DESC, id COLLATE "C" DESC
"""
BY_INDEX = HITS.format(condition="search @@ (%(words)s::tsquery && %(marks)s::tsquery)")
BY_LOOKING = HITS.format(condition="search @@ %(marks)s::tsquery AND (search || '') @@ %(words)s::tsquery")
SHOWN_BEFORE = """
    SELECT conversation_id FROM contactcenter_chat_message
    WHERE conversation_id = ANY(%(pks)s) AND (created_at, id COLLATE "C") >= (%(at)s, %(key)s)
        AND search @@ %(words)s::tsquery
"""
# As the database's statistics know it: what share of the messages has words that begin so.
SHARE = """
    SELECT coalesce(sum(share), 0) FROM pg_stats,
        unnest(most_common_elems::text::text[], most_common_elem_freqs) AS common(word, share)
    WHERE schemaname = ANY(current_schemas(false)) AND tablename = 'contactcenter_chat_message'
        AND attname = 'search' AND starts_with(word, %s)
"""


def source(tenant, text, *, since=None, until=None, among=None):
    """The conversations of a tenant with these words, by their newest hit, as a source for ``keyset_pages.page``.

    A hit is a message with the words, or a customer with this address or id, or whose name or e-mail address they
    begin: then it is at the conversation's start. ``since`` and ``until`` (aware datetimes) are about the hits.
    ``among``: a few conversations' ids to look at; None means all.
    """
    messages = _messages(tenant, text, since, until, among)
    conversations = Conversation.objects.filter(tenant=tenant)
    if among is not None:
        conversations = conversations.filter(pk__in=among)
    conversations = within(conversations, "created_at", since, until)
    customers = _customers(tenant, text, conversations)
    if not customers:
        return messages
    # By "id", not "pk": messages lead to the same conversations, so it must say which it has shown.
    return Merged(messages, Table(conversations.filter(customer__in=customers), "created_at", "id"))


def _customers(tenant, text, conversations):
    """The keys of the customers with this address or id, and of those called so who were there last."""
    whole, words = text.replace(NUL, "").strip(), names_begin(text)
    known = known_as(tenant, whole) if whole else set()
    if not words:
        return known
    # Read first: the database would rather read all customers than look these up.
    newest = set(conversations.order_by("-created_at", "-pk").values_list("customer", flat=True)[:LOOK_AT_MOST])
    return known.union(
        Customer.objects.filter(called(words), tenant=tenant, pk__in=newest).values_list("pk", flat=True)
    )


def _messages(tenant, text, since, until, among):
    on_postgresql = connection().vendor == "postgresql"
    if on_postgresql and among is None:
        return FullText(tenant, text, since, until)
    messages = _with_words(text) if on_postgresql else _containing(text)
    if among is not None:
        messages = messages.filter(conversation__in=among)
    return Table(within(messages.filter(tenant=tenant), "created_at", since, until), "created_at", "conversation_id")


def _with_words(text):
    """Messages with these words, looked at one by one."""
    words = as_tsquery(text)
    if not words:
        return Message.objects.none()
    sql = "(contactcenter_chat_message.search || '') @@ %s::tsquery"
    return Message.objects.filter(RawSQL(sql, [words], output_field=BooleanField()))  # noqa: S611  (the words are a parameter)


def as_tsquery(text):
    """Return what was typed as the text of a tsquery; empty when nothing is to be looked for: it would match all."""
    with connection().cursor() as cursor:
        cursor.execute("SELECT websearch_to_tsquery('simple', %s)::text", [text.replace(NUL, "")])
        words = cursor.fetchone()[0]
    typed = phrases(text)
    return f"{words}:*" if typed and typed[-1].begins and words.endswith("'") else words


class Window(NamedTuple):
    """Some buckets of one level, from ``first`` to ``last``."""

    level: int
    first: int
    last: int

    @property
    def since(self):
        return _start_of(self.first << SHIFT * self.level)

    @property
    def until(self):
        return _start_of(self.last + 1 << SHIFT * self.level)

    def marks(self, tenant):
        """The text of a tsquery for any of these buckets."""
        return " | ".join(f"'{tenant.pk}/{self.level}/{bucket}'" for bucket in range(self.first, self.last + 1))

    def narrower(self):
        """The same stretch of time in smaller windows, newest first; empty when it is a single hour."""
        if self.first < self.last:
            middle = (self.first + self.last) // 2
            return [Window(self.level, middle + 1, self.last), Window(self.level, self.first, middle)]
        if self.level:
            first = self.first << SHIFT
            return [Window(self.level - 1, first, first + (1 << SHIFT) - 1)]
        return []


def windows(newest, oldest):
    """Yield windows that cover the hours (since 1970) from ``newest`` back to ``oldest``, each wider than the last."""
    hour = newest
    for level in range(LEVELS):
        shift = SHIFT * level
        bucket, oldest_bucket = hour >> shift, oldest >> shift
        if level < LEVELS - 1:  # the next level goes on where one of its buckets ends
            oldest_bucket = max(oldest_bucket, ((bucket >> SHIFT) - 1) << SHIFT)
        width = 1 if level == 0 else 4
        while bucket >= oldest_bucket:
            first = max(bucket - width + 1, oldest_bucket)
            yield Window(level, first, bucket)
            bucket, width = first - 1, min(width * 4, WIDEST_WINDOW)
        hour = (bucket + 1 << shift) - 1
        if hour < oldest:
            return


class FullText:
    """A source for ``keyset_pages.page``: full-text search of PostgreSQL; a row's key is the newest hit's.

    Of an hour with more than LOOK_AT_MOST hits, that many are looked at.
    """

    def __init__(self, tenant, text, since=None, until=None):
        self.tenant = tenant
        self.text = text
        self.since = since
        self.until = until or datetime.max.replace(tzinfo=UTC)

    def knows(self, place):
        """Whether this could be a place of a hit."""
        return True

    def steps(self, before=None):
        """Yield lists of Row, newest hit first."""
        newest = min(before.at if before else clock.now(), self.until)
        oldest = self._oldest()
        if oldest is None or not self._words:
            return
        for window in windows(_hour_of(newest), _hour_of(oldest)):
            yield from self._steps_in(window, before)

    def shown_before(self, pks, before):
        """Those of ``pks`` with a hit that is newer than the place ``before``."""
        with connection().cursor() as cursor:
            cursor.execute(SHOWN_BEFORE, {"pks": list(pks), "at": before.at, "key": before.key, "words": self._words})
            return {pk for (pk,) in cursor.fetchall()}

    def _steps_in(self, window, before):
        hits = self._hits(window, before)
        if hits and hits[0][3] == LOOK_AT_MOST and window.narrower():
            for narrower in window.narrower():
                yield from self._steps_in(narrower, before)
            return
        rows = [Row(Place(at, message_id), conversation_id) for at, message_id, conversation_id, _count in hits]
        if rows := sorted((row for row in rows if before is None or row.place < before), reverse=True):
            yield rows

    def _hits(self, window, before):
        just_after = before.at + timedelta(microseconds=1) if before else self.until
        bounds = {
            "since": max(window.since, self.since or window.since),
            "until": min(window.until, just_after, self.until),
        }
        query = {"words": self._words, "marks": window.marks(self.tenant), "tenant": self.tenant.pk}
        with connection().cursor() as cursor:
            cursor.execute(self._hits_sql, {**query, **bounds, "limit": LOOK_AT_MOST})
            return cursor.fetchall()

    @cached_property
    def _words(self):
        return as_tsquery(self.text)

    @cached_property
    def _hits_sql(self):
        if not self._words.endswith(":*"):
            return BY_INDEX
        with connection().cursor() as cursor:
            cursor.execute(SHARE, [self._words.rsplit("'", 2)[1]])
            return BY_LOOKING if cursor.fetchone()[0] > COMMON else BY_INDEX

    def _oldest(self):
        oldest = Conversation.objects.filter(tenant=self.tenant).aggregate(at=Min("created_at"))["at"]
        return oldest and max(oldest, self.since or oldest)


def _containing(text):
    asked = [~Q(text__icontains=p.written) if p.excluded else Q(text__icontains=p.written) for p in phrases(text)]
    return Message.objects.filter(reduce(and_, asked)) if asked else Message.objects.none()


def _hour_of(at):
    return int(at.timestamp() // 3600)


def _start_of(hour):
    return datetime.fromtimestamp(hour * 3600, UTC)
