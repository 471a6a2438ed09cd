"""How are cards sent, and answered?

A card is answered once. The same answer again changes nothing, so that a button pressed twice or a request repeated
does no harm; another one is refused, as is any once the interaction in which the card was sent is over.
"""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext_noop as _

from ..cards import base as kinds
from ..conf import settings
from ..database import atomic
from ..events import BOT, CUSTOMER, QUICK_REPLIES, CardExecuted, CardSubmitted
from ..exceptions import Conflict, Invalid, NotFound
from ..models import Card, Conversation, Message, clock
from ..models.conversations import Control
from . import optouts
from .bots import courtesies, recalling, spells
from .center import slots
from .participants import living
from .recording import record


def checked_cards(cards: Iterable[tuple[str, Any]]) -> list[tuple[str, Any]]:
    """Return the cards of a message, as (content type, content), once they can be kept. Raises Invalid."""
    cards = list(cards)
    if len(cards) > settings.CARDS_PER_MESSAGE:
        raise Invalid(_("May not have more than %(most)s items."), most=settings.CARDS_PER_MESSAGE, field="cards")
    for index, (content_type, content) in enumerate(cards):
        try:
            kinds.check(content_type, content)
        except Invalid as error:
            error.field = f"cards[{index}].{error.field}"
            raise
    return cards


def add_cards(message: Message, cards: Iterable[tuple[str, Any]]) -> list[Card]:
    """Write the cards of a message, checked before; return their rows."""
    rows = Card.rows_of(message, cards)
    return Card.objects.bulk_create(rows) if rows else []


def submit_card(*, conversation_id: str, card_id: str, given: Any, tenant_id: str | None = None) -> Card:
    """The customer answers a card; return it. ``given`` is an object: what was chosen and typed in.

    With a ``tenant_id`` the conversation must be that tenant's. Raises NotFound, Invalid, Conflict.
    """
    with atomic(joins=True):
        word = _word_of_it(conversation_id, card_id, given)
        if word:
            optouts.lock_customer_of(conversation_id)
        conversation = living(conversation_id, tenant_id)
        card, answer, repeated = _answered(conversation, card_id, given, "submitted")
        if not repeated:
            card.submitted_at, card.submitted_data = clock.now(), answer
            card.save(update_fields=["submitted_at", "submitted_data"])
            waits = conversation.control == Control.QUEUE and _is_choice_of_bot(card)
            wanted = recalling.wanted_by_press(conversation.language, **answer) if waits else ""
            recalling.obey(conversation, wanted)
            if conversation.is_freed:
                slots.take_again(conversation)
            conversation.last_word_by, conversation.last_word_at = CUSTOMER, card.submitted_at
            record(conversation, _event(CardSubmitted, card, answer), card=card, at=card.submitted_at)
            if word and optouts.is_obeyed(conversation, word):
                optouts.obey(conversation, word)
            else:
                spells.hear(conversation)
            if waits and conversation.control == Control.QUEUE:  # nobody has answered it
                courtesies.answer_press(conversation, wanted)
    return card


def execute_card(*, conversation_id: str, card_id: str, given: Any, tenant_id: str | None = None) -> Card:
    """A card's action is executed on the business's side; otherwise as ``submit_card``."""
    with atomic(joins=True):
        conversation = living(conversation_id, tenant_id)
        card, answer, repeated = _answered(conversation, card_id, given, "executed")
        if not repeated:
            card.executed_at, card.executed_data = clock.now(), answer
            card.save(update_fields=["executed_at", "executed_data"])
            record(conversation, _event(CardExecuted, card, answer), card=card, at=card.executed_at)
    return card


def _is_choice_of_bot(card: Card) -> bool:
    return card.content_type == QUICK_REPLIES and card.message.author_type == BOT


def _word_of_it(conversation_id: str, card_id: str, given: Any) -> str:
    """The title of the button that was pressed, where it may say that the business shall not write first, or again."""
    pressed = Card.objects.filter(pk=card_id, message__conversation=conversation_id, content_type=QUICK_REPLIES)
    card = pressed.first()
    if card is None:
        return ""
    try:
        kinds.check_size(given, "body")
        title: str = kinds.kind_of(QUICK_REPLIES).answer(card.content, given)["title"]
    except Invalid:  # which is told when all is locked
        return ""
    return title if optouts.is_word_of_it(title) else ""


def _answered(conversation: Conversation, card_id: str, given: Any, done: str) -> tuple[Card, Any, bool]:
    """Lock a card; return it, the answer, and whether it was given before. Expects the conversation locked."""
    cards = Card.objects.locked().select_related("message__interaction")
    card = cards.filter(pk=card_id, message__conversation_id=conversation.pk).first()
    if card is None:
        raise NotFound("Card", card_id)
    kinds.check_size(given, "body")
    answer = kinds.kind_of(card.content_type).answer(card.content, given)
    if getattr(card, f"{done}_at"):
        if getattr(card, f"{done}_data") == answer:
            return card, answer, True
        raise Conflict(_("This card was answered already."))
    interaction = card.message.interaction
    if interaction and interaction.ended_at:
        raise Conflict(_("This card cannot be answered any more."))
    return card, answer, False


def _event(kind: type[CardSubmitted] | type[CardExecuted], card: Card, answer: Any) -> CardSubmitted | CardExecuted:
    return kind(card_id=card.pk, message_id=card.message_id, content_type=card.content_type, answer=answer)
