"""How does a bot say something? As its first words, that it is one.

All of this expects the conversation locked, and ``spell`` as its open one.
"""

from typing import Any

from ... import events
from ...bots import words
from ...bots.base import QuickReply, Say
from ...cards.quick_replies import MOST_OPTIONS
from ...models import BotSpell, Conversation
from ..messages import add_words_of_bot, disclose


def say(
    conversation: Conversation, spell: BotSpell, said: Say, *, is_first: bool = False, formality: bool = False
) -> Conversation:
    """Say this, the ``is_first`` answer or another; return the conversation as it is after that.

    A ``formality`` is as of ``MessageAdded``.
    """
    if spell.disclosed_at is None:
        disclose(conversation, spell)
    cards = cards_of(said, conversation.language, is_first=is_first)
    add_words_of_bot(conversation, spell, said.text, cards, formality=formality)
    return conversation


def system_data(name: str) -> dict[str, str]:
    """The data of a quick reply that the app itself obeys."""
    return {words.OWN: name}


def cards_of(said: Say, language: str, *, is_first: bool = False) -> list[tuple[str, Any]]:
    """The cards of what is said; with the first answer, with a miss and beside any choice a person may be chosen."""
    replies = list(said.quick_replies)
    if ((is_first and said.text) or replies or said.miss) and not any(words.own_choice(each.data) for each in replies):
        replies = replies[: MOST_OPTIONS - 1]
        replies.append(QuickReply(words.in_language(language, words.human), system_data(words.HUMAN)))
    options = [{"title": each.title, **({"data": each.data} if each.data is not None else {})} for each in replies]
    return [*said.cards, *([(events.QUICK_REPLIES, {"options": options})] if options else [])]
