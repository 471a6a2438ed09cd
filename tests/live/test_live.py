"""Hints for open screens: collected, sent a few at a time, and told to those whom they concern."""

import asyncio
import subprocess
import sys
import threading

import pytest
from django.contrib.auth import get_user_model
from django.db import DatabaseError, connections

from contactcenter_chat.actions import conversations, messages
from contactcenter_chat.actions.center import presence
from contactcenter_chat.live import agent_hint, hint, listening, sending
from contactcenter_chat.live.news import MAX_BYTES, News
from tests import factories

SOON = 10  # seconds that are never waited for in full


class TestNews:
    def test_is_read_as_it_was_written(self):
        news = News({"c" * 22: 7}, {"a" * 22}, reload=False)
        assert News.decode(news.encode()) == news
        signs = News(signs={"c" * 22: "typing user 8"})
        assert signs
        assert News.decode(signs.encode()) == signs

    def test_what_a_process_of_an_earlier_version_wrote_is_read(self):
        assert News.decode('{"numbers": {"c": 1}, "agents": [], "reload": false}') == News({"c": 1})

    def test_an_older_number_changes_nothing(self):
        news = News()
        news.add_number("c", 5)
        news.add_number("c", 3)
        assert news.numbers == {"c": 5}

    def test_too_much_to_tell_becomes_reload(self):
        news = News({f"conversation-{n:09}": n for n in range(1000)})
        assert len(news.encode()) <= MAX_BYTES
        assert News.decode(news.encode()) == News(reload=True)

    @pytest.mark.parametrize("text", ["", "{}", "[1]", "null", '{"numbers": 1}', '{"numbers": {}, "agents": 3}'])
    def test_anything_else_is_refused(self, text):
        with pytest.raises(ValueError, match=r".*"):
            News.decode(text)


class TestSender:
    @pytest.fixture
    def sender(self, settings, monkeypatch):
        """A sender whose thread ends as soon as it has nothing to send."""
        settings.CONTACTCENTER_CHAT = {**settings.CONTACTCENTER_CHAT, "LIVE_HINTS": True}
        monkeypatch.setattr(sending, "IDLE_SECONDS", 0)
        sender = sending.HintThread()
        monkeypatch.setattr(sending, "_sender", sender)
        return sender

    def test_what_comes_while_it_sends_is_sent_at_once_and_together(self, sender, monkeypatch):
        sent, sending_first, go_on = [], threading.Event(), threading.Event()

        def send(news, connection):
            sent.append(news)
            sending_first.set()
            assert go_on.wait(SOON)

        monkeypatch.setattr(sending, "send", send)
        hint(conversation_id="a", number=1)
        thread = sender._thread
        assert sending_first.wait(SOON)
        for number in range(2, 50):
            hint(conversation_id="a", number=number)
        hint(conversation_id="b", number=1)
        agent_hint(agent_id="x")
        go_on.set()
        thread.join(SOON)
        assert sent == [News({"a": 1}), News({"a": 49, "b": 1}, {"x"})]

    def test_its_thread_begins_anew_after_it_ended(self, sender, monkeypatch):
        sent = []
        monkeypatch.setattr(sending, "send", lambda news, connection: sent.append(news))
        for number in (1, 2):
            hint(conversation_id="a", number=number)
            thread = sender._thread
            if thread:  # else it has sent and ended already
                thread.join(SOON)
        assert sent == [News({"a": 1}), News({"a": 2})]

    def test_nothing_is_sent_where_the_setting_says_so(self, sender, settings):
        settings.CONTACTCENTER_CHAT = {**settings.CONTACTCENTER_CHAT, "LIVE_HINTS": False}
        hint(conversation_id="a", number=1)
        assert sender._thread is None

    def test_the_writer_is_not_bothered_when_no_thread_can_be_started(self, sender, monkeypatch, caplog):
        def no_more():
            raise RuntimeError("can't start new thread")

        monkeypatch.setattr(threading.Thread, "start", lambda self: no_more())
        hint(conversation_id="a", number=1)
        assert "can't start new thread" in caplog.text

    @pytest.mark.postgresql
    @pytest.mark.django_db(transaction=True)
    def test_its_connection_is_none_of_a_pool_that_a_tasks_end_closes(self, sender, monkeypatch):
        pooled = connections.settings["default"]["OPTIONS"] | {"pool": {"min_size": 1, "max_size": 2}}
        monkeypatch.setitem(connections.settings["default"], "OPTIONS", pooled)
        used = []

        def send(news, connection):
            connection.ensure_connection()
            used.append(connection.pool)

        monkeypatch.setattr(sending, "send", send)
        hint(conversation_id="a", number=1)
        if thread := sender._thread:
            thread.join(SOON)
        assert used == [None]

    def test_a_database_that_is_away_is_a_warning(self, caplog):
        class Away:
            vendor = "postgresql"
            closed = False

            def cursor(self):
                raise DatabaseError("the server went away")

            def close(self):
                self.closed = True

        connection = Away()
        sending.send(News({"a": 1}), connection)
        assert "the server went away" in caplog.text
        assert connection.closed

    def test_a_forked_process_has_a_sender_of_its_own(self):
        script = """
import os, django
django.setup()
from contactcenter_chat.live import hint, sending
sending.send = lambda news, connection: None
hint(conversation_id="a", number=1)
sending._sender._lock.acquire()  # as if another thread held it at that moment
if pid := os.fork():
    os._exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
hint(conversation_id="a", number=2)
os._exit(0 if sending._sender._thread.is_alive() else 3)
"""
        settings = """
import sys
from django.conf import settings
settings.configure(
    INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes", "contactcenter_chat"],
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
)
"""
        process = subprocess.run(
            [sys.executable, "-W", "ignore", "-c", settings + script], timeout=60, capture_output=True, text=True
        )
        assert process.returncode == 0, process.stderr


