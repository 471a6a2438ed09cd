"""How does a bot take back what it has handed over, while the customer still waits for an agent?"""

from typing import Any

from django.utils.translation import gettext_noop as _

from ...bots import waiting, wishes, words
from ...bots.base import has_turns, is_bot
from ...database import atomic
from ...events import BOT, ConversationIdled
from ...exceptions import Conflict
from ...models import Conversation, Interaction, LogEntry
from ...models.conversations import AFTER_AGENT, PASSED_ON, QUEUED_STATES, STAYS, EndedBy, Outcome, Reason
from ...queries.assignment import has_bot, is_able, is_there
from .. import own_words
from ..center import interactions, offers
from ..participants import living
from . import after_agent, control, spells

FAILED = (Reason.TIMEOUT, Reason.ERROR)
MAY_NOT_GO_ON = (*FAILED, Reason.POLICY)  # who hands over so would begin its turns and what it may cost anew
MOST = 3  # times in an episode that it is taken back because the customer says so


def recall(*, conversation_id: str, tenant_id: str | None = None, epoch: int | None = None) -> Conversation:
    """The bot that has handed the conversation over has it again, as before, and nobody is offered it any more.

    Return the conversation. It rests where a client's own bot has handed over, which never had it from us. Nothing
    happens when the bot has it already. ``epoch`` is the ``control_epoch`` under which this was decided. Raises
    NotFound, ControlMoved, and Conflict when an agent has it, nobody is to answer, no bot has handed it over, or that
    bot cannot go on.
    """
    with atomic():
        conversation = living(conversation_id, tenant_id)
        if has_bot(conversation) or _rests(conversation):
            return conversation
        control.check_may_speak(conversation, epoch)
        interaction = waiting_of(conversation)
        if interaction is None:
            raise Conflict(_("The conversation does not wait for an agent."))
        if not interaction.brief or PASSED_ON in interaction.brief:
            raise Conflict(_("No bot has handed the conversation over."))
        _take_back(conversation, interaction)
        return conversation


def obey(conversation: Conversation, wanted: str) -> None:
    """Take it back where the customer who waits wants that; what else is said, the bot hears. Expects it locked.

    ``wanted`` is what ``wanted_by`` or ``wanted_by_press`` has made of what was said or pressed.
    """
    interaction = waiting_of(conversation) if wanted else None
    if interaction and wanted in _possible(conversation, bot_before(interaction), _reason(interaction)):
        _take_back(conversation, interaction)


def wanted_by(language: str, text: str) -> str:
    """What the customer who waits wants by these words: one of words.WHILE_WAITING; empty for anything else.

    A number is none: whatever it answers, an agent is there for it.
    """
    titled = _titled(language, text)
    if titled or wishes.wants_person(text):
        return titled
    if waiting.wants_assistant(text):
        return words.BACK
    return words.DONE if waiting.says_settled(text) else ""


def wanted_by_press(language: str, title: str, data: Any) -> str:
    """The same by a button with this title and these data; what another one is called is not read as words."""
    chosen = words.own_choice(data)
    return chosen if chosen in words.WHILE_WAITING else _titled(language, title)


def offered(conversation: Conversation, bot: str, reason: str) -> list[dict[str, Any]]:
    """The quick replies that this bot, which hands over or has done so, gives who waits. Expects it locked.

    There are none where it has failed, or may not go on.
    """
    if reason in MAY_NOT_GO_ON:
        return []
    titles = words.in_language(conversation.language, words.while_waiting)
    possible = _possible(conversation, bot, reason)
    return [{"title": titles[name], "data": {words.OWN: name}} for name in possible]


