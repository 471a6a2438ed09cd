"""How do the open screens of a process hear what others wrote?

A hub per event loop knows the open screens and which conversations each of them follows. It is told by one connection
that LISTENs, in a thread of its own, and looks for itself once a second: for hints that were lost, and where the
database has no NOTIFY. What a screen has not been told yet is kept as the newest number of each conversation it
follows; when that would grow too large, the screen is told to load everything anew.
"""

import asyncio
import logging
import threading
import weakref
from contextlib import asynccontextmanager, suppress
from typing import Any

from asgiref.sync import sync_to_async
from django.db import connections

from .. import database
from ..queries.desk import snapshots
from .news import CHANNEL, News

logger = logging.getLogger(__name__)

POLL_SECONDS = 1.0
LISTEN_SECONDS = 1.0  # how long a listener that is to stop may go on
UNTOLD_MAX = 100  # conversations of which one screen has not been told yet


@asynccontextmanager
async def open_screen(agent_id):
    """Follow what concerns an agent, as an asynchronous context; gives a Screen."""
    hub = _hubs.setdefault(asyncio.get_running_loop(), Hub())
    screen = Screen(agent_id)
    hub.join(screen)
    try:
        await hub.refresh({agent_id})
        yield screen
    finally:
        hub.leave(screen)


def tell_screens_of_this_process(news):
    """Tell the screens that are open here. May be called from any thread."""
    for loop, hub in list(_hubs.items()):
        call_in(loop, hub.spread, news)


class Screen:
    """What one open screen follows and has not been told yet. Only its event loop touches it."""

    def __init__(self, agent_id):
        self.agent_id = agent_id
        self.numbers = {}  # of the conversations it follows, what it was told last
        self.version = None
        self.gone = False  # the agent is no agent any more
        self._untold = News(reload=True)  # whoever has just come looks for themselves
        self._something = asyncio.Event()
        self._something.set()

    async def news(self, timeout):
        """Wait for news for so many seconds at most, and return them; empty when there were none."""
        try:
            async with asyncio.timeout(timeout):
                await self._something.wait()
        except TimeoutError:
            return News()
        self._something.clear()
        untold, self._untold = self._untold, News()
        return untold

    def tell_number(self, conversation_id, number):
        """A conversation that it follows has reached this number."""
        if number <= self.numbers.get(conversation_id, 0):
            return
        self.numbers[conversation_id] = number
        self._untold.add_number(conversation_id, number)
        if len(self._untold.numbers) > UNTOLD_MAX:
            self._untold = News(reload=True)
        self._something.set()

    def tell_sign(self, conversation_id, text):
        """Somebody types or thinks in a conversation that it follows."""
        self._untold.signs[conversation_id] = text
        self._something.set()

    def tell_desk(self):
        """The agent's offers, chats or presence changed."""
        self._untold.agents.add(self.agent_id)
        self._something.set()

    def tell_reload(self):
        """Something was missed."""
        self._untold = News(reload=True)
        self._something.set()

    def end(self):
        """The agent may not see anything any more."""
        self.gone = True
        self._something.set()