@pytest.fixture
def center():
    return factories.make_center()


@pytest.fixture
def chat(center):
    """A conversation that an agent is in."""
    factories.make_agent(center.tenant, center.queue)
    return factories.accepted(factories.start_conversation(center.channel))


def say(chat, text):
    return messages.add_message(conversation_id=chat.conversation_id, author_type="agent", text=text, agent=chat.agent)


def drain(agent):
    presence.set_presence(agent_id=agent.pk, presence="draining")


def leave(conversation):
    conversations.leave_as_customer(conversation_id=conversation.pk)


def dismiss(agent):
    get_user_model().objects.filter(pk=agent.user_id).update(is_active=False)


def with_screens(body, *agents):
    """Run ``body(*screens)``, with a screen open for each of these agents."""

    async def run():
        screens = []

        async def opened(rest):
            if not rest:
                return await body(*screens)
            async with listening.open_screen(rest[0].pk) as screen:
                screens.append(screen)
                assert await screen.news(SOON) == News(reload=True)
                return await opened(rest[1:])

        await opened(agents)
        # The loop ends: whoever listened for it is to be gone before the database is.
        for thread in threading.enumerate():
            if thread.name == "contactcenter-listener":
                await asyncio.to_thread(thread.join)

    asyncio.run(run())


def test_a_screen_that_does_not_keep_up_is_told_to_load_anew(monkeypatch):
    monkeypatch.setattr(listening, "UNTOLD_MAX", 2)

    async def body():
        screen = listening.Screen("agent")
        assert await screen.news(SOON) == News(reload=True)
        for n in range(3):
            screen.tell_number(f"conversation {n}", 1)
        assert await screen.news(SOON) == News(reload=True)

    asyncio.run(body())


