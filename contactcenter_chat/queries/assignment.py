"""How does a conversation stand: who is to answer it, and who is told of it?"""

from typing import NamedTuple

from ..bots import words
from ..bots.base import is_bot, is_elsewhere, options_of
from ..events import BOT, CUSTOMER, SYSTEM, ConversationAssigned, MessageAdded, Situation
from ..models import BotPause, Channel, Conversation, LogEntry, PostAgentAssignment, Receiver, Webhook
from ..models.base import max_length
from ..models.clock import NOW
from ..models.conversations import Control, ConversationState, InteractionState
from ..wire.base import versions

HOLDER_MAX = max_length(Conversation, "control_holder")
ASSIGNED_MOST = 10  # times that it was given to bots, which are looked at
QUEUE, AGENT, SCRIPT, WEBHOOK = "queue", "agent", "script", "webhook"


class Told(NamedTuple):
    """What must be known of a receiver when a fact is written down: its id, and the format it is told in."""

    pk: str
    version: str


def bot_of(conversation: Conversation) -> PostAgentAssignment | None:
    """The PostAgentAssignment of the bot that has the conversation after its agent, or None."""
    assigned = getattr(conversation, "post_agent", None)
    return assigned if assigned and assigned.began_at else None


def receivers_of(conversation: Conversation) -> list[Told]:
    """Whom a locked conversation is told to, each as Told.

    The channel's webhook, or that of the bot that has the conversation after its agent; beside it that of one that has
    it from its start, or had it until now; and the remote centre that answers it.
    """
    bot, channels, gateway = _behind_webhook(conversation), conversation.channel.webhook, webhook_of(conversation)
    is_over = conversation.state == ConversationState.IDLE  # which everybody is told
    webhooks = {channels.pk: channels} if bot is None or bot.tells_channel or is_over else {}
    if bot and bot.webhook:
        webhooks[bot.webhook.pk] = bot.webhook
    if gateway:
        webhooks[gateway.pk] = gateway
    told = [Told(each.pk, each.version) for each in webhooks.values() if each.deleted_at is None]
    if conversation.is_remote:
        centers = Receiver.objects.filter(tenant=conversation.tenant_id, provider=conversation.channel.provider)
        told += [Told(*each) for each in centers.values_list("pk", "format")]
    return told


def _behind_webhook(conversation: Conversation) -> PostAgentAssignment | None:
    """The same of a bot that is behind a webhook."""
    bot = bot_of(conversation)
    return bot if bot and bot.webhook_id else None


def is_own(webhook: Told, event: MessageAdded, conversation: Conversation) -> bool:
    """Whether the application behind this webhook is who has said this."""
    channels = conversation.channel.webhook_id
    if event.author_type == BOT:
        return not event.bot and webhook.pk == _speaker(conversation)  # what the app says for a bot is nobody's own
    return event.author_type == CUSTOMER and webhook.pk == channels


def _speaker(conversation: Conversation) -> str:
    """The webhook of the bot that speaks; empty for the project's own code."""
    if conversation.script:
        gateway = webhook_of(conversation)
        return str(gateway.pk) if gateway else ""
    bot = _behind_webhook(conversation)
    return str(bot.webhook_id if bot else conversation.channel.webhook_id)


def webhook_of(conversation: Conversation) -> Webhook | None:
    """Where a bot is told that lives elsewhere and has the conversation from its start, or had it until now."""
    name = conversation.script or conversation.bot_before
    return webhook_of_bot(name, conversation.channel) if name else None


def webhook_of_bot(name: str, channel: Channel) -> Webhook | None:
    """The webhook of a bot that lives elsewhere; None of others, and where it is not one that can tell a bot."""
    if not is_elsewhere(name):
        return None
    found: Webhook | None = channel.webhook
    if wanted := options_of(name).get("webhook"):
        found = Webhook.objects.alive().filter(tenant_id=channel.tenant_id, pk=wanted).first()
    is_able = found and not found.deleted_at and found.version in versions(lambda each: each.takes_post_agent)
    return found if is_able else None


def is_reachable(name: str, channel: Channel) -> bool:
    """Whether a bot can be told of what is said on a channel: one that lives elsewhere must have a webhook."""
    if not is_elsewhere(name):
        return True
    webhook = webhook_of_bot(name, channel)
    return webhook is not None and webhook.receiver.enabled


