"""What does a bot say to who waits for an agent? Courtesies alone: how long it takes, where somebody asks.

All of this expects the conversation locked.
"""

from functools import partial

from ...bots import waiting, words
from ...bots.base import has_turns
from ...events import BOT
from ...models import Conversation
from ...queries import doors
from .. import own_words
from ..center import estimates
from . import recalling


def answer(conversation: Conversation, text: str) -> None:
    """Answer the customer who waits, and asks for the bot or how long it takes, where a bot of the app handed over."""
    recalling.tell_that_it_stays(conversation, text)
    if not waiting.asks_how_long(text):
        return
    interaction = recalling.waiting_of(conversation)
    bot = interaction.brief.get("bot", "") if interaction else ""
    if interaction is None or not has_turns(bot):
        return
    opens_at = doors.for_waiting(interaction).opens_at if interaction.is_put_off else None
    expected = estimates.tell_place_under_lock(interaction).estimate
    minutes = (expected.low, expected.high) if expected else None
    told = words.in_language(conversation.language, partial(words.still_waiting, minutes, opens_at))
    own_words.say(conversation, told, author_type=BOT, bot=bot, courtesy=True)
