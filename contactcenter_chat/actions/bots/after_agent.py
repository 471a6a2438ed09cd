"""How does a bot get a conversation back when its agent ends, and for how long?"""

from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.utils.translation import gettext_noop as _

from ...bots import words
from ...bots.base import has_turns
from ...database import atomic
from ...events import BOT, CUSTOMER, BotDisclosed
from ...exceptions import Conflict, Invalid, invalid_id
from ...models import BotSpell, Conversation, PostAgentAssignment, Webhook, clock
from ...queries.assignment import WEBHOOK, awaited_bot, bot_of, is_able, is_there
from ...wire.base import versions
from .. import own_words
from ..participants import living
from ..recording import record
from . import control, elsewhere, left_open, spells

TOTAL_MINUTES = (20, 300, 600)  # least, default, most
SILENCE_MINUTES = (10, 150, 300)
KEPT = ("webhook_id", "bot", "tells_channel", "total_minutes", "silence_minutes")


def assign_post_agent(
    *,
    conversation_id: str,
    webhook_id: str = "",
    bot: str = "",
    tenant_id: str | None = None,
    tells_channel: bool = False,
    total_minutes: int = TOTAL_MINUTES[1],
    silence_minutes: int = SILENCE_MINUTES[1],
) -> None:
    """Keep which bot gets the conversation when its agent ends; a later call replaces an earlier one.

    It is the one behind a webhook, or a ``bot`` that BOTS names. The webhook's application becomes the one that is
    told; with ``tells_channel`` the channel's goes on being told as well, as it is with a ``bot``. Raises NotFound,
    Invalid, and Conflict when a bot has the conversation after its agent already, or a remote centre has it.
    """
    with atomic():
        conversation = living(conversation_id, tenant_id)
        control.check_local(conversation.is_remote)
        if bot_of(conversation):
            raise Conflict(_("A bot has the conversation already."))
        if bool(webhook_id) == bool(bot):
            raise Invalid(_("Name either a webhook or a bot."), field="webhook", value=webhook_id)
        if bot and not is_there(bot, conversation):
            raise invalid_id("script", bot)
        wanted = {
            "webhook": _webhook(conversation, webhook_id) if webhook_id else None,
            "bot": bot,
            "tells_channel": tells_channel,
            "total_minutes": total_minutes,
            "silence_minutes": silence_minutes,
        }
        _keep(conversation, wanted)


def for_end(conversation: Conversation, bot: str) -> PostAgentAssignment | None:
    """Return which bot has it when the agent ends now, if one has: the one that the agent chooses, else the one kept.

    Expects the conversation locked. Raises Conflict where the ``bot`` that is chosen cannot go on.
    """
    if not bot:
        conversation.post_agent = kept = awaited_bot(conversation)
        return kept
    control.check_local(conversation.is_remote)
    if not is_able(bot, conversation):
        raise cannot_go_on()
    usual = {"total_minutes": TOTAL_MINUTES[1], "silence_minutes": SILENCE_MINUTES[1]}
    return _keep(conversation, {"webhook": None, "bot": bot, "tells_channel": False, **usual})


def hand_back(conversation: Conversation, kept: PostAgentAssignment, heard: int | None = None) -> None:
    """The agent has ended: the bot has it from now on. Expects the conversation locked.

    A bot of the app says so. What the customer has said after the number ``heard`` is its to answer, and what was seen
    and not answered.
    """
    kept.began_at = clock.now()
    if kept.bot:
        _give_to_bot(conversation, kept.bot, heard)
    else:
        control.give(conversation, WEBHOOK, str(kept.webhook_id))
        if elsewhere.seconds_for(conversation):
            spells.begin(conversation, str(kept.webhook_id))
    kept.due_at = _deadline(conversation, kept, kept.began_at)
    kept.save(update_fields=["began_at", "due_at"])


def as_kept(conversation: Conversation) -> dict[str, Any]:
    """What must be known to ``resume`` it, as JSON; nothing where no bot has it after its agent."""
    bot = bot_of(conversation)
    if bot is None or bot.began_at is None:
        return {}
    return {**{name: getattr(bot, name) for name in KEPT}, "began_at": bot.began_at.isoformat()}


def resume(conversation: Conversation, kept: dict[str, Any]) -> None:
    """The bot has it again as it had it before it handed over. Expects the conversation locked. Raises Conflict."""
    webhook = Webhook.objects.alive().filter(tenant_id=conversation.tenant_id, pk=kept["webhook_id"]).first()
    is_back = is_there(kept["bot"], conversation) if kept["bot"] else webhook and webhook.receiver.enabled
    if not is_back:
        raise gone()
    began_at = datetime.fromisoformat(kept["began_at"])
    row = _keep(conversation, {name: kept[name] for name in KEPT} | {"began_at": began_at, "due_at": clock.now()})
    if row.bot:
        control.give_to_script(conversation, row.bot)
    else:
        control.give(conversation, WEBHOOK, str(row.webhook_id))
        if elsewhere.seconds_for(conversation):
            spells.begin(conversation, str(row.webhook_id))


def cannot_go_on() -> Conflict:
    """The exception where the agent gives it to a bot that is gone, off, or in trouble."""
    return Conflict(_("The assistant cannot go on just now. End the chat without it."))


def gone() -> Conflict:
    """The exception for a bot that is there no more, or off, or in trouble."""
    return Conflict(_("The bot that has handed it over cannot take it back."))


def _keep(conversation: Conversation, wanted: dict[str, Any]) -> PostAgentAssignment:
    fresh = {"began_at": None, "due_at": None}
    row, _made = PostAgentAssignment.objects.update_or_create(conversation_id=conversation.pk, defaults=fresh | wanted)
    conversation.post_agent = row
    return row


def _give_to_bot(conversation: Conversation, name: str, heard: int | None) -> None:
    control.give_to_script(conversation, name, heard=left_open.answered_until(conversation, heard))
    spell = spells.open_of(conversation)
    if spell is None or not has_turns(name):
        return  # the project's own code, which says what it wants to
    _speak_first(conversation, spell)
    if spells.unheard(spell).exists():
        spells.hear(conversation)


def _speak_first(conversation: Conversation, spell: BotSpell) -> None:
    """Have the bot say that it is one, and that it is there again."""
    say = partial(own_words.say, conversation, author_type=BOT, bot=spell.bot, formality=True)
    tell = partial(words.in_language, conversation.language)
    say(tell(partial(words.disclosure, conversation.tenant.name)))
    record(conversation, BotDisclosed(bot=spell.bot))
    spell.disclosed_at = clock.now()
    spell.save(update_fields=["disclosed_at"])
    conversation.last_word_by, conversation.last_word_at = BOT, clock.now()
    say(tell(words.handed_back))


def end_overdue(*, conversation_id: str, now: datetime) -> bool:
    """End what a bot has had for too long, or the customer does not answer. Returns whether it did."""
    with atomic():
        conversation = Conversation.objects.lock(conversation_id)
        bot = bot_of(conversation)
        if bot is None:
            return False
        deadline = _deadline(conversation, bot, now)
        if deadline <= now:
            spell = spells.open_of(conversation) if bot.bot else None
            if spell:
                spells.end(conversation, spells.end_without_a_word(spell))
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
