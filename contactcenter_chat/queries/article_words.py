"""Which articles have these words?

On PostgreSQL each version is looked up as its language has it, the last word taken as a beginning. Other databases
look for the words as they are written.
"""

from collections.abc import Sequence
from functools import reduce
from operator import and_, or_

from django.db.models import BooleanField, FloatField, Q
from django.db.models.expressions import RawSQL

from ..database import connection
from ..knowledge.languages import SIMPLE, configurations_of
from ..storable import NUL
from .articles import Versions
from .search_words import WORD

WORDS_MOST = 20
SEARCH = "contactcenter_chat_articleversion.search"


def with_words(versions: Versions, text: str, languages: Sequence[str], most: int) -> Versions:
    """Return those of these versions that have all of these words, the best first.

    ``languages`` are those that the words may be in; as they are written they are found in any.
    """
    words = words_of(text)
    if not words:
        return versions.none()
    if connection().vendor != "postgresql":
        return versions.filter(reduce(and_, map(_has, words))).order_by("title", "pk")[:most]
    names = [*dict.fromkeys([*configurations_of(languages), SIMPLE])]
    queries = [*map(_quoted, words[:-1]), f"{_quoted(words[-1])}:*"]
    return _matching(versions, " && ".join([_either(names)] * len(queries)), _for_each(queries, names), most)


def with_some_words(versions: Versions, text: str, languages: Sequence[str], most: int) -> Versions:
    """Return those of these versions that have any of these words, the best first."""
    words = words_of(text)
    if not words:
        return versions.none()
    if connection().vendor != "postgresql":
        long = [word for word in words if len(word) > 3] or words  # short ones are in every text
        return versions.filter(reduce(or_, map(_has, long))).order_by("title", "pk")[:most]
    names = configurations_of(languages) or [SIMPLE]
    return _matching(versions, _either(names), _for_each([" | ".join(map(_quoted, words))], names), most)


def words_of(text: str) -> list[str]:
    """Return the words of what was typed, each once."""
    return list(dict.fromkeys(WORD.findall(text.replace(NUL, " ").lower())))[:WORDS_MOST]


def _has(word: str) -> Q:
    return Q(title__icontains=word) | Q(questions__icontains=word) | Q(answer__icontains=word)


def _quoted(word: str) -> str:
    return f"'{word}'"  # letters and digits alone, so nothing in it can end it


def _either(names: Sequence[str]) -> str:
    """SQL for a query as any of these configurations has it; where one keeps nothing of it ("the"), others do."""
    return "(" + " || ".join(f"to_tsquery('{name}', %s)" for name in names) + ")"


def _for_each(queries: Sequence[str], names: Sequence[str]) -> list[str]:
    return [query for query in queries for _name in names]


def _matching(versions: Versions, query: str, values: Sequence[str], most: int) -> Versions:
    matches = RawSQL(f"({SEARCH} @@ ({query}))", values, output_field=BooleanField())  # noqa: S611
    rank = RawSQL(f"ts_rank({SEARCH}, ({query}))", values, output_field=FloatField())  # noqa: S611
    return versions.filter(matches).annotate(rank=rank).order_by("-rank", "title", "pk")[:most]
