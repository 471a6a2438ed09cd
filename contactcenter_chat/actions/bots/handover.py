"""How does a bot hand a conversation over? It looks first whether anybody is there, then says one sentence.

While nobody is, the customer says what is to be done, and until then the bot keeps the conversation.
All of this expects the conversation locked, and ``spell`` as its open one.
"""

import logging
from dataclasses import replace
from functools import partial
from typing import Any

from django.utils.translation import gettext_noop as _

from ... import events
from ...bots import words
from ...bots.base import HandOver, QuickReply, Say
from ...exceptions import Conflict, Invalid
from ...models import BotSpell, Conversation, Interaction, Queue, clock
from ...models.conversations import AFTER_AGENT, STAYS, InteractionState, Reason
from ...models.spells import SpellEnd
from ...queries import doors
from ...queries.assignment import bot_of, control_of, has_bot
from ...queries.estimates import expected_in
from ...queries.identity import level_of
from ...storable import storable
from ..center import asking, estimates, interactions, passing, reopening, transfers
from ..recording import record
from . import after_agent, control, recalling, spells
from .recalling import FAILED
from .saying import say, system_data

logger = logging.getLogger(__name__)

WRONG_MOST = 200  # characters of what is told of something that cannot be obeyed
Kept = dict[str, Any]


def hand_over(conversation: Conversation, spell: BotSpell, wanted: HandOver) -> None:
    """Have an agent go on; while nobody is there, ask the customer first."""
    begin(conversation, spell, as_kept(wanted))


def begin(conversation: Conversation, spell: BotSpell, kept: Kept) -> Interaction | None:
    """Hand over with what is ``kept``; return what waits for an agent, nothing while the customer is asked first."""
    queue = _queue(conversation, kept["queue"])
    told, is_closed = announced(queue, conversation.language, kept["reason"])
    if is_closed:
        spell.choosing, spell.brief, spell.sign_by = True, kept, None
        spell.save(update_fields=["choosing", "brief", "sign_by"])
    else:
        offered = recalling.offered(conversation, spell.bot, kept["reason"])
        told = replace(told, quick_replies=[QuickReply(each["title"], each["data"]) for each in offered])
    conversation = say(conversation, spell, told, formality=True)
    return None if is_closed else _pass_on(conversation, spell, queue, kept)


def announced(
    queue: Queue, language: str, reason: str, expected: passing.Expected = estimates.for_new
) -> tuple[Say, bool]:
    """What is said when it is handed over to a queue, and whether nobody is there, so that the customer must choose.

    ``expected(tenant)`` returns how long who comes now would wait, by queue.
    """
    expect = partial(_expected, queue, expected)
    door = doors.door_of(queue, clock.now(), expect)
    if door.is_closed and passing.first_open(queue, expected=expected) is None:
        told = words.in_language(language, partial(words.closed, door.opens_at))
        titles = words.in_language(language, words.choices)
        if reason == Reason.POLICY:  # the bot would not be asked again
            del titles[words.GO_ON]
        replies = [QuickReply(title, system_data(name)) for name, title in titles.items()]
        return Say(after_sorry(language, reason, told), replies), True
    estimate = expect() if door.is_open else None
    minutes = (estimate.low, estimate.high) if estimate else None
    told = words.in_language(language, partial(words.handing_over, minutes))
    return Say(after_sorry(language, reason, told)), False


def leave(conversation: Conversation, spell: BotSpell) -> None:
    """The customer leaves it for when somebody is there again."""
    kept = spell.brief or as_kept(HandOver(reason=Reason.ASKED))
    queue = _queue(conversation, kept["queue"])
    if not queue.texts.get("closed"):  # it tells the customer itself
        told = Say(words.in_language(conversation.language, words.left))
        conversation = say(conversation, spell, told, formality=True)
    _pass_on(conversation, spell, queue, kept)


def leave_late(conversation: Conversation, spell: BotSpell, wanted: HandOver) -> None:
    """The same when the chat has gone on since the customer was asked; who is there by now answers at once.

    What the bot had wanted then, a queue and skills, it is left for.
    """
    kept = as_kept(wanted) | {name: value for name, value in spell.brief.items() if name in ("queue", "skills")}
    queue = _queue(conversation, kept["queue"])
    if not announced(queue, conversation.language, kept["reason"])[1]:
        begin(conversation, spell, kept)
        return
    spell.brief = kept
    spell.save(update_fields=["brief"])
    leave(conversation, spell)


def from_outside(conversation: Conversation, spell: BotSpell, kept: Kept) -> Interaction | None:
    """A bot that has the conversation from its start hands over, or somebody has it do so, and not in its own turn.

    A turn that it is in is broken off. While the customer is asked what is to be done, the brief is renewed. Returns
    as ``begin``.
    """
    if not spell.choosing:
        spells.break_off(conversation, spell)
        return begin(conversation, spell, kept)
    spell.brief = kept
    spell.save(update_fields=["brief"])
    record(conversation, events.BriefRenewed(bot=spell.bot, reason=kept["reason"], by_key=_by_key(kept)))
    return None


