"""What holds for every bot, whatever it would answer? A wish for a person, choices, limits: no bot is asked then."""

from collections.abc import Callable

from ...bots import wishes, words
from ...bots.base import Brief, End, HandOver, Said, Say, Turn, is_elsewhere
from ...conf import settings
from ...database import atomic
from ...knowledge.passages import digest_of
from ...models import BotSpell
from ...models.conversations import Reason
from ...models.spells import Miss, SpellEnd
from . import control, handover, limits, recalling, spells
from .leases import locked
from .saying import say
from .writing import note_heard, note_miss


def answered(held: BotSpell, turn: Turn, brief: Callable[[], Brief]) -> bool:
    """Answer what no bot is asked for; return whether it was. ``brief`` is as for ``write``. Raises Lost."""
    if held.choosing:
        return _has_chosen(held, turn)
    if turn.number == 1 and _back(held, turn):
        return True
    action, miss = instead(held, turn, brief)  # nobody else changes while it is held what that hangs on
    if action is None:
        return False
    with atomic():
        conversation, spell = locked(held)
        if miss:
            note_miss(spell, miss)
        if isinstance(action, End):
            spells.end(conversation, SpellEnd.BOT_CONFIRMED)
            control.take(conversation)
        elif chosen_own(turn) == words.LEAVE:
            handover.leave_late(conversation, spell, action)
        else:
            handover.hand_over(conversation, spell, action)
    return True


def _back(held: BotSpell, turn: Turn) -> bool:
    """The bot has taken it back since the customer who waited said so: obey that, and return whether it was so."""
    wanted = {_wanted(turn.language, each) for each in turn.said}
    if wanted not in ({words.BACK}, {words.DONE}):
        return False
    is_settled = wanted == {words.DONE}
    with atomic():
        conversation, spell = locked(held)
        if not recalling.was_taken_back(conversation):
            return False
        note_heard(held, spell)
        told = words.in_language(conversation.language, words.goodbye if is_settled else words.going_on)
        conversation = say(conversation, spell, Say(told), formality=True)
        if is_settled:
            spells.end(conversation, SpellEnd.BOT_CONFIRMED)
            control.take(conversation)
    return True


def _wanted(language: str, said: Said) -> str:
    """What who waited wanted by that: one of words.WHILE_WAITING, as it was said or chosen; empty for neither."""
    if said.is_press:
        return recalling.wanted_by_press(language, said.text, said.data)
    return recalling.wanted_by(language, said.text)


def instead(spell: BotSpell, turn: Turn, brief: Callable[[], Brief]) -> tuple[HandOver | End | None, str]:
    """What is done without asking the bot, None for nothing; and the miss that is noted with it, if it is one.

    The same question again is a miss when the turn is over, or has agents take over when it is asked once too often.
    """
    action = obeyed(turn, brief)
    if action is None and is_asked_too_often(spell, turn):
        return HandOver(brief(), reason=Reason.FAILED), Miss.SAME_AGAIN
    return action, ""


def obeyed(turn: Turn, brief: Callable[[], Brief]) -> HandOver | End | None:
    """What the customer wants that every bot obeys, or what is due in any case."""
    chosen = chosen_own(turn)
    if chosen == words.SETTLED:
        return End()
    if chosen in (words.HUMAN, words.LEAVE) or any(wishes.wants_person(each.text) for each in turn.said):
        return HandOver(brief(), reason=Reason.ASKED)
    if turn.number > settings.BOT_TURNS_MOST:
        return HandOver(brief(), reason=Reason.POLICY)
    return None


def _has_chosen(held: BotSpell, turn: Turn) -> bool:
    """The customer was asked what to do while nobody is there; whatever else is said goes to the bot again."""
    chosen = chosen_way(turn)
    with atomic():
        conversation, spell = locked(held)
        spell.choosing = False
        spell.misses = []
        spell.save(update_fields=["choosing", "misses"])
        if chosen in words.CHOICES:
            note_heard(held, spell)
        if chosen == words.LEAVE:
            handover.leave(conversation, spell)
        elif chosen == words.STOP:
            told = Say(words.in_language(conversation.language, words.goodbye))
            conversation = say(conversation, spell, told, formality=True)
            spells.end(conversation, SpellEnd.BOT_LEFT_AFTER_MISS)
            control.take(conversation)
        elif chosen == words.GO_ON:
            told = Say(words.in_language(conversation.language, words.going_on))
            say(conversation, spell, told, formality=True)
    held.choosing = False
    return chosen in words.CHOICES


def chosen_way(turn: Turn) -> str:
    """Which of the ways to go on was chosen while nobody is there; whoever wants a person leaves it for one."""
    chosen = chosen_own(turn)
    wants = not chosen and any(wishes.wants_person(each.text) for each in turn.said)
    return words.LEAVE if wants or chosen == words.HUMAN else chosen


def chosen_own(turn: Turn) -> str:
    """Which of the app's own quick replies was chosen last, whatever was said after that; empty for none."""
    chosen = [name for each in turn.said if (name := words.own_choice(each.data))]
    return chosen[-1] if chosen else ""


def is_asked_again(spell: BotSpell, turn: Turn) -> bool:
    """Whether the same was asked in the turn before.

    A press is no question, nor is an answer to what the app has asked for. What a bot elsewhere has answered, nobody
    knows.
    """
    is_press = turn.data is not None or turn.said[-1].is_press
    is_question = not is_press and not spell.pending and not is_elsewhere(spell.bot)
    return is_question and spell.asked_digest == asked_digest(turn)


def is_asked_too_often(spell: BotSpell, turn: Turn) -> bool:
    """Whether the same is asked again, and that is the miss after which agents take over."""
    return is_asked_again(spell, turn) and limits.is_last(spell.misses)


def asked_digest(turn: Turn) -> str:
    """What tells a question from others."""
    return digest_of([], " ".join(turn.text.casefold().split()))