def tell_that_it_stays(conversation: Conversation, wanted: str) -> bool:
    """Tell the customer, once, who wants an assistant that does not go on: a person answers. Expects it locked.

    ``wanted`` is as for ``obey``. Returns whether the customer was told.
    """
    if wanted != words.BACK:
        return False
    interaction = waiting_of(conversation)
    bot = bot_before(interaction) if interaction else ""
    if interaction is None or not has_turns(bot) or STAYS in interaction.brief:
        return False
    if _goes_on(conversation, _reason(interaction)):
        return False
    interaction.brief = {**interaction.brief, STAYS: True}
    interaction.save(update_fields=["brief"])
    told = words.in_language(conversation.language, words.stays_in_line)
    own_words.say(conversation, told, author_type=BOT, bot=bot, courtesy=True)
    return True


def offered_while_waiting(conversation: Conversation, interaction: Interaction) -> list[dict[str, Any]]:
    """The same by the bot that has handed over what waits."""
    return offered(conversation, bot_before(interaction), _reason(interaction))


def waiting_of(conversation: Conversation) -> Interaction | None:
    """What waits for an agent of this centre; None where nothing does. Expects the conversation locked."""
    interaction = None if conversation.is_remote else interactions.open_of(conversation)
    return interaction if interaction and interaction.state in QUEUED_STATES else None


def was_taken_back(conversation: Conversation) -> bool:
    """Whether the bot had handed it over before, and took it back."""
    last = conversation.interactions.order_by("-entered_at", "-pk").values_list("ended_by", flat=True).first()
    return last == EndedBy.BOT


def _possible(conversation: Conversation, bot: str, reason: str) -> tuple[str, ...]:
    """Which of words.WHILE_WAITING may be obeyed, where this bot, which has handed over so, would go on."""
    if not bot or not is_able(bot, conversation):
        return ()
    return words.WHILE_WAITING if _goes_on(conversation, reason) else (words.DONE,)


def _goes_on(conversation: Conversation, reason: str) -> bool:
    """Whether the bot goes on because the customer wants it: not where it may not, nor for ever."""
    return reason not in MAY_NOT_GO_ON and not _too_often(conversation)


def _reason(interaction: Interaction) -> str:
    """Why its bot has handed it over."""
    return str(interaction.brief.get("reason", ""))


def _titled(language: str, text: str) -> str:
    """Which of words.WHILE_WAITING has this title; empty for none."""
    titles = words.in_language(language, words.while_waiting)
    said = text.strip().casefold()
    return next((name for name, title in titles.items() if title.casefold() == said), "")


def bot_before(interaction: Interaction) -> str:
    """The bot that handed it over, if no agent has had it since then."""
    bot: str = interaction.brief.get("bot", "")
    return bot if is_bot(bot) and PASSED_ON not in interaction.brief else ""


def _rests(conversation: Conversation) -> bool:
    """Whether a client's own bot has taken it back, and nothing was said since then."""
    last = conversation.interactions.order_by("-entered_at", "-pk").first()
    return bool(last and last.ended_by == EndedBy.BOT and last.brief and not last.brief.get("bot"))


def _too_often(conversation: Conversation) -> bool:
    """Whether it was taken back MOST times since it began, was idle, or was had by an agent."""
    idled = LogEntry.objects.filter(conversation=conversation, kind=ConversationIdled.name).order_by("-number")
    rows = conversation.interactions.filter(ended_at__isnull=False).order_by("-entered_at", "-pk")
    if idled_at := idled.values_list("at", flat=True).first():
        rows = rows.filter(entered_at__gt=idled_at)
    ends = list(rows.values_list("ended_by", flat=True)[:MOST])
    return ends == [EndedBy.BOT] * MOST


def _take_back(conversation: Conversation, interaction: Interaction) -> None:
    """Have its bot have it again. Raises Conflict where it cannot."""
    brief = interaction.brief
    bot, after = brief.get("bot", ""), brief.get(AFTER_AGENT)
    if bot and not after and not is_there(bot, conversation):
        raise after_agent.gone()
    offers.withdraw_offer(conversation, interaction, reason="recalled")
    interactions.close(conversation, interaction, outcome=Outcome.CANCELLED, ended_by=EndedBy.BOT, idles=not bot)
    if after:
        after_agent.resume(conversation, after)
    elif bot:
        control.give_to_script(conversation, bot)
    spells.go_on_disclosed(conversation)
