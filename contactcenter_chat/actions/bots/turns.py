"""How are bots asked for their answers? In threads beside the tasks, one turn of a conversation at a time.

A worker holds a conversation's spell by a short lease, which it renews for as long as the turn may take, so that
another one takes over soon when it dies. No transaction is open while a bot thinks. There are twice as many threads as
BOT_THREADS says, and one tenant has at most half of them: bots that hang hold up nobody but their own.
"""

import logging
import secrets
import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import Future, wait
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any

from django.db import DatabaseError
from django.db.models import Q, QuerySet

from ...bots.base import (
    Action,
    Bot,
    Brief,
    Call,
    Called,
    Think,
    Turn,
    bot_named,
    check_memory,
    each_done,
    lives_elsewhere,
    said_nothing,
    seconds_of,
)
from ...conf import settings
from ...database import atomic, connection
from ...models import BotSpell, clock
from ...models.clock import NOW, database_now
from ...models.conversations import Reason
from ...models.spells import Miss
from ...workers import wakeup
from ...workers.process import kept
from ...workers.threads import TASK_SECONDS, Threads, connect
from ..one_by_one import Step
from ..typing import bot_thinks
from . import calling, elsewhere, failing, hearing, pauses, rules, spells
from .writing import Lost, locked, note_miss, write

logger = logging.getLogger(__name__)

LEASE = timedelta(seconds=10)
RENEW_SECONDS = 3
LOOK_SECONDS = 0.25
THINKS_AFTER = 1.5  # seconds: a turn that takes longer is shown
CANDIDATES = 20  # looked at: others may be faster
WAIT_SECONDS = 0.05
ACTIONS_MOST = 50  # of a turn
TURNS = Step("bot_turns", key="conversation")


def take_due() -> None:
    """Have bots answer what is due, with as many threads as may be; turns that take long go on by themselves."""
    stop_at = time.monotonic() + TASK_SECONDS
    mine: set[Future[None]] = set()
    while time.monotonic() < stop_at:
        while spell := _at_work.take():
            mine.add(_threads.submit(_work, spell))
        mine = {future for future in mine if not future.done()}
        if not mine:
            break
        wait(mine, WAIT_SECONDS)
    _threads.leave(mine)


def finish() -> None:
    """Wait for the turns of this process."""
    _threads.finish()


def wake_if_due() -> None:
    """Have bots asked where that is due by the clock, or a worker has died at it."""
    if due().exists():
        wakeup.wake_bots()


def due() -> QuerySet[BotSpell]:
    """The spells in which a turn may begin."""
    free = Q(lease_until=None) | Q(lease_until__lte=NOW)
    return BotSpell.objects.filter(free, due_at__lte=NOW, ended_at=None).order_by("due_at", "pk")


@dataclass
class Held:
    """A turn that a thread of this process is at, since then by its own clock."""

    spell: BotSpell
    since: float
    is_shown: bool = False


class AtWork:
    """The turns of this process, by the ids of their spells, and the thread that looks after them all.

    It renews their leases, and shows of what takes long that the bot thinks.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._held: dict[int, Held] = {}
        self._looking: threading.Thread | None = None

    def take(self) -> BotSpell | None:
        """Lease a spell whose turn may begin; None when there is none, or no thread for it."""
        with self._lock:
            counts = Counter(each.spell.tenant_id for each in self._held.values())
            if counts.total() >= 2 * settings.BOT_THREADS:
                return None
            full = [tenant for tenant, count in counts.items() if count >= settings.BOT_THREADS]
            spell = _leased(due().exclude(tenant__in=full)[:CANDIDATES])
            if spell:
                self._held[spell.pk] = Held(spell, time.monotonic())
                if self._looking is None:
                    self._looking = threading.Thread(target=self._look_after, name="contactcenter-turns", daemon=True)
                    self._looking.start()
        return spell

    def leave(self, spell: BotSpell) -> None:
        """Its turn is over."""
        with self._lock:
            self._held.pop(spell.pk, None)

    def show_slow(self) -> None:
        """Show of those that take long, once each, that the bot thinks; what ends it is what the bot says."""
        for each in self._newly_slow():
            try:
                connect()
                _show(each)
            except Exception:  # it is but a sign, and this thread renews the leases of all turns
                logger.exception("It was not shown that a bot thinks, in conversation %s", each.spell.conversation_id)

    def _look_after(self) -> None:
        """Look after the turns while there are any; a thread for all of them, which stays for a while."""
        renewed_at = time.monotonic()
        while True:
            time.sleep(LOOK_SECONDS)
            self.show_slow()
            if time.monotonic() - renewed_at < RENEW_SECONDS:  # most turns are over by then
                continue
            renewed_at = time.monotonic()
            held = self._still_held()
            if not held:
                break
            self._renew(held)
            connection().close()
        connection().close()

    def _renew(self, held: list[BotSpell]) -> None:
        """Renew the leases of turns that have time left."""
        with suppress(DatabaseError):  # a lease holds for longer than one renewal that fails
            connect()
            for spell in held:
                mine = BotSpell.objects.filter(pk=spell.pk, lease_token=spell.lease_token, answer_by__gt=NOW)
                _update_if_free(mine, lease_until=NOW + LEASE)

    def _still_held(self) -> list[BotSpell]:
        with self._lock:
            if not self._held:
                self._looking = None
            return [each.spell for each in self._held.values()]

    def _newly_slow(self) -> list[Held]:
        until = time.monotonic() - THINKS_AFTER
        with self._lock:
            slow = [each for each in self._held.values() if each.since <= until and not each.is_shown]
            for each in slow:
                each.is_shown = True
        return slow


_threads = kept(Threads, "bots", lambda: 2 * settings.BOT_THREADS)
_at_work = kept(AtWork)


def _show(held: Held) -> None:
    spell, left = held.spell, seconds_of(held.spell.bot) - (time.monotonic() - held.since)
    mine = BotSpell.objects.filter(pk=spell.pk, lease_token=spell.lease_token, ended_at=None)
    if left > 0 and mine.filter(lease_until__gt=NOW).exists():
        bot_thinks(spell.conversation_id, spell.bot, left)


def _leased(candidates: QuerySet[BotSpell]) -> BotSpell | None:
    for spell in candidates:
        token, seconds = secrets.randbits(62), timedelta(seconds=seconds_of(spell.bot))
        free = due().order_by().filter(pk=spell.pk, lease_token=spell.lease_token)
        if _update_if_free(free, lease_token=token, lease_until=NOW + LEASE, answer_by=NOW + seconds):
            spell.lease_token = token
            return spell
    return None


def _update_if_free(rows: QuerySet[BotSpell], **changes: Any) -> int:
    """Update what nobody has locked: who writes may take long, and others are not to wait for that."""
    if not connection().features.has_select_for_update_skip_locked:
        return rows.update(**changes)
    with atomic():
        free = list(rows.select_for_update(skip_locked=True).values_list("pk", flat=True))
        return BotSpell.objects.filter(pk__in=free).update(**changes) if free else 0


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
        if is_asked and not lives_elsewhere(held.bot):
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
        if number >= ACTIONS_MOST:
            raise RuntimeError(f"A bot may answer with {ACTIONS_MOST} things in a turn.")
        if isinstance(action, Call):
            called = calling.call(held, turn, number, action)
            answers.append(called.state == "asked")  # else the bot has to say what came of it
            return called
        write(held, number, action, brief)
        answers.append(not isinstance(action, Think))
        return None

    each_done(bot.answer(turn), do)
    if not any(answers) and not lives_elsewhere(held.bot):  # nobody is left without an answer
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
