"""What can be said in a conversation: add a message."""

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

from django.utils.translation import gettext_noop as _

from ..bots import words
from ..bots.base import is_elsewhere
from ..conf import settings
from ..database import atomic
from ..events import AGENT, AUTHOR_TYPES, BOT, CUSTOMER, BotDisclosed, CustomerThanked, MessageAdded
from ..exceptions import Invalid
from ..models import Agent, Attachment, BotSpell, Card, Conversation, Interaction, Message, clock, people
from ..models.conversations import Control
from ..models.messages import DeliveryState
from ..models.prepared import PreparedInsert
from ..queries import message_contents
from ..queries.assignment import has_bot
from ..storable import check_text, is_blank
from . import optouts, participants, thanks
from .answering import have_answered
from .attachments import attach, attachments_to_send
from .bots import control, courtesies, recalling, spells
from .cards import add_cards, checked_cards
from .participants import check_handles, living
from .recording import next_number, record

INSERT = PreparedInsert(Message)


def add_message(
    *,
    conversation_id: str,
    author_type: str,
    text: str = "",
    agent: Agent | None = None,
    client_id: str = "",
    tenant_id: str | None = None,
    external_provider: dict[str, Any] | None = None,
    attachments: Iterable[str] = (),
    cards: Iterable[tuple[str, Any]] = (),
    epoch: int | None = None,
    bot: str = "",
    drafted_by: str = "",
) -> Message:
    """Add a message, tell everyone who follows the conversation, and return it. Raises NotFound, Invalid, Conflict.

    ``author_type`` is one of ``events.AUTHOR_TYPES``; an ``agent`` must be handling the conversation. A repeat of a
    ``client_id`` returns the first message. With a ``tenant_id`` the conversation must be that tenant's. ``text`` may
    be empty with ``attachments``, ids of unsent files, or ``cards``, (content type, content); it is but a link with an
    ``external_provider``. ``epoch`` is a bot's ``control_epoch``, ``bot`` its name, ``drafted_by`` a draft's model.
    """
    check_author_type(author_type)
    cards = checked_cards(cards) if cards else []
    check_words(text, required=not (attachments or cards))
    words_alone = author_type == CUSTOMER and not (attachments or cards or external_provider)
    with atomic(joins=True):
        conversation = _living(conversation_id, tenant_id, text if words_alone else "")
        if client_id and (repeated := _repeated(conversation, client_id)):
            return repeated
        _check_may_speak(conversation, author_type, agent, epoch)
        needs_nobody = _needs_nobody(conversation, text) if words_alone else None
        if not (needs_nobody or bot):
            _attend_to(conversation, author_type, text)
        participant = participants.participant_of(conversation, author_type, agent)
        own = {"client_id": client_id, "external_provider": external_provider, "drafted_by": drafted_by}
        message = Message(text=text, participant=participant, **own)
        files = attachments_to_send(conversation, attachments, author_type) if attachments else []
        written = _write(conversation, message, agent or bot, files, cards)
        return needs_nobody(written) if needs_nobody else written


def add_words_of_bot(
    conversation: Conversation,
    spell: BotSpell,
    text: str,
    cards: Iterable[tuple[str, Any]],
    *,
    formality: bool = False,
) -> Message:
    """Add what a bot says that the app asks. Expects the conversation locked, and the spell as its open one.

    ``formality`` is as of ``MessageAdded``.

    Raises Invalid, and ControlMoved when the bot has the conversation no more.
    """
    cards = checked_cards(cards) if cards else []
    check_words(text, required=not cards)
    control.check_may_speak(conversation, spell.epoch)
    participant = participants.participant_of(conversation, BOT)
    return _write(conversation, Message(text=text, participant=participant), spell.bot, [], cards, formality=formality)


def check_author_type(author_type: str) -> None:
    """Refuse who is none of ``events.AUTHOR_TYPES``."""
    if author_type not in AUTHOR_TYPES:
        raise Invalid(_("Unknown author type."), field="author_type", value=author_type)


def check_words(text: str, *, required: bool = True) -> None:
    """Refuse what is no text: of which nothing shows, too long, or with a character that PostgreSQL cannot store."""
    if required and is_blank(text):
        raise Invalid(_("May not be empty."), field="text", value=text)
    if len(text) > settings.MESSAGE_MAX_LENGTH:
        raise Invalid(_("May not be longer than %(most)s characters."), most=settings.MESSAGE_MAX_LENGTH, field="text")
    check_text(text, "text")