class Hub:
    """The open screens of one event loop."""

    def __init__(self):
        self._screens = {}  # agent id -> screens
        self._followers = {}  # conversation id -> screens
        self._stale = set()  # agents whose desk changed and was not looked at yet
        self._some_stale = asyncio.Event()
        self._looking: Any = None  # the task that looks
        self._listener: Any = None

    def join(self, screen):
        self._screens.setdefault(screen.agent_id, set()).add(screen)
        if self._looking is None or self._looking.done():
            self._looking = asyncio.create_task(self._look())
            self._listener = Listener(asyncio.get_running_loop(), self.spread)

    def leave(self, screen):
        self._follow(screen, ())
        screens = self._screens[screen.agent_id]
        screens.discard(screen)
        if not screens:
            del self._screens[screen.agent_id]
        if not self._screens:
            self._looking.cancel()
            self._looking = None
            self._listener.stop()

    def spread(self, news):
        """Tell those whom it concerns."""
        for conversation_id, number in news.numbers.items():
            for screen in self._followers.get(conversation_id, ()):
                screen.tell_number(conversation_id, number)
        for conversation_id, text in news.signs.items():
            for screen in self._followers.get(conversation_id, ()):
                screen.tell_sign(conversation_id, text)
        changed = news.agents & self._screens.keys()
        if news.reload:
            changed = self._screens.keys()
            for screens in self._screens.values():
                for screen in screens:
                    screen.tell_reload()
        if changed:
            self._stale.update(changed)
            self._some_stale.set()

    async def refresh(self, agent_ids):
        """Look what these agents may follow now and tell their screens what is new."""
        found = await in_thread(snapshots, agent_ids)
        for agent_id in agent_ids:
            for screen in self._screens.get(agent_id, ()):
                self._update(screen, found.get(agent_id))

    async def _look(self):
        """Look at everybody once a second, and at once at those of whom something was told."""
        loop = asyncio.get_running_loop()
        look_at_all = loop.time() + POLL_SECONDS
        while True:
            try:
                async with asyncio.timeout_at(look_at_all):
                    await self._some_stale.wait()
            except TimeoutError:
                self._stale.update(self._screens)
                look_at_all = loop.time() + POLL_SECONDS
            self._some_stale.clear()
            agent_ids, self._stale = self._stale, set()
            try:
                await self.refresh(agent_ids)
            except Exception:  # the database is away: try again, the screens stay open meanwhile
                logger.warning("Could not look for what is new", exc_info=True)

    def _update(self, screen, snapshot):
        if snapshot is None:
            screen.end()
            return
        self._follow(screen, snapshot.numbers)
        if screen.version != snapshot.version:
            if screen.version is not None:
                screen.tell_desk()
            screen.version = snapshot.version
        for conversation_id, number in snapshot.numbers.items():
            screen.tell_number(conversation_id, number)

    def _follow(self, screen, numbers):
        """Follow these conversations and no others, from these numbers on."""
        for conversation_id in screen.numbers.keys() - set(numbers):
            del screen.numbers[conversation_id]
            self._followers[conversation_id].discard(screen)
            if not self._followers[conversation_id]:
                del self._followers[conversation_id]
        for conversation_id in set(numbers) - screen.numbers.keys():
            screen.numbers[conversation_id] = numbers[conversation_id]
            self._followers.setdefault(conversation_id, set()).add(screen)


class Listener:
    """A thread that hands over, with ``tell(news)`` in the event loop, what other processes tell."""

    def __init__(self, loop, tell):
        self._loop = loop
        self._tell = tell
        self._stopped = threading.Event()
        threading.Thread(target=self._run, name="contactcenter-listener", daemon=True).start()

    def stop(self):
        """End within LISTEN_SECONDS."""
        self._stopped.set()

    def _run(self):
        connection = database.connection()
        while can_listen(connection) and not self._stopped.is_set():
            try:
                self._listen(connection)
            except Exception as error:  # the database is away: until it is back, looking must do
                logger.warning("Open screens are told late for the moment: %s", error)
                self._stopped.wait(POLL_SECONDS)
                call_in(self._loop, self._tell, News(reload=True))
            finally:
                connection.close()

    def _listen(self, connection):
        with connection.cursor() as cursor:
            cursor.execute(f"LISTEN {CHANNEL}")
            while not self._stopped.is_set():
                for notice in connection.connection.notifies(timeout=LISTEN_SECONDS):
                    call_in(self._loop, self._tell, News.decode(notice.payload))
            cursor.execute("UNLISTEN *")  # the connection may go back to a pool


def can_listen(connection):
    """Whether this database and its driver can wait for hints."""
    return connection.vendor == "postgresql" and connection.Database.__name__ == "psycopg"


def call_in(loop, function, *arguments):
    """Have an event loop call this, from another thread; one that was closed meanwhile has no screens."""
    with suppress(RuntimeError):
        loop.call_soon_threadsafe(function, *arguments)


async def in_thread(function, *arguments):
    """Call what uses the database in another thread, which keeps no connection afterwards.

    A stream is open for hours: with a connection of its own for each, the database would soon have none left.
    """

    def call():
        try:
            return function(*arguments)
        finally:
            connections.close_all()

    return await sync_to_async(call, thread_sensitive=False)()


_hubs: weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, Hub] = weakref.WeakKeyDictionary()  # event loop -> Hub
