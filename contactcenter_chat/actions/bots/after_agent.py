"""How does a bot get a conversation back when its agent ends, and for how long?"""

from datetime import datetime, timedelta

from django.utils.translation import gettext_noop as _

from ...database import atomic
from ...events import CUSTOMER
from ...exceptions import Conflict, Invalid, invalid_id
from ...models import Conversation, PostAgentAssignment, Webhook, clock
from ...queries.assignment import WEBHOOK, bot_of
from ...wire.base import versions
from ..participants import living
from . import control, elsewhere, spells

TOTAL_MINUTES = (20, 300, 600)  # least, default, most
SILENCE_MINUTES = (10, 150, 300)


def assign_post_agent(
    *,
    conversation_id: str,
    webhook_id: str,
    tenant_id: str | None = None,
    tells_channel: bool = False,
    total_minutes: int = TOTAL_MINUTES[1],
    silence_minutes: int = SILENCE_MINUTES[1],
) -> None:
    """Keep which bot gets the conversation when its agent ends; a later call replaces an earlier one.

    The webhook's application becomes the one that is told; with ``tells_channel`` the channel's goes on being told
    as well. Raises NotFound, Invalid, and Conflict when a bot or a remote centre has the conversation already.
    """
    with atomic():
        conversation = living(conversation_id, tenant_id)
        control.check_local(conversation.is_remote)
        if bot_of(conversation):
            raise Conflict(_("A bot has the conversation already."))
        wanted = {
            "webhook": _webhook(conversation, webhook_id),
            "tells_channel": tells_channel,
            "total_minutes": total_minutes,
            "silence_minutes": silence_minutes,
        }
        PostAgentAssignment.objects.update_or_create(conversation_id=conversation.pk, defaults=wanted)


def hand_back(conversation: Conversation, kept: PostAgentAssignment) -> None:
    """The agent has ended: the bot has it from now on. Expects the conversation locked."""
    kept.began_at = clock.now()
    kept.due_at = _deadline(conversation, kept, kept.began_at)
    kept.save(update_fields=["began_at", "due_at"])
    control.give(conversation, WEBHOOK, kept.webhook_id)
    if elsewhere.seconds_for(conversation):
        spells.begin(conversation, kept.webhook_id)


def end_overdue(*, conversation_id: str, now: datetime) -> bool:
    """End what a bot has had for too long, or the customer does not answer. Returns whether it did."""
    with atomic():
        conversation = Conversation.objects.lock(conversation_id)
        bot = bot_of(conversation)
        if bot is None:
            return False
        deadline = _deadline(conversation, bot, now)
        if deadline <= now:
            control.take(conversation)
            return True
        PostAgentAssignment.objects.filter(pk=conversation.pk).update(due_at=deadline)
        return False


def _deadline(conversation: Conversation, bot: PostAgentAssignment, now: datetime) -> datetime:
    """When it ends at the latest, as it looks now; not before the bot has had its say."""
    # While the customer has the last word, the bot may say something at any time: what it says counts from then on.
    waits = conversation.last_word_by == CUSTOMER
    began_at = bot.began_at or now
    spoken_at = now if waits else max(began_at, conversation.last_word_at or began_at)
    silent = spoken_at + timedelta(minutes=bot.silence_minutes)
    return min(began_at + timedelta(minutes=bot.total_minutes), silent)


def _webhook(conversation: Conversation, webhook_id: str) -> Webhook:
    found = Webhook.objects.alive().filter(tenant_id=conversation.tenant_id, pk=webhook_id).first()
    if found is None:
        raise invalid_id("webhook", webhook_id)
    if found.version not in versions(lambda each: each.takes_post_agent):
        able = ", ".join(versions(lambda each: each.takes_post_agent))
        raise Invalid(
            _("The webhook must be of the version %(version)s."), version=able, field="webhook", value=webhook_id
        )
    return found
