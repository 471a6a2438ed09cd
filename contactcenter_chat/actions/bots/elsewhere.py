"""Does a bot that lives elsewhere give a sign? What it says is one; that it types or thinks is one for a while.

Nobody asks such a bot. One that answers first by its webhook is always watched; the project's own code, and a bot that
gets a conversation after its agent, where the channel says so.
"""

from datetime import datetime, timedelta

from ...bots.base import is_asked_here, is_elsewhere
from ...models import BotSpell, Conversation, clock
from ...queries.assignment import has_bot

SIGN_SECONDS = 15  # where the channel says nothing
TYPES_SECONDS = 60  # for which typing is a sign
SECONDS_MOST = 600  # for which thinking is one


def seconds_for(conversation: Conversation) -> int:
    """In how many seconds whoever has the conversation must give a sign; 0 where nobody waits for one."""
    name = conversation.script
    if is_asked_here(name) or not has_bot(conversation):
        return 0
    given = conversation.channel.bot_seconds
    return given or (SIGN_SECONDS if is_elsewhere(name) else 0)


def sign_by(conversation: Conversation) -> datetime | None:
    """When a sign is due for what the customer says now; None where nobody waits for one."""
    seconds = seconds_for(conversation)
    return clock.now() + timedelta(seconds=seconds) if seconds else None


def note_indicator(conversation_id: str, seconds: float) -> None:
    """The bot shows that it is at it: it has so many seconds more. Expects nothing locked."""
    until = clock.now() + timedelta(seconds=min(max(seconds, 0), SECONDS_MOST))
    waited_for = BotSpell.objects.filter(conversation_id=conversation_id, ended_at=None, sign_by__lt=until)
    waited_for.update(sign_by=until)
