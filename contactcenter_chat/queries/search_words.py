"""What has somebody typed who searches: words, ``"words together"``, ``-words`` that must not be there?"""

import re
from typing import NamedTuple

from ..storable import NUL

TOKEN = re.compile(r'(?P<minus>-?)(?:"(?P<quoted>[^"]*)"|(?P<bare>[^\s"]+))')
WORD = re.compile(r"[^\W_]+")
MOST = 50  # words; databases limit how many conditions a query may have
SHORTEST_BEGINNING = 3  # letters; shorter ones begin too many words


class Phrase(NamedTuple):
    """Words that stand together, as they were typed and one by one."""

    written: str
    words: tuple[str, ...]
    excluded: bool = False
    begins: bool = False  # the last one may be the beginning of a longer word


def phrases(text):
    """Return what was typed as Phrases; the last word, when it stands alone, is taken as a beginning."""
    tokens = list(TOKEN.finditer(text.replace(NUL, " ").strip()))
    found = [_phrase(token, token is tokens[-1]) for token in tokens if (token["bare"] or "").lower() != "or"]
    return [phrase for phrase in found if phrase.written.strip("-").strip()][:MOST]


def names_begin(text):
    """Return the words that each begin a word of a name: all but the excluded ones."""
    return [word for phrase in phrases(text) if not phrase.excluded for word in phrase.written.split()][:MOST]


def _phrase(token, is_last):
    written = token["bare"] or token["quoted"] or ""
    words = tuple(WORD.findall(written))
    ends_in_word = bool(words) and written.endswith(words[-1]) and len(words[-1]) >= SHORTEST_BEGINNING
    begins = is_last and bool(token["bare"]) and not token["minus"] and ends_in_word
    return Phrase(written, words, bool(token["minus"]), begins)
