"""What has the customer said that is still to be answered, when an agent gives the conversation to a bot?

What answers is what an agent says, or a bot in its turn: no courtesy, and no sentence of the app itself.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from django.db.models import Exists, OuterRef

from ...bots import codes, waiting, wishes, words
from ...bots.base import Said
from ...events import AGENT, BOT, CUSTOMER, AgentJoined
from ...models import Attachment, Conversation
from .. import optouts, thanks

LEFT_MOST = 20  # messages without an answer that are looked at


def answered_until(conversation: Conversation, heard: int | None) -> int:
    """Up to which number of the log nothing is open: where the agent has looked, unless something was left there."""
    seen = conversation.last_number if heard is None else heard
    spoken = conversation.log.filter(message__author_type__in=(AGENT, BOT)).order_by("-number")
    answers = spoken.filter(data__courtesy__isnull=True, data__formality__isnull=True)
    answered = answers.values_list("number", flat=True).first() or 0
    said = conversation.messages.filter(author_type=CUSTOMER, number__gt=answered, number__lte=seen)
    with_files = said.annotate(has_files=Exists(Attachment.objects.filter(message=OuterRef("pk"))))
    left = list(with_files.order_by("-number").values_list("number", "text", "has_files")[:LEFT_MOST])
    texts = {number: text for number, text, _files in left}
    met = _met(conversation, texts, _joined(conversation))
    is_open = any(files or (number not in met and _asks_something(text)) for number, text, files in left)
    return answered if is_open else seen


def without_met(conversation: Conversation, said: Sequence[Said]) -> list[Said]:
    """What a bot is asked first after an agent: without what was obeyed by then, as a wish for a person was.

    What was chosen before the agent joined is words alone: that one may have done it.
    """
    joined = _joined(conversation)
    met = _met(conversation, {each.number: each.text for each in said}, joined)
    open_still = (each for each in said if each.number not in met and not (each.number < joined and _is_own(each)))
    return [replace(each, data=None) if each.number < joined else each for each in open_still]


def _met(conversation: Conversation, said: Mapping[int, str], joined: int) -> set[int]:
    """The numbers of what was obeyed: a person was wanted, and joined after that; or a word about opting out."""
    wanted = {number for number, text in said.items() if number < joined and wishes.wants_person(text)}
    return wanted | optouts.obeyed_of(conversation, said)


def _joined(conversation: Conversation) -> int:
    """The number at which the last agent joined."""
    joined = conversation.log.filter(kind=AgentJoined.name).order_by("-number")
    return joined.values_list("number", flat=True).first() or 0


def _is_own(said: Said) -> bool:
    """Whether it is one of the app's own choices."""
    return isinstance(said.data, dict) and words.OWN in said.data


def _asks_something(text: str) -> bool:
    """Whether these words are more than thanks, a code for the agent, or that the assistant may go on."""
    asks_nothing = (
        waiting.is_polite(text),
        thanks.only_thanks(text),
        waiting.says_settled(text),
        waiting.wants_assistant(text),
        codes.typed(text) is not None,
    )
    return not any(asks_nothing)
