"""What does the customer of a chat want to know now? What was said last, so far as nobody has answered it."""

from typing import NamedTuple

from ..events import AGENT, CUSTOMER
from ..models import Conversation, Message

LOOKED_AT = 12  # messages from the end
MESSAGES_MOST = 3
WORDS_ENOUGH = 4  # of fewer, what was said before makes the sense
TEXT_MOST = 1500  # characters


class Asked(NamedTuple):
    """What was asked, and with which messages of the log: from ``first`` to ``last``."""

    text: str
    first: int
    last: int


def asked_in(conversation: Conversation) -> Asked | None:
    """Return what the customer said last, up to three messages together; None where nothing was said."""
    rows = Message.objects.filter(conversation=conversation, author_type__in=[CUSTOMER, AGENT], history=False)
    newest = list(rows.order_by("-number").values_list("author_type", "number", "text")[:LOOKED_AT])
    run: list[tuple[int, str]] = []
    for author, number, text in newest:
        if author == AGENT:
            if run and _is_enough(run):
                break
        elif text.strip():
            run.append((number, text))
        if len(run) == MESSAGES_MOST:
            break
    if not run:
        return None
    return Asked(_text(text for _number, text in reversed(run)), run[-1][0], run[0][0])


def text_of(conversation_id: str, first: int, last: int) -> str:
    """Return the customer's words from one number of the log to another."""
    rows = Message.objects.filter(
        conversation=conversation_id, author_type=CUSTOMER, number__gte=first, number__lte=last
    ).order_by("number")
    return _text(rows.values_list("text", flat=True))


def _is_enough(run: list[tuple[int, str]]) -> bool:
    return sum(len(text.split()) for _number, text in run) >= WORDS_ENOUGH


def _text(texts) -> str:
    return "\n".join(text for text in texts if text.strip())[-TEXT_MOST:]