def centre_name_for(event: MessageAdded, conversation: Conversation) -> str:
    """The contact centre's name where it speaks itself, and the channel says that clients are told so; else empty."""
    tells = event.author_type == SYSTEM and conversation.channel.tells_own_words
    return conversation.tenant.name if tells else ""


def bot_name_for(event: MessageAdded, conversation: Conversation) -> str:
    """What a bot is called whose turns are the app's, so that nobody takes it for a person; else empty."""
    is_known = event.bot or (event.author_type == BOT and is_elsewhere(conversation.script))
    return words.in_language(conversation.language, words.automated) if is_known else ""


def situation_of(conversation: Conversation) -> Situation:
    """Return the Situation of a conversation, with what it is assigned to."""
    return Situation(
        state=conversation.state, assignment=assignment_of(conversation), customer=conversation.data_in_order
    )


def assignment_of(conversation: Conversation) -> tuple[str, str]:
    """Who is to answer, as (type, id); when nobody is, the queue that did or would."""
    if conversation.state != ConversationState.IDLE:
        if conversation.script:
            return SCRIPT, conversation.script
        if bot := _behind_webhook(conversation):
            return WEBHOOK, str(bot.webhook_id)
    interaction = conversation.open_interaction
    if interaction is None:
        return QUEUE, conversation.last_queue_id or conversation.channel.queue_id
    if interaction.state == InteractionState.HANDLING and interaction.agent_id:
        return AGENT, interaction.agent_id
    return QUEUE, interaction.queue_id or conversation.channel.queue_id


def control_of(conversation: Conversation) -> tuple[str, str]:
    """Who may speak for the business, as one of Control and who that is: the name of a bot, or an id.

    The client application's own bot has no name. Nobody is asked to while the conversation is idle; between two who
    are, in the middle of a verb, it is still who it was.
    """
    if conversation.state == ConversationState.IDLE:
        return "", ""
    if bot := bot_of(conversation):
        return Control.POST_BOT, str(bot.webhook_id or bot.bot)
    if conversation.script:
        return Control.BOT, conversation.script
    interaction = conversation.open_interaction
    if interaction is None:
        return _control_without_interaction(conversation)
    if interaction.state == InteractionState.HANDLING:
        return Control.AGENT, interaction.agent_id or interaction.remote_agent[:HOLDER_MAX]
    return Control.QUEUE, ""


def _control_without_interaction(conversation: Conversation) -> tuple[str, str]:
    if conversation.state == ConversationState.CREATED:
        return Control.BOT, ""
    return (Control.QUEUE, "") if conversation.is_remote else (conversation.control, conversation.control_holder)


def has_bot(conversation: Conversation) -> bool:
    """Whether a bot is to answer."""
    return bool(conversation.script or bot_of(conversation))


def awaited_bot(conversation: Conversation) -> PostAgentAssignment | None:
    """Return the assignment that is obeyed when the agent ends, or None; read anew: it may have come just now."""
    rows = PostAgentAssignment.objects.select_related("webhook__receiver")
    kept = rows.filter(pk=conversation.pk).first()
    if kept is None or kept.began_at:
        return None
    able = kept.webhook.receiver.enabled if kept.webhook else is_able(kept.bot, conversation)
    return kept if able else None


def is_able(name: str, conversation: Conversation) -> bool:
    """Whether a bot of this name can go on with a conversation now: it is there, hears of it, and is not paused."""
    return is_there(name, conversation) and not is_paused(conversation.tenant_id, name)


def is_there(name: str, conversation: Conversation) -> bool:
    """Whether there is a bot of this name, and it hears of a conversation."""
    return is_bot(name) and is_reachable(name, conversation.channel)


def is_paused(tenant_id: str, bot: str) -> bool:
    """Whether a bot is not asked for a while, having failed again and again."""
    return BotPause.objects.filter(tenant=tenant_id, bot=bot, paused_until__gt=NOW).exists()


def assistant_for(conversation: Conversation) -> str:
    """The bot that an agent may give the conversation back to: who had it last, else the channel's; empty for none."""
    if conversation.is_remote:
        return ""
    assigned = LogEntry.objects.filter(conversation=conversation, kind=ConversationAssigned.name).order_by("-number")
    lately = assigned.values_list("data", flat=True)[:ASSIGNED_MOST]
    had = [data["id"] for data in lately if data["to"] == SCRIPT]
    candidates = [*had[:1], conversation.channel.bot]
    return next((name for name in candidates if name and is_able(name, conversation)), "")
