"""Does what a model says stand in its sources? By plain rules, which nobody can talk into anything.

A text names its sources in brackets, ``[A1]``. Its numbers, addresses and placeholders must stand in them. That does
not make it true: it keeps away what is invented most, and what does most harm.
"""

import re
from collections.abc import Iterable, Sequence

NAMES = re.compile(r"\s*[\[(【]\s*((?:[AR]\d{1,2}\s*[,;]?\s*)+)[\])】]")
NAME = re.compile(r"[AR]\d{1,2}")
FACTS = re.compile(r"https?://[^\s<>\"')\]]+|[\w.+-]+@[\w.-]+\w|\[\w+ \d+\]|\d+(?:[.,:/’' \u00a0\u202f-]?\d+)*")
LISTED = re.compile(r"^\s*\d{1,2}[.)]\s", re.MULTILINE)
SENTENCE_END = re.compile(r"[.!:;\n…]")
QUESTION_MOST = 200  # characters
QUESTION_ENDS = ("?", "？", "؟")


def sources_named(text: str) -> list[str]:
    """Return the names of sources that stand in a text, each once."""
    return list(dict.fromkeys(name for found in NAMES.finditer(text) for name in NAME.findall(found[1])))


def without_sources(text: str) -> str:
    """Return the text without the names of its sources."""
    return NAMES.sub("", text).strip()


def is_grounded(text: str, sources: Iterable[str]) -> bool:
    """Whether each number, address and placeholder of a text stands in one of the sources."""
    known = {each for source in sources for each in _facts(source)}
    return _facts(LISTED.sub("", text)) <= known


def is_question(text: str) -> bool:
    """Whether a text does no more than ask: one sentence, without a number or an address."""
    pieces = [each for each in SENTENCE_END.split(text) if each.strip()]
    is_one = len(text) <= QUESTION_MOST and len(pieces) == 1 and text.endswith(QUESTION_ENDS)
    return is_one and any(sign.isalpha() for sign in text) and not _facts(text)


def _facts(text: str) -> set[str]:
    return {_plain(each) for each in FACTS.findall(text)}


def _plain(fact: str) -> str:
    """Numbers are the same however they are grouped: 1,000 and 1 000; addresses however they end."""
    if fact[0].isdecimal():
        return "".join(str(int(sign)) for sign in fact if sign.isdecimal())
    return fact.rstrip(".,;:!?").casefold()


def all_known(names: Sequence[str], sources: Iterable[str]) -> bool:
    """Whether sources were named, and each of them is one."""
    return bool(names) and set(names) <= set(sources)
