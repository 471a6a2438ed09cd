"""How are bots asked for their answers? In threads beside the tasks, one turn of a conversation at a time.

No transaction is open while a bot thinks. There are twice as many threads as BOT_THREADS says, and one tenant has at
most half of them: bots that hang hold up nobody but their own.
"""

import logging
from collections.abc import Callable
from functools import partial

from ...bots.base import (
    Action,
    Bot,
    Brief,
    Call,
    Called,
    CallState,
    Think,
    Turn,
    bot_named,
    check_memory,
    each_done,
    is_elsewhere,
    said_nothing,
)
from ...conf import settings
from ...database import atomic
from ...models import BotSpell, clock
from ...models.clock import database_now
from ...models.conversations import Reason
from ...models.spells import Miss
from ...workers import wakeup
from ...workers.process import kept
from ...workers.threads import Threads
from ..one_by_one import Step
from . import calling, elsewhere, failing, hearing, limits, pauses, rules, spells
from .leases import AtWork, Lost, due, locked
from .writing import note_miss, write

logger = logging.getLogger(__name__)

TURNS = Step("bot_turns", key="conversation")


def take_due() -> None:
    """Have bots answer what is due, with as many threads as may be; turns that take long go on by themselves."""
    _threads.take_all(_at_work.take, _work)


def finish() -> None:
    """Wait for the turns of this process."""
    _threads.finish()


def wake_if_due() -> None:
    """Have bots asked where that is due by the clock, or a worker has died at it."""
    if due().exists():
        wakeup.wake_bots()


_threads = kept(Threads, "bots", lambda: 2 * settings.BOT_THREADS)
_at_work = kept(AtWork)


def _work(spell: BotSpell) -> None:
    """Take this turn; where others are due, wake whoever takes them."""
    try:
        _take(spell)
    finally:
        _at_work.leave(spell)
    if due().exists():
        wakeup.wake_bots()


def _take(held: BotSpell) -> None:
    brief: Callable[[], Brief] | None = None
    try:
        turn, heard = hearing.turn_of(held)
        bot = bot_named(held.bot)
        brief = partial(bot.brief, turn)
        answered = bool(turn.said) and rules.answered(held, turn, brief)
        is_asked = bool(turn.said) and not answered
        if is_asked:
            _have_answered(held, turn, bot, brief)
        _finish(held, heard, turn, answered)
        if is_asked and not is_elsewhere(held.bot):
            pauses.note_success(held.tenant_id, held.bot)
    except Lost:
        return
    except Exception as error:  # whatever a bot of the project brings about
        TURNS.note(error, key=held.conversation_id, tenant_id=held.tenant_id)
        pauses.note_failure(held.tenant_id, held.bot)
        reason = Reason.TIMEOUT if isinstance(error, TimeoutError) else Reason.ERROR
        failing.give_up(held, reason, _brief_of_failed(brief))


def _brief_of_failed(brief: Callable[[], Brief] | None) -> Brief | None:
    """What a bot that has just failed has to say to agents, if it can."""
    try:
        return brief() if brief else None
    except Exception:
        logger.exception("A bot that failed has no brief.")
        return None


def _have_answered(held: BotSpell, asked: Turn, bot: Bot, brief: Callable[[], Brief]) -> None:
    """Ask the bot, and write what it answers; with what came of what the customer was asked for, if that was due."""
    turn = asked
    if held.pending:
        resumed = calling.resumed(held, asked)
        if resumed is None:
            return
        turn = resumed

    answers: list[bool] = []

    def do(number: int, action: Action) -> Called | None:
        limits.check_number(number)
        if isinstance(action, Call):
            called = calling.call(held, turn, number, action)
            answers.append(called.state == CallState.ASKED)  # else the bot has to say what came of it
            return called
        write(held, number, action, brief)
        answers.append(not isinstance(action, Think))
        return None

    each_done(bot.answer(turn), do)
    if not any(answers) and not is_elsewhere(held.bot):  # nobody is left without an answer
        write(held, len(answers), said_nothing(turn), brief)
    check_memory(turn)


def _finish(held: BotSpell, heard: int, turn: Turn, answered: bool) -> None:
    """The bot has answered, or the app for it: what was said meanwhile is its next turn."""
    with atomic():
        try:
            conversation, spell = locked(held)
        except Lost:  # by what it answered
            return
        if turn.said and rules.is_asked_again(spell, turn) and not spell.choosing:
            note_miss(spell, Miss.SAME_AGAIN)
        spell.asked_digest = rules.asked_digest(turn) if turn.said else spell.asked_digest
        spell.heard, spell.written, spell.turns, spell.memory = heard, 0, turn.number, turn.memory
        last = spells.unheard(spell).last()
        spell.due_at = spell.answer_by = None
        if last:
            now = database_now()
            spell.due_at = max(now, last.at + spells.GATHER)
            spell.answer_by = spells.answer_by(spell, now + spells.GATHER)
        if answered:
            spell.sign_by = elsewhere.sign_by(conversation) if last else None
        spell.look_at, spell.lease_until = None if last else spells.look_at(spell), None
        if spell.pending and not calling.is_awaited(spell, turn, clock.now()):
            spell.pending = {}
        spell.save()
