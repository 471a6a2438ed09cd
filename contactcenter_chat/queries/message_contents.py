"""What hangs on messages, beside their words?"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from ..attachments import links
from ..cards.base import kind_of
from ..cards.parts import Part
from ..events import CardExecuted, CardSubmitted, MessageAdded
from ..models import Attachment, Card, LogEntry

OF_MESSAGE = ("message__attachments", "message__cards")  # to prefetch with log rows


@dataclass(frozen=True)
class ShownCard:
    """A card with what is shown of it."""

    card: Card
    parts: tuple[Part, ...]
    answer: str


def told_attachments(rows: Iterable[Attachment]) -> tuple[dict[str, str], ...]:
    """Attachments as an event tells of them, each with a link to it."""
    return tuple({"id": row.pk, "type": row.kind, "file_name": row.name, "url": links.link_to(row.pk)} for row in rows)


def told_cards(rows: Iterable[Card]) -> tuple[dict[str, Any], ...]:
    """Cards as an event tells of them."""
    return tuple(
        {"id": row.pk, "content_type": row.content_type, "content": row.content, "text": row.text} for row in rows
    )


def said(entry: LogEntry) -> dict[str, Any]:
    """What a log row of a message does not keep itself, as the members of the event."""
    message = entry.message if entry.kind == MessageAdded.name else None
    if message is None:
        return {}
    return {
        "text": message.text,
        "attachments": told_attachments(message.attachments.all()),
        "cards": told_cards(message.cards.all()),
    }


def answers_in(entries: Iterable[LogEntry]) -> dict[str, str]:
    """Return {card id and event: the answer in words} of the cards that these log rows name."""
    done = {CardSubmitted.name: "submitted_data", CardExecuted.name: "executed_data"}
    named = [(entry.data["card_id"], entry.kind) for entry in entries if entry.kind in done]
    cards = Card.objects.in_bulk({card_id for card_id, _kind in named}) if named else {}
    return {
        f"{card_id} {kind}": _told(cards[card_id], getattr(cards[card_id], done[kind]))
        for card_id, kind in named
        if card_id in cards
    }


def shown_card(card: Card) -> ShownCard:
    """A card as it is shown: its parts, and the customer's answer in words."""
    return ShownCard(card, kind_of(card.content_type).parts(card.content), _told(card, card.submitted_data))


def _told(card: Card, answer: Any) -> str:
    return "" if answer is None else kind_of(card.content_type).told(card.content, answer)
