"""The hints as server-sent events, on ASGI; on WSGI there are none."""

import asyncio
import threading

import pytest
from django.conf import settings as django_settings
from django.contrib.auth import get_user_model
from django.contrib.sessions.models import Session
from django.test import AsyncClient
from django.urls import reverse

from contactcenter_chat.actions.center import presence
from contactcenter_chat.desk import stream
from contactcenter_chat.live import listening
from contactcenter_chat.live.news import News
from tests import factories

from .conftest import Desk, customer_says

SOON = 20  # seconds that are never waited for in full


@pytest.fixture(autouse=True)
def _quick(monkeypatch):
    monkeypatch.setattr(listening, "POLL_SECONDS", 0.02)
    monkeypatch.setattr(listening, "LISTEN_SECONDS", 0.05)


def follow(desk, *steps):
    """Open the agent's stream; after each step read one event. Returns the events, the first before any step."""

    async def read(stream):
        async with asyncio.timeout(SOON):
            return (await anext(stream)).decode().strip()

    async def run():
        client = AsyncClient()
        client.cookies = desk.client.cookies
        response = await client.get(reverse("contactcenter_chat:desk:events"))
        assert (response.status_code, response["Content-Type"]) == (200, "text/event-stream")
        content = aiter(response)
        assert await read(content) == "retry: 1000"
        events = [await read(content)]
        for step in steps:
            await listening.in_thread(step)
            events.append(await read(content))
        if await hang_up(content):
            events.append("end")
        for thread in threading.enumerate():
            if thread.name == "contactcenter-listener":
                await asyncio.to_thread(thread.join, SOON)
        return events

    async def hang_up(content):
        """Leave as a browser does, while the server waits for news; returns whether the stream had ended already."""
        while True:
            waiting = asyncio.ensure_future(anext(content))
            await asyncio.sleep(0)
            waiting.cancel()
            await asyncio.wait([waiting])
            if waiting.cancelled() or isinstance(waiting.exception(), StopAsyncIteration):
                return not waiting.cancelled()

    return asyncio.run(run())


@pytest.mark.django_db(transaction=True)
class TestAsgi:
    def test_a_screen_loads_first_and_is_told_of_messages_then(self, chat, desk):
        told = []
        events = follow(desk, lambda: told.append(customer_says(chat, "Hello").number))
        assert events == ["event: reload\ndata: -", f"event: chat\ndata: {chat.conversation_id} {told[0]}"]

    def test_who_types_is_told(self, chat, desk):
        news = News(signs={chat.conversation_id: "typing user 8"})
        events = follow(desk, lambda: listening.tell_screens_of_this_process(news))
        assert events[1] == f"event: sign\ndata: {chat.conversation_id} typing user 8"

    def test_who_types_elsewhere_is_not(self, chat, stranger, monkeypatch):
        monkeypatch.setattr(stream, "BEAT_SECONDS", 0.3)
        news = News(signs={chat.conversation_id: "typing user 8"})
        assert follow(stranger, lambda: listening.tell_screens_of_this_process(news))[1] == "event: beat\ndata: -"

    def test_a_change_of_the_desk_is_told(self, agent, desk):
        events = follow(desk, lambda: presence.set_presence(agent_id=agent.pk, presence="draining"))
        assert events == ["event: reload\ndata: -", "event: desk\ndata: -"]

    def test_a_beat_when_nothing_happens(self, agent, desk, monkeypatch):
        monkeypatch.setattr(stream, "BEAT_SECONDS", 0.05)
        assert follow(desk, lambda: None)[1] == "event: beat\ndata: -"

    def test_another_centres_messages_are_not_told(self, chat, stranger, monkeypatch):
        monkeypatch.setattr(stream, "BEAT_SECONDS", 0.3)
        assert follow(stranger, lambda: customer_says(chat, "Hello"))[1] == "event: beat\ndata: -"

    def test_it_ends_with_the_session(self, agent, desk, monkeypatch):
        monkeypatch.setattr(stream, "BEAT_SECONDS", 0.05)
        monkeypatch.setattr(stream, "CHECK_SECONDS", 0)
        assert follow(desk, lambda: Session.objects.all().delete()) == [
            "event: reload\ndata: -",
            "event: gone\ndata: -",
            "end",
        ]

    def test_it_ends_with_the_agents_work(self, agent, desk):
        users = get_user_model().objects.filter(pk=agent.user_id)
        assert follow(desk, lambda: users.update(is_active=False))[1:] == ["event: gone\ndata: -", "end"]

    def test_nobody_else_has_a_stream(self):
        async def status(cookies):
            client = AsyncClient()
            client.cookies = cookies
            return (await client.get(reverse("contactcenter_chat:desk:events"))).status_code

        visitor = Desk(type("Visitor", (), {"user": factories.make_user()}))
        assert asyncio.run(status(visitor.client.cookies)) == 401
        del visitor.client.cookies[django_settings.SESSION_COOKIE_NAME]
        assert asyncio.run(status(visitor.client.cookies)) == 401


def test_wsgi_has_none_and_browsers_do_not_ask_again(desk):
    assert desk.get("events").status_code == 204
