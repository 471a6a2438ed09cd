"""Does what a model says stand in its sources? By plain rules, which nobody can talk into anything.

A text names its sources in brackets, ``[A1]``. Its numbers, addresses and placeholders must stand in them. That does
not make it true: it keeps away what is invented most, and what does most harm.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence

from .wishes import ABOUT

NAMES = re.compile(r" ?[\[(【]([AR0-9 ,;\t]{2,200})[\])】]")
NAME = re.compile(r"[AR]\d{1,2}(?!\d)")
REST = " ,;\t"
# Addresses of any kind, placeholders, and numbers however they are grouped.
FACTS = re.compile(
    r"(?:[a-z][a-z+.-]{1,15}:)?//[^\s<>\"')\]]+"
    r"|[\w.+-]{1,64}@[\w.-]{1,255}"
    r"|(?<![\w-])[\w-]{1,63}(?:\.[\w-]{1,63}){0,8}\.[^\W\d_]{2,24}(?![\w-])(?:/[^\s<>\"')\]]*)?"
    r"|\[\w+ \d+\]"
    r"|\d+(?:[.,:/’' \u00a0\u202f-]?\d+)*",
    re.IGNORECASE,
)
PLACEHOLDERS = re.compile(r"\[\w+ \d+\]")
LISTED = re.compile(r"[ \t]{0,4}(\d{1,2})[.)][ \t]")
BREAKS = re.compile(r"[.!:;,\n…。！；，、｡]")
QUESTION_MOST = 120  # characters
ASKING = frozenset(
    f"{ABOUT} why por warum pourquoi perche whom can could do does did is are was would shall should may"
    " puede podria es son desea quiere konnen konnten ist sind mochten peux pouvez pourriez est voulez pode poderia"
    " deseja vuole potrebbe".split()
)
QUESTION_ENDS = ("?", "？", "؟")


def sources_named(text: str) -> list[str]:
    """Return the names of sources that stand in a text, each once."""
    return list(dict.fromkeys(name for found in _named(text) for name in NAME.findall(found[1])))


def without_sources(text: str) -> str:
    """Return the text without the names of its sources."""
    pieces, at = [], 0
    for found in _named(text):
        pieces.append(text[at : found.start()])
        at = found.end()
    return "".join([*pieces, text[at:]]).strip()


def is_grounded(text: str, sources: Iterable[str]) -> bool:
    """Whether each number, address and placeholder of a text stands in one of the sources."""
    return holds_only(facts_of(sources), text)


def facts_of(sources: Iterable[str]) -> frozenset[str]:
    """Return the numbers, addresses and placeholders of sources, for ``holds_only``."""
    return frozenset(each for source in sources for each in _facts(source))


def holds_only(known: frozenset[str], text: str) -> bool:
    """The same as ``is_grounded`` for one of many texts: the facts of the sources are ``known``."""
    return _facts(_without_list(text)) <= known


def placeholders_in(texts: Iterable[str]) -> list[str]:
    """Return the placeholders that stand in texts."""
    return [found for text in texts for found in PLACEHOLDERS.findall(text)]


def is_question(text: str) -> bool:
    """Whether a text does no more than ask: one short clause that begins so, without a number or an address."""
    first = text.strip("¿ ").partition(" ")[0].casefold().rstrip("?？؟")
    is_one = len(text) <= QUESTION_MOST and text.endswith(QUESTION_ENDS) and not BREAKS.search(text)
    return is_one and _plain_letters(first) in ASKING and not _facts(text)


def all_known(names: Sequence[str], sources: Iterable[str]) -> bool:
    """Whether sources were named, and each of them is one."""
    return bool(names) and set(names) <= set(sources)


def _named(text: str) -> Iterator[re.Match[str]]:
    """The brackets that hold names of sources, and nothing else."""
    return (
        found for found in NAMES.finditer(text) if not NAME.sub("", found[1]).strip(REST) and NAME.search(found[1])
    )


def _without_list(text: str) -> str:
    """The text without the numbers of a list, 1, 2, 3, if it has at least two lines of one."""
    lines, expected = text.split("\n"), 1
    for at, line in enumerate(lines):
        found = LISTED.match(line)
        if found and int(found[1]) == expected:
            lines[at], expected = line[found.end() :], expected + 1
    return "\n".join(lines) if expected > 2 else text


def _facts(text: str) -> set[str]:
    # Signs that count and are no digits, as ½ or ⑨, are facts each by itself.
    others = {sign for sign in text if sign.isnumeric() and not sign.isdecimal()}
    return others | {_plain(each) for each in FACTS.findall(text)}


def _plain(fact: str) -> str:
    """Numbers are the same however they are grouped: 1,000 and 1 000; addresses however they end."""
    if fact[0].isdecimal() and not any(sign.isalpha() for sign in fact):
        return "".join(str(int(sign)) for sign in fact if sign.isdecimal())
    return fact.rstrip(".,;:!?").casefold()


def _plain_letters(word: str) -> str:
    return "".join(each for each in unicodedata.normalize("NFKD", word) if not unicodedata.combining(each))
