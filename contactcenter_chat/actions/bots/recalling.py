"""How does a bot take back what it has handed over, while the customer still waits for an agent?"""

from django.utils.translation import gettext_noop as _

from ...bots import waiting
from ...bots.base import is_bot
from ...database import atomic
from ...exceptions import Conflict
from ...models import Conversation, Interaction
from ...models.conversations import PASSED_ON, QUEUED_STATES, EndedBy, Outcome
from ..center import interactions, offers
from ..participants import living
from . import control, spells


def recall(*, conversation_id: str, tenant_id: str | None = None, epoch: int | None = None) -> Conversation:
    """The bot that has handed the conversation over has it again, and nobody is offered it any more; return it.

    Nothing happens when it has it already. ``epoch`` is the ``control_epoch`` under which this was decided. Raises
    NotFound, ControlMoved, and Conflict when an agent has it, nobody is to answer, or no bot has handed it over.
    """
    with atomic():
        conversation = living(conversation_id, tenant_id)
        if conversation.script:
            return conversation
        control.check_may_speak(conversation, epoch)
        interaction = waiting_of(conversation)
        if interaction is None:
            raise Conflict(_("The conversation does not wait for an agent."))
        if not _bot_before(interaction):
            raise Conflict(_("No bot has handed the conversation over."))
        _take_back(conversation, interaction)
        return conversation


def obey(conversation: Conversation, text: str) -> None:
    """Take it back where the customer who waits says so; what else is said, the bot hears. Expects it locked."""
    if not (waiting.says_settled(text) or waiting.wants_assistant(text)):
        return
    interaction = waiting_of(conversation)
    bot = _bot_before(interaction) if interaction else ""
    if interaction and bot and not spells.is_paused(conversation.tenant_id, bot):
        _take_back(conversation, interaction)


def waiting_of(conversation: Conversation) -> Interaction | None:
    """What waits for an agent of this centre; None where nothing does. Expects the conversation locked."""
    interaction = None if conversation.is_remote else interactions.open_of(conversation)
    return interaction if interaction and interaction.state in QUEUED_STATES else None


def was_taken_back(conversation: Conversation) -> bool:
    """Whether the bot had handed it over before, and took it back."""
    last = conversation.interactions.order_by("-entered_at", "-pk").values_list("ended_by", flat=True).first()
    return last == EndedBy.BOT


def _bot_before(interaction: Interaction) -> str:
    """The bot that handed it over, if no agent has had it since then."""
    bot: str = interaction.brief.get("bot", "")
    return bot if is_bot(bot) and PASSED_ON not in interaction.brief else ""


def _take_back(conversation: Conversation, interaction: Interaction) -> None:
    offers.withdraw_offer(conversation, interaction, reason="recalled")
    interactions.close(conversation, interaction, outcome=Outcome.CANCELLED, ended_by=EndedBy.BOT, idles=False)
    control.give_to_script(conversation, interaction.brief["bot"])