def message_event(
    message: Message,
    by: Agent | str | None = None,
    attachments: Iterable[Attachment] = (),
    cards: Iterable[Card] = (),
    *,
    courtesy: bool = False,
    formality: bool = False,
) -> MessageAdded:
    """The fact that this message was added, with these rows of attachments and cards.

    ``by`` is its agent, or the name of the bot that the app asked; ``courtesy`` and ``formality`` are as of
    ``MessageAdded``.
    """
    agent = by if isinstance(by, Agent) else None
    first_name, last_name = people.names_of(agent.user) if agent else ("", "")
    return MessageAdded(
        message_id=message.pk,
        author_type=message.author_type,
        participant_id=message.participant_id,
        agent_id=agent.pk if agent else "",
        agent_first_name=first_name,
        agent_last_name=last_name,
        history=message.history,
        bot=by if isinstance(by, str) else "",
        courtesy=courtesy,
        formality=formality,
        text=message.text,
        attachments=message_contents.told_attachments(attachments) if attachments else (),
        cards=message_contents.told_cards(cards) if cards else (),
    )


def _attend_to(conversation: Conversation, author_type: str, text: str) -> None:
    """What the customer says is to be answered; what a bot says that is not asked here is a sign of it."""
    if author_type == CUSTOMER:
        if conversation.control == Control.QUEUE:
            recalling.obey(conversation, recalling.wanted_by(conversation.language, text))
        have_answered(conversation)
        if has_bot(conversation):
            spells.hear(conversation)
    elif author_type == BOT:
        spell = spells.note_words(conversation)
        if spell and is_elsewhere(spell.bot) and spell.disclosed_at is None:
            disclose(conversation, spell)


def disclose(conversation: Conversation, spell: BotSpell) -> None:
    """Have a bot say that it is one. Expects the conversation locked, and the spell as its open one."""
    told = words.in_language(conversation.language, partial(words.disclosure, conversation.tenant.name))
    participant = participants.participant_of(conversation, BOT)
    _write(conversation, Message(text=told, participant=participant), spell.bot, [], [], formality=True)
    record(conversation, BotDisclosed(bot=spell.bot))
    spell.disclosed_at = clock.now()
    spell.save(update_fields=["disclosed_at"])


def _check_may_speak(conversation: Conversation, author_type: str, agent: Agent | None, epoch: int | None) -> None:
    if author_type == AGENT:
        check_handles(conversation, agent)
    if author_type == BOT:
        control.check_may_speak(conversation, epoch)


def _write(
    conversation: Conversation,
    message: Message,
    by: Agent | str,
    files: list[Attachment],
    cards: list[tuple[str, Any]],
    *,
    formality: bool = False,
) -> Message:
    """Give a message its place in the conversation, and write it with what hangs on it."""
    now = clock.now()
    author_type = message.participant.type
    message.tenant_id, message.conversation_id = conversation.tenant_id, conversation.pk
    message.interaction_id = conversation.open_interaction_id
    message.author_type, message.number, message.created_at = author_type, next_number(conversation), now
    if conversation.is_remote and author_type in (CUSTOMER, BOT):  # which the remote centre is told
        message.delivery_state = DeliveryState.QUEUED
    INSERT(message)
    if files:
        attach(message, files)
    sent = add_cards(message, cards) if cards else []
    conversation.last_word_by, conversation.last_word_at = author_type, now
    if author_type == AGENT:
        Interaction.objects.filter(pk=conversation.open_interaction_id, first_reply_at=None).update(first_reply_at=now)
    is_courtesy = author_type == BOT and conversation.control == Control.QUEUE and not conversation.is_remote
    event = message_event(message, by, files, sent, courtesy=is_courtesy, formality=formality)
    record(conversation, event, message=message, at=now)
    if author_type == CUSTOMER and conversation.control == Control.QUEUE:
        courtesies.answer(conversation, message.text)
    return message


def _living(conversation_id: str, tenant_id: str | None, text: str) -> Conversation:
    """Lock the conversation; before that its customer, where this text may change what is known of that one."""
    if text and optouts.is_word_of_it(text):
        optouts.lock_customer_of(conversation_id)
    return living(conversation_id, tenant_id)


def _needs_nobody(conversation: Conversation, text: str) -> Callable[[Message], Message] | None:
    """What is done when this is written, where nobody is asked to answer it; None where somebody is."""
    if optouts.is_obeyed(conversation, text):
        return partial(_obey, conversation)
    if conversation.channel.keeps_thanks and thanks.are_kept(conversation, text):
        return partial(_note_thanks, conversation)
    return None


def _obey(conversation: Conversation, message: Message) -> Message:
    optouts.obey(conversation, message.text)
    return message


def _note_thanks(conversation: Conversation, message: Message) -> Message:
    record(conversation, CustomerThanked(message_id=message.pk))
    return message


def _repeated(conversation: Conversation, client_id: str) -> Message | None:
    return Message.objects.filter(conversation_id=conversation.pk, client_id=client_id).first()
