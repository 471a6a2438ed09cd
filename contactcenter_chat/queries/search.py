"""Which conversations have these words in their messages?

On PostgreSQL the full-text index answers, going back in time window by window, each wider than the one before, until
there are hits enough: a word that is in every third message costs a look at the newest hours, a rare one a dozen
small looks. Each message carries marks for that, its tenant with the hour it was written in and with two wider
spans of hours (see the migration that makes the vector). Other databases look for the words as they are written.
"""

from datetime import UTC, datetime, timedelta
from functools import reduce
from operator import and_
from typing import NamedTuple

from django.db import connection
from django.db.models import Min, Q
from django.utils import timezone
from django.utils.html import conditional_escape
from django.utils.safestring import mark_safe

from ..models import Conversation, Message
from ..storable import NUL
from .keyset_pages import LOOK_AT_MOST, Place, Row, Table, within

# Marks: a bucket of level 0 is an hour, one of level 1 is 32 hours, one of level 2 is 1024 hours.
LEVELS = 3
SHIFT = 5
WIDEST_WINDOW = 64  # buckets

# What ts_headline puts around a hit: characters that no text keeps, so that it can be escaped safely afterwards.
START, STOP = "\x02", "\x03"
SNIPPET = "MaxFragments=2, MaxWords=18, MinWords=6"
WHOLE = "HighlightAll=true"

HITS = """
    SELECT DISTINCT ON (conversation_id) created_at, id, conversation_id, count(*) OVER () FROM (
        SELECT created_at, id, conversation_id FROM contactcenter_chat_message
        WHERE search @@ (websearch_to_tsquery('simple', %(text)s) && %(marks)s::tsquery)
            AND tenant_id = %(tenant)s AND created_at >= %(since)s AND created_at < %(until)s
        LIMIT %(limit)s
    ) AS hit ORDER BY conversation_id, created_at DESC, id COLLATE "C" DESC
"""
SHOWN_BEFORE = """
    SELECT conversation_id FROM contactcenter_chat_message
    WHERE conversation_id = ANY(%(pks)s) AND (created_at, id COLLATE "C") >= (%(at)s, %(key)s)
        AND search @@ websearch_to_tsquery('simple', %(text)s)
"""


def source(tenant, text, *, since=None, until=None):
    """The conversations of a tenant with these words, by their newest hit, as a source for ``keyset_pages.page``.

    ``since`` and ``until`` (aware datetimes) are about the hits.
    """
    if connection.vendor == "postgresql":
        return FullText(tenant, text, since, until)
    messages = within(_containing(text).filter(tenant=tenant), "created_at", since, until)
    return Table(messages, "created_at", "conversation_id")


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
        self.text = text.replace(NUL, "")
        self.since = since
        self.until = until or datetime.max.replace(tzinfo=UTC)

    def knows(self, place):
        """Whether this could be a place of a hit."""
        return True

    def steps(self, before=None):
        """Yield lists of Row, newest hit first."""
        newest = min(before.at if before else timezone.now(), self.until)
        oldest = self._oldest()
        if oldest is None or not self._has_words():
            return
        for window in windows(_hour_of(newest), _hour_of(oldest)):
            yield from self._steps_in(window, before)

    def shown_before(self, pks, before):
        """Those of ``pks`` with a hit that is newer than the place ``before``."""
        with connection.cursor() as cursor:
            cursor.execute(SHOWN_BEFORE, {"pks": list(pks), "at": before.at, "key": before.key, "text": self.text})
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
        query = {"text": self.text, "marks": window.marks(self.tenant), "tenant": self.tenant.pk}
        with connection.cursor() as cursor:
            cursor.execute(HITS, {**query, **bounds, "limit": LOOK_AT_MOST})
            return cursor.fetchall()

    def _has_words(self):
        """Whether there is anything to look for: punctuation alone would match everything."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT numnode(websearch_to_tsquery('simple', %s))", [self.text])
            return cursor.fetchone()[0] > 0

    def _oldest(self):
        oldest = Conversation.objects.filter(tenant=self.tenant).aggregate(at=Min("created_at"))["at"]
        return oldest and max(oldest, self.since or oldest)


def snippets(rows, text):
    """Return {conversation id: its newest message with these words, the hits marked, as safe HTML}."""
    messages = Message.objects.in_bulk([row.place.key for row in rows])
    marked = highlight(messages.values(), text, options=SNIPPET)
    return {message.conversation_id: marked[pk] for pk, message in messages.items()}


def highlight(messages, text, *, options=WHOLE):
    """Return {message id: its text with the hits marked, as safe HTML}."""
    texts = {message.pk: _without_controls(message.text) for message in messages}
    if not texts:
        return {}
    if connection.vendor == "postgresql":
        texts = _headlines(texts, text.replace(NUL, ""), options)
    else:
        texts = {pk: _marked(body, text) for pk, body in texts.items()}
    return {pk: _as_html(body) for pk, body in texts.items()}


def _headlines(texts, text, options):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pk, ts_headline('simple', body, websearch_to_tsquery('simple', %s), %s)"
            " FROM unnest(%s::text[], %s::text[]) AS given(pk, body)",
            [text, f"StartSel={START}, StopSel={STOP}, {options}", list(texts), list(texts.values())],
        )
        return dict(cursor.fetchall())


def _marked(body, text):
    """Put the marks around each word of ``text`` in ``body``, as a database without full-text search finds it."""
    low, marked, at = body.lower(), [], 0
    words = _words(text.lower())
    while at < len(body):
        word = next((word for word in words if low.startswith(word, at)), "")
        marked.append(f"{START}{body[at : at + len(word)]}{STOP}" if word else body[at])
        at += len(word) or 1
    return "".join(marked)


def _as_html(marked):
    html = conditional_escape(marked).replace(START, "<mark>").replace(STOP, "</mark>")
    return mark_safe(html)  # noqa: S308  (escaped above)


def _without_controls(body):
    return body.replace(START, "").replace(STOP, "")


def _containing(text):
    words = _words(text)
    if not words:
        return Message.objects.none()
    return Message.objects.filter(reduce(and_, (Q(text__icontains=word) for word in words)))


def _words(text):
    return [word for word in text.replace(NUL, " ").replace('"', " ").split() if word.strip("-")]


def _hour_of(at):
    return int(at.timestamp() // 3600)


def _start_of(hour):
    return datetime.fromtimestamp(hour * 3600, UTC)