@pytest.mark.django_db(transaction=True)
class TestScreens:
    @pytest.fixture(autouse=True)
    def _look_often(self, monkeypatch):
        monkeypatch.setattr(listening, "POLL_SECONDS", 0.02)
        monkeypatch.setattr(listening, "LISTEN_SECONDS", 0.05)

    def test_a_message_is_told_to_the_agent_of_the_chat(self, chat):
        async def body(screen):
            message = await listening.in_thread(say, chat, "Hello")
            assert await screen.news(SOON) == News({chat.conversation_id: message.number})

        with_screens(body, chat.agent)

    def test_nobody_else_is_told(self, center, chat):
        colleague = factories.make_agent(center.tenant, center.queue)
        stranger = factories.make_agent(factories.make_center().tenant)

        async def body(screen, *others):
            await listening.in_thread(say, chat, "Hello")
            hint = News({chat.conversation_id: 99})
            listening.tell_screens_of_this_process(hint)
            assert (await screen.news(SOON)).numbers.keys() == {chat.conversation_id}
            for other in others:
                assert await other.news(0.1) == News()

        with_screens(body, chat.agent, colleague, stranger)

    def test_a_change_of_the_desk_is_told(self, chat):
        async def body(screen):
            await listening.in_thread(drain, chat.agent)
            assert await screen.news(SOON) == News(agents={chat.agent.pk})

        with_screens(body, chat.agent)

    def test_an_offer_is_told_and_its_conversation_followed(self, center):
        agent = factories.make_agent(center.tenant, center.queue)

        async def body(screen):
            conversation = await listening.in_thread(factories.start_conversation, center.channel)
            await listening.in_thread(factories.offer_of, conversation)
            assert await screen.news(SOON) == News(agents={agent.pk})
            assert conversation.pk in screen.numbers
            await listening.in_thread(leave, conversation)
            assert await screen.news(SOON) == News(agents={agent.pk})
            assert screen.numbers == {}

        with_screens(body, agent)

    def test_a_hint_of_an_older_number_is_not_told(self, chat):
        async def body(screen):
            listening.tell_screens_of_this_process(News({chat.conversation_id: 1}))
            assert await screen.news(0.1) == News()

        with_screens(body, chat.agent)

    def test_what_was_missed_while_the_database_was_away_is_loaded_anew(self, chat):
        async def body(screen):
            listening.tell_screens_of_this_process(News(reload=True))
            assert await screen.news(SOON) == News(reload=True)

        with_screens(body, chat.agent)

    def test_whoever_may_not_work_any_more_is_told_nothing(self, chat):
        async def body(screen):
            await listening.in_thread(dismiss, chat.agent)
            await screen.news(SOON)
            assert screen.gone

        with_screens(body, chat.agent)

    def test_looking_goes_on_after_an_error(self, chat, monkeypatch, caplog):
        async def body(screen):
            real, failed = listening.snapshots, asyncio.Event()
            loop = asyncio.get_running_loop()

            def away(agent_ids):
                loop.call_soon_threadsafe(failed.set)
                raise DatabaseError("the server went away")

            monkeypatch.setattr(listening, "snapshots", away)
            await asyncio.wait_for(failed.wait(), SOON)
            monkeypatch.setattr(listening, "snapshots", real)
            message = await listening.in_thread(say, chat, "Hello")
            assert await screen.news(SOON) == News({chat.conversation_id: message.number})

        with_screens(body, chat.agent)
        assert "the server went away" in caplog.text

    def test_the_last_screen_leaves_nothing_behind(self, chat):
        async def body(screen):
            pass

        with_screens(body, chat.agent)
        assert not [thread for thread in threading.enumerate() if thread.name == "contactcenter-listener"]


@pytest.mark.django_db(transaction=True)
class TestHints:
    """From the writer's commit to the screen, by hints alone: nobody looks by themselves."""

    @pytest.fixture(autouse=True)
    def _hints_alone(self, monkeypatch, settings):
        settings.CONTACTCENTER_CHAT = {**settings.CONTACTCENTER_CHAT, "LIVE_HINTS": True}
        monkeypatch.setattr(listening, "POLL_SECONDS", 3600)
        monkeypatch.setattr(listening, "LISTEN_SECONDS", 0.05)
        monkeypatch.setattr(sending, "IDLE_SECONDS", 0)
        monkeypatch.setattr(sending, "_sender", sender := sending.HintThread())
        yield
        if sender._thread:
            sender._thread.join(SOON)

    def test_a_message_and_a_change_of_the_desk(self, chat):
        async def body(screen):
            message = await listening.in_thread(say, chat, "Hello")
            assert await screen.news(SOON) == News({chat.conversation_id: message.number})
            await listening.in_thread(drain, chat.agent)
            assert await screen.news(SOON) == News(agents={chat.agent.pk})

        with_screens(body, chat.agent)
