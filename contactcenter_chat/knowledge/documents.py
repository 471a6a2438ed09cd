"""What does a source of a project give, of which the articles are kept elsewhere?"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date


@dataclass(frozen=True)
class DocumentVersion:
    """What a document says in another language than its own."""

    questions: Sequence[str]
    answer: str
    link: str = ""


@dataclass(frozen=True)
class Document:
    """A question with its answer, as a source has it.

    Args:
        key: What the source knows it by, at most 255 characters: with the same key it is the same article.
        questions: The question, then other ways in which people ask it.
        answer: Plain text, at most 16 000 characters.
        language: Of these, as BCP 47 writes it.
        category: What it is about.
        audience: ``customers`` (and agents) or ``agents``.
        level: Who customers must have shown to be: ``none``, ``device``, ``claimed``, ``code`` or ``signed``.
        link: Where more is to be read.
        queues: The names of the queues that it is for; none for all.
        valid_from: The first day on which it is valid.
        valid_to: The last day.
        versions: What it says in other languages.
    """

    key: str
    questions: Sequence[str]
    answer: str
    language: str = "en"
    category: str = ""
    audience: str = "customers"
    level: str = "none"
    link: str = ""
    queues: Collection[str] = ()
    valid_from: date | None = None
    valid_to: date | None = None
    versions: Mapping[str, DocumentVersion] = field(default_factory=dict)
