"""When is it the same question in other words? Of what customers asked, what tells that is kept, and no words."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.utils.crypto import salted_hmac

from ..masking.base import Rules, replaced
from .base import Vector
from .nearness import alike, packed

PHRASING_MOST = 200  # characters: what is longer is no phrasing that somebody else would use
ALIKE = 0.95  # cosine
DIGEST_LENGTH = 32
WORD = re.compile(r"\w+")


@dataclass(frozen=True)
class Phrasing:
    """How somebody asks: the ``text`` without what must not leave, a ``digest`` of its words, what it means.

    The digest is made with the project's secret, so that nobody tries words until one fits. ``vector`` is packed, as
    ``model`` has it; both are empty where no embedder was asked.
    """

    text: str
    digest: str
    model: str = ""
    vector: bytes = b""

    def meaning(self, model: str, vector: Vector) -> "Phrasing":
        """This phrasing with what it means. Raises EmbedderAway for what is no vector."""
        return replace(self, model=model, vector=packed([vector])[1])

    def same_as(self, known: Sequence[tuple[str, str, bytes]]) -> list[bool]:
        """Say of each (digest, model, vector) whether it is of a phrasing like this one."""
        comparable = [bool(self.vector) and model == self.model for _digest, model, _vector in known]
        vectors = [vector if same else b"" for (_digest, _model, vector), same in zip(known, comparable, strict=True)]
        near = alike(self.vector, vectors) if any(comparable) else [0.0] * len(known)
        return [
            digest == self.digest or score >= ALIKE
            for (digest, _model, _vector), score in zip(known, near, strict=True)
        ]


def phrasing_of(question: str, rules: Rules) -> Phrasing | None:
    """Return how it is asked; None of what has no words, or so many that nobody else uses the same."""
    if len(question) > PHRASING_MOST:
        return None
    text = replaced(question, lambda kind, value: f"[{kind}]", rules)
    words = " ".join(WORD.findall(text.casefold()))
    if not words:
        return None
    digest = salted_hmac("contactcenter_chat.phrasing", words, algorithm="sha256").hexdigest()[:DIGEST_LENGTH]
    return Phrasing(text, digest)
