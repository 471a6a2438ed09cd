"""How does a process tell the others, without slowing down its commits?

A NOTIFY makes commits wait for one another, so it is not part of the writer's transaction: hints are collected, and a
thread of their own sends what has come together, and then pauses for some times as long as that took: the busier the
database, the more hints are sent as one. Where the database has no NOTIFY, the
screens that this same process serves are told at once, and those of other processes when they look for themselves.
"""

import logging
import threading
import time
from collections.abc import Iterable, Mapping

from django.db.backends.base.base import BaseDatabaseWrapper

from .. import database
from ..conf import settings
from ..workers.process import kept
from . import listening
from .news import CHANNEL, News

logger = logging.getLogger(__name__)

PAUSE = 2  # times as long as sending took: most of its time the thread leaves the database alone
PAUSE_LEAST, PAUSE_MOST = 0.002, 0.02  # seconds
IDLE_SECONDS = 30  # without hints for that long, the thread ends and its connection is closed


def hint(*, conversation_id: str, number: int) -> None:
    """A conversation's log has reached this number. Never raises; call it after commit."""
    _sender.add(numbers={conversation_id: number})


def agent_hint(*, agent_id: str) -> None:
    """An agent's offers, chats or presence changed. Never raises; call it after commit."""
    _sender.add(agents=[agent_id])


def sign(*, conversation_id: str, kind: str, author_type: str, seconds: float) -> None:
    """Somebody types or thinks: open screens show it for so many seconds. Never raises."""
    _sender.add(signs={conversation_id: f"{kind} {author_type} {seconds}"})


class HintThread:
    """Collects the hints of this process and sends them from a thread that lives while there are any."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._some = threading.Event()
        self._news = News()
        self._thread: threading.Thread | None = None

    def add(
        self,
        *,
        numbers: Mapping[str, int] | None = None,
        agents: Iterable[str] = (),
        signs: Mapping[str, str] | None = None,
    ) -> None:
        if not settings.LIVE_HINTS:
            return
        with self._lock:
            for conversation_id, number in (numbers or {}).items():
                self._news.add_number(conversation_id, number)
            self._news.agents.update(agents)
            self._news.signs.update(signs or {})
            self._start()
        self._some.set()

    def _start(self) -> None:
        if self._thread is not None and self._thread.is_alive():
            return
        thread = threading.Thread(target=self._run, name="contactcenter-hints", daemon=True)
        try:
            thread.start()
        except RuntimeError as error:  # the interpreter is ending, or may have no more threads
            logger.warning("Open screens were not told: %s", error)
        else:
            self._thread = thread

    def _run(self) -> None:
        connection = database.leave_pool()  # where tasks are done, Celery closes the pool whenever one ends
        while news := self._take():
            began = time.monotonic()
            send(news, connection)
            time.sleep(min(max(PAUSE * (time.monotonic() - began), PAUSE_LEAST), PAUSE_MOST))
        connection.close()

    def _take(self) -> News:
        """Wait for hints and return them; what is empty says that the thread may end."""
        self._some.wait(IDLE_SECONDS)
        with self._lock:
            self._some.clear()
            news, self._news = self._news, News()
            if not news:
                self._thread = None
        return news


def send(news: News, connection: BaseDatabaseWrapper) -> None:
    """Tell everybody who listens; when that fails, say so in the log and go on."""
    try:
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_notify(%s, %s)", [CHANNEL, news.encode()])
        else:
            listening.tell_screens_of_this_process(news)
    except Exception as error:  # whatever the database's driver raises: a hint is never worth more than a warning
        logger.warning("Open screens were not told, they will see for themselves: %s", error)
        connection.close()


_sender = kept(HintThread)
