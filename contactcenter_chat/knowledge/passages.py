"""Which pieces of an article have a meaning of their own? Each question is one, and each piece of the answer."""

import hashlib
import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

PIECE_MOST = 700  # characters: models read a few hundred words at most, and one vector holds one thought
SENTENCE_END = re.compile(r"(?<=[.!?…。！？])\s+|\n+")


class Passage(NamedTuple):
    """``text`` is what is compared with a question, ``shown`` what a person sees of it: a piece of the answer."""

    text: str
    shown: str


def passages_of(questions: Sequence[str], answer: str) -> list[Passage]:
    """Return the passages of a version, in an order that depends on nothing but its words."""
    pieces = list(pieces_of(answer))
    title = questions[0] if questions else ""
    asked = [Passage(question, pieces[0] if pieces else "") for question in questions]
    return [*asked, *(Passage(f"{title}\n{piece}", piece) for piece in pieces)]


def digest_of(questions: Sequence[str], answer: str) -> str:
    """Return what is the same for the same words, 32 characters: vectors of others are those of another text."""
    said = "\0".join([*questions, "", answer])
    return hashlib.blake2b(said.encode(), digest_size=16).hexdigest()


def pieces_of(answer: str) -> Iterable[str]:
    """Yield an answer in pieces of whole sentences, as long as one may be and no longer."""
    piece = ""
    for sentence in _sentences(answer):
        if piece and len(piece) + len(sentence) >= PIECE_MOST:
            yield piece
            piece = ""
        piece = f"{piece} {sentence}".strip()
    if piece:
        yield piece


def _sentences(answer: str) -> Iterable[str]:
    """Those of an answer; what is longer than a piece is cut."""
    for sentence in SENTENCE_END.split(answer):
        for start in range(0, len(sentence), PIECE_MOST):
            yield sentence[start : start + PIECE_MOST].strip()
