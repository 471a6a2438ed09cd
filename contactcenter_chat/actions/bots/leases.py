"""Which worker is at a turn now?

A worker holds a conversation's spell by a short lease, which it renews for as long as the turn may take, so that
another one takes over soon when it dies. Who took it has a token: what the turn brings is written only while the spell
still carries it.
"""

import logging
import secrets
import threading
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import DatabaseError
from django.db.models import Q, QuerySet

from ...bots.base import seconds_of
from ...conf import settings
from ...database import atomic, connection
from ...exceptions import NotFound
from ...models import BotSpell, Conversation
from ...models.clock import NOW
from ...workers.threads import connect
from ..participants import living
from ..typing import bot_thinks
from . import spells

logger = logging.getLogger(__name__)

LEASE = timedelta(seconds=10)
RENEW_SECONDS = 3
LOOK_SECONDS = 0.25
THINKS_AFTER = 1.5  # seconds: a turn that takes longer is shown
CANDIDATES = 20  # looked at: others may be faster


class Lost(Exception):
    """The bot has the conversation no more, or somebody else is at its turn."""


def due() -> QuerySet[BotSpell]:
    """The spells in which a turn may begin."""
    free = Q(lease_until=None) | Q(lease_until__lte=NOW)
    return BotSpell.objects.filter(free, due_at__lte=NOW, ended_at=None).order_by("due_at", "pk")


def locked(held: BotSpell) -> tuple[Conversation, BotSpell]:
    """Lock the conversation of a spell that a worker holds; return both as they are now. Raises Lost."""
    try:
        conversation = living(held.conversation_id)
    except NotFound as error:
        raise Lost from error
    spell = spells.open_of(conversation)
    same = spell is not None and spell.pk == held.pk and spell.lease_token == held.lease_token
    if spell is None or not same or conversation.control_epoch != spell.epoch:
        raise Lost
    return conversation, spell


@dataclass
class TurnAtWork:
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
        self._held: dict[int, TurnAtWork] = {}
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
                self._held[spell.pk] = TurnAtWork(spell, time.monotonic())
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

    def _newly_slow(self) -> list[TurnAtWork]:
        until = time.monotonic() - THINKS_AFTER
        with self._lock:
            slow = [each for each in self._held.values() if each.since <= until and not each.is_shown]
            for each in slow:
                each.is_shown = True
        return slow


def _show(held: TurnAtWork) -> None:
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