def by_remote_bot(
    conversation: Conversation, queue: Queue, brief: Kept, reason: str, skills: dict[str, int], by_key: str = ""
) -> Interaction:
    """A bot that is not asked here hands over, or somebody does it by an API key of this name.

    Raises Conflict when an agent has it, or nobody is to answer.
    """
    if conversation.open_interaction and conversation.open_interaction.state == InteractionState.HANDLING:
        raise Conflict(_("An agent has the conversation."))
    bot, waits = control_of(conversation)[1], conversation.open_interaction_id is not None
    own, preferred = _own(conversation), _preferred(conversation, queue)
    if has_bot(conversation):
        record(conversation, events.ConversationHandedOver(bot=bot, reason=reason, by_key=by_key))
        spells.end(conversation, SpellEnd.HANDED_OVER, reason=reason)
    asking.ask_for(conversation, skills)
    transfers.assign_to_queue(conversation, queue, **preferred)
    interaction = interactions.open_of(conversation)
    if interaction is None:
        raise Conflict(_("The conversation is idle: it waits in no queue."))
    before = interaction.brief if waits else {}  # a renewed one does not say again whose it was
    own = own or {name: before[name] for name in (AFTER_AGENT, STAYS) if name in before}
    interaction.brief = _whole(conversation, brief, bot or before.get("bot", ""), reason, by_key) | own
    interaction.save(update_fields=["brief"])
    if before:
        bot = interaction.brief.get("bot", "")
        record(conversation, events.BriefRenewed(bot=bot, reason=reason, by_key=by_key))
    return interaction


def _by_key(kept: Kept) -> str:
    """The name of the API key by which somebody had it done; empty where the bot did it."""
    return str(kept.get("by_key", ""))


def _whole(conversation: Conversation, brief: Kept, bot: str, reason: str, by_key: str) -> Kept:
    """A brief with what the app itself knows."""
    identity = level_of(conversation, clock.now())
    about = {"language": conversation.language, "identity": identity, "bot": bot, "by_key": by_key}
    return {**brief, **{name: value for name, value in about.items() if value}, "reason": reason}


def _own(conversation: Conversation) -> Kept:
    """What the brief of a bot that has it after its agent keeps for itself, so that it can have it again."""
    kept = after_agent.as_kept(conversation)
    return {AFTER_AGENT: kept} if kept else {}


def _preferred(conversation: Conversation, queue: Queue) -> dict[str, Any]:
    """Whom it is kept for: the agent who has given it to the bot, where it is for the same queue again."""
    is_back = bot_of(conversation) is not None and queue.pk == conversation.last_queue_id
    return reopening.kept_for_last_agent(conversation) if is_back else {}


def _pass_on(conversation: Conversation, spell: BotSpell, queue: Queue, kept: Kept) -> Interaction:
    reason, left_out = kept["reason"], tuple(left_out_of(conversation.tenant_id, kept))
    how = SpellEnd.FAILED if reason in FAILED else SpellEnd.HANDED_OVER
    for each in left_out:
        logger.error("The bot %s hands over, and this is left out: %s", spell.bot, each)
    by_key = _by_key(kept)
    record(conversation, events.ConversationHandedOver(bot=spell.bot, reason=reason, by_key=by_key, left_out=left_out))
    skills = _checked_skills(conversation.tenant_id, kept["skills"])
    asking.ask_for(conversation, {} if isinstance(skills, str) else skills)
    spells.end(conversation, how, reason=reason)
    own, preferred = _own(conversation), _preferred(conversation, queue)
    control.release(conversation)
    brief = _whole(conversation, kept["brief"], spell.bot, reason, _by_key(kept)) | own
    return interactions.queue_interaction(conversation, queue, brief=brief, **preferred)


def as_kept(wanted: HandOver) -> Kept:
    """What is wanted, as JSON; a brief that is too long is cut, since the handover matters more, and that is noted."""
    wrong = [storable(each)[:WRONG_MOST] for each in wanted.left_out]
    try:
        brief = wanted.brief.as_kept()
    except Invalid as refusal:
        wrong.append(storable(f"brief: {refusal}"))
        brief = wanted.brief.fitting().as_kept()
    reason = wanted.reason if wanted.reason in Reason.values else Reason.FAILED
    if reason != wanted.reason:
        wrong.append(storable(f"reason: {wanted.reason!r}")[:WRONG_MOST])
    kept = {"brief": brief, "queue": wanted.queue, "skills": list(wanted.skills), "reason": str(reason)}
    return {**kept, "wrong": wrong} if wrong else kept


def left_out_of(tenant_id: str, kept: Kept) -> list[str]:
    """What a bot has named when it hands over and cannot be obeyed: words for whoever has made the bot."""
    queue, skills = kept["queue"], _checked_skills(tenant_id, kept["skills"])
    wrong = list(kept.get("wrong", ()))
    if queue and _named_queue(tenant_id, queue) is None:
        wrong.append(storable(f"queue: {queue!r}")[:WRONG_MOST])
    return [*wrong, skills] if isinstance(skills, str) else wrong


def _queue(conversation: Conversation, name: str) -> Queue:
    """The queue of this name; the channel's where there is none."""
    return (_named_queue(conversation.tenant_id, name) if name else None) or conversation.channel.queue


def _named_queue(tenant_id: str, name: str) -> Queue | None:
    return Queue.objects.filter(tenant=tenant_id, name=name).first()


def _checked_skills(tenant_id: str, skills: list[Any]) -> dict[str, int] | str:
    """The ids of these skills with their levels; what is wrong with them, in words, where they cannot be asked for."""
    try:
        return asking.asked_skills(tenant_id, [(name, level) for name, level in skills])
    except Invalid as refusal:
        return storable(f"skills: {refusal}")[:WRONG_MOST]
    except (TypeError, ValueError):  # Python's own words say nothing of skills
        return "skills: pairs of a name and a level"


def _expected(queue: Queue, expected: passing.Expected) -> Any:
    return expected_in(queue.pk, expected(queue.tenant))


def after_sorry(language: str, reason: str, told: str) -> str:
    """The sentence; where the bot has failed, it begins with an apology."""
    return f"{words.in_language(language, words.sorry)} {told}" if reason in FAILED else told
