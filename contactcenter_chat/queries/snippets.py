"""Where in a text is what was searched for? Marked, as HTML that is safe whatever the text holds.

The database says which texts have hits; the marks are set here, so that of words in quotes only those together are
marked, as they were found.
"""

import re

from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import mark_safe

from ..database import connection
from ..models import Conversation, Message
from .search_words import names_begin, phrases

BEFORE, AFTER = 60, 120  # characters around a hit
FRAGMENTS = 2
NO_WORD_BEFORE, NO_WORD_AFTER, REST_OF_WORD = r"(?<![^\W_])", r"(?![^\W_])", r"[^\W_]*"


def snippets(rows, text):
    """Return {conversation id: the message or the customer that was found, the hits marked, as safe HTML}."""
    messages = Message.objects.in_bulk([row.place.key for row in rows])
    sought = _sought(text)
    found = {message.conversation_id: _snippet(message.text, sought) for message in messages.values()}
    named = {row.pk for row in rows} - set(found)
    return found | _named(named, text)


def highlight(messages, text):
    """Return {message id: its text with the hits marked, as safe HTML}."""
    either = _either(_sought(text))
    return {message.pk: _marked(message.text, either) for message in messages}


def _named(pks, text):
    customers = Conversation.objects.filter(pk__in=pks).values_list("pk", "customer__name", "customer__email")
    either = _either([NO_WORD_BEFORE + re.escape(word) for word in names_begin(text)])
    told = {pk: " ".join(filter(None, (name, email))) for pk, name, email in customers}
    return {pk: _marked(who, either) for pk, who in told.items() if either and either.search(who)}


def _sought(text):
    """A pattern for each phrase, as the database at hand finds it."""
    included = [phrase for phrase in phrases(text) if not phrase.excluded]
    if connection().vendor != "postgresql":
        return [re.escape(phrase.written) + REST_OF_WORD * phrase.begins for phrase in included]
    return [_of_words(phrase) for phrase in included if phrase.words]


def _of_words(phrase):
    together = r"[\W_]+".join(map(re.escape, phrase.words))
    return NO_WORD_BEFORE + together + (REST_OF_WORD if phrase.begins else NO_WORD_AFTER)


def _either(sought):
    """One pattern for all, the longest first, or None."""
    longest_first = sorted(sought, key=len, reverse=True)
    return re.compile("|".join(longest_first), re.IGNORECASE) if sought else None


def _snippet(body, sought):
    """The surroundings of the first hit of each phrase, of a few."""
    hits = [hit for pattern in sought if (hit := re.search(pattern, body, re.IGNORECASE))]
    either = _either(sought)
    parts = [(each, _marked(body[slice(*each)], either)) for each in _fragments(body, hits)]
    html = format_html_join(" … ", "{}", ((part,) for _each, part in parts))
    start, stop = (parts[0][0][0], parts[-1][0][1]) if parts else (0, 0)
    return format_html("{}{}{}", "… " if start else "", html, " …" if stop < len(body) else "")


def _fragments(body, hits):
    """Return [(start, stop)] of the pieces of ``body`` around these hits, in order, none over another."""
    wanted = sorted((_word_start(body, hit.start() - BEFORE), _word_stop(body, hit.end() + AFTER)) for hit in hits)
    pieces: list[tuple[int, int]] = []
    for start, stop in wanted or [(0, _word_stop(body, BEFORE + AFTER))]:
        if pieces and start <= pieces[-1][1]:
            pieces[-1] = (pieces[-1][0], max(stop, pieces[-1][1]))
        else:
            pieces.append((start, stop))
    return pieces[:FRAGMENTS]


def _word_start(body, at):
    """The first beginning of a word from here on; here, when there is none near."""
    if at <= 0:
        return 0
    space = re.compile(r"\s").search(body, at - 1, at + BEFORE // 2)
    return space.end() if space else at


def _word_stop(body, at):
    if at >= len(body):
        return len(body)
    spaces = list(re.compile(r"\s").finditer(body, at - AFTER // 2, at + 1))
    return spaces[-1].start() if spaces else at


def _marked(body, either):
    parts, at = [], 0
    for hit in either.finditer(body) if either else ():
        parts += [conditional_escape(body[at : hit.start()]), format_html("<mark>{}</mark>", hit[0])]
        at = hit.end()
    return mark_safe("".join([*parts, conditional_escape(body[at:])]))  # noqa: S308  (escaped, each part)
