"""Chromium, a server, and agents at their desks. A page that reports an error fails its test."""

import os
import shutil

import pytest
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.test import Client
from playwright.sync_api import expect, sync_playwright

from contactcenter_chat.actions.center import presence, routing
from tests import factories

from .server import Server
from .talk import Talk, composer

CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PASSWORD = "a long way to the sea"
expect.set_options(timeout=20_000)

# Playwright's own event loop runs in the tests' thread, which is none of Django's business.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"


@pytest.fixture(scope="session")
def chromium():
    with sync_playwright() as playwright:
        path = shutil.which("chromium")
        assert path, "The browser tests need Debian's package chromium."
        browser = playwright.chromium.launch(executable_path=path, args=CHROMIUM_FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def server(django_db_setup, django_db_blocker, tmp_path_factory):
    with django_db_blocker.unblock():
        server = Server(tmp_path_factory.mktemp("server"))
        server.start()
    yield server
    server.stop()


@pytest.fixture
def settled(server, transactional_db):
    """The tables are emptied only when the server has ended what the closed pages had asked."""
    yield
    server.settle()


@pytest.fixture
def center(settled):
    return factories.make_center(wrap_up_mode="required_timed", wrap_up_seconds=600, ring_seconds=300)


@pytest.fixture
def make_agent(center):
    """Make an agent of the centre, who is offline, and whose user name is the first name."""
    # Hashed as the server does, which does not know the tests' fast way.
    password = PBKDF2PasswordHasher().encode(PASSWORD, "salt", iterations=1000)

    def make(first_name, last_name):
        names = {"username": first_name.lower(), "first_name": first_name, "last_name": last_name}
        agent = factories.make_agent(center.tenant, center.queue, presence="offline", **names)
        type(agent.user).objects.filter(pk=agent.user_id).update(password=password)
        agent.user.refresh_from_db()
        return agent

    return make


@pytest.fixture
def maria(make_agent):
    return make_agent("Maria", "Torres")


@pytest.fixture
def tom(make_agent):
    return make_agent("Tom", "Whitfield")


def is_complaint(said):
    """A request that a reload or a newer one broke off is none, of which htmx tells in these two lines."""
    return said.type == "error" and not said.text.startswith(("htmx:afterRequest,", "htmx:sendAbort,"))


@pytest.fixture
def open_page(chromium, server, settled):
    """Open a page in a browser of its own, for somebody who is logged in if an agent is given."""
    contexts, complaints = [], []

    def open_page(path="/desk/", agent=None, **options):
        context = chromium.new_context(**{"viewport": {"width": 1360, "height": 800}, "locale": "en-GB", **options})
        contexts.append(context)
        if agent:
            client = Client()
            client.force_login(agent.user)
            cookies = [{"name": name, "value": each.value, "url": server.url} for name, each in client.cookies.items()]
            context.add_cookies(cookies)
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(f"exception: {error}"))
        page.on("console", lambda said: complaints.append(said.text) if is_complaint(said) else None)
        page.complaints = complaints
        page.goto(server.url + path)
        return page

    yield open_page
    said = list(complaints)  # not what closing breaks off
    for context in contexts:
        context.close()
    assert said == []


@pytest.fixture
def at_desk(open_page):
    """An agent who is available, at an open desk that listens."""

    def at_desk(agent, **options):
        presence.set_presence(agent_id=agent.pk, presence="available")
        page = open_page(agent=agent, **options)
        expect(page.locator("#connection")).to_have_attribute("data-state", "open")
        return page

    return at_desk


@pytest.fixture
def ring(center):
    """Make the offers that can be made now: what a worker does in a real centre."""
    return lambda: routing.route_queue(center.queue.pk)


@pytest.fixture
def same_storage(settings, server):
    """The tests' process and the server keep files in the same place."""
    place = {"location": str(server.folder / "media")}
    storage = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": place}
    settings.STORAGES = {**settings.STORAGES, "default": storage}


@pytest.fixture
def history():
    """What the bot has said in ``talk``."""
    return ["How can I help?"]


@pytest.fixture
def talk(center, history, same_storage):
    return Talk(center, history=history)


@pytest.fixture
def open_chat(at_desk, maria, talk, ring):
    """Open a desk at which ``talk`` has been accepted."""

    def open_chat(**options):
        page = at_desk(maria, **options)
        ring()
        page.get_by_role("button", name="Accept").click()
        expect(composer(page)).to_be_visible()
        return page

    return open_chat
