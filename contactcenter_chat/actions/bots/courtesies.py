"""What does a bot say to who waits for an agent? Courtesies alone: how long it takes, where somebody asks.

All of this expects the conversation locked.
"""

from functools import partial

from ...bots import waiting, words
from ...bots.base import has_turns
from ...events import BOT, QUICK_REPLIES
from ...models import Conversation, Interaction
from ...queries import doors
from .. import own_words
from ..center import estimates
from . import recalling


def answer(conversation: Conversation, text: str) -> None:
    """Answer the customer who waits, and asks for the bot or how long it takes, where a bot of the app handed over."""
    recalling.tell_that_it_stays(conversation, recalling.wanted_by(conversation.language, text))
    if waiting.asks_how_long(text):
        tell_how_long(conversation)


def answer_press(conversation: Conversation, wanted: str) -> None:
    """Answer the customer who waits, and has pressed something that a bot has said before.

    ``wanted`` is what ``recalling.wanted_by_press`` has made of it.
    """
    if not recalling.tell_that_it_stays(conversation, wanted):
        tell_how_long(conversation)


def tell_how_long(conversation: Conversation) -> None:
    """Tell the customer who waits how long it takes, and what can be chosen, where a bot of the app handed over."""
    interaction = recalling.waiting_of(conversation)
    bot = interaction.brief.get("bot", "") if interaction else ""
    if interaction is None or not has_turns(bot):
        return
    told = words.in_language(conversation.language, partial(_how_long, interaction))
    options = recalling.offered_while_waiting(conversation, interaction)
    cards = [(QUICK_REPLIES, {"options": options})] if options else []
    own_words.say(conversation, told, author_type=BOT, bot=bot, courtesy=True, cards=cards)


def _how_long(interaction: Interaction) -> str:
    door = doors.for_waiting(interaction)
    if door.is_closed:  # what was estimated holds no longer, whether it was put off when that began or not
        return words.waits_for_opening(door.opens_at)
    expected = estimates.tell_place_under_lock(interaction).estimate
    return words.still_waiting((expected.low, expected.high) if expected else None)
