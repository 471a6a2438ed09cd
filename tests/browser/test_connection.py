"""What the desk says when it and the server do not hear each other."""

import re

import pytest
from playwright.sync_api import expect

from contactcenter_chat.actions.center import presence
from contactcenter_chat.models import Agent

from .line import Line
from .talk import Talk
from .test_desk import forgive, messages_of

pytestmark = [pytest.mark.browser, pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]

NOT_KNOWN = "Not known now"


@pytest.fixture
def line(server):
    line = Line(server.port)
    yield line
    line.close()


def banner(page):
    return page.get_by_role("alert").filter(has_text="No connection to the server")


def is_live(page):
    expect(page.locator("#connection")).to_have_attribute("data-state", "open")
    expect(banner(page)).to_be_hidden()
    expect(page.locator("#presence-button")).to_contain_text("Available")
    expect(page.locator("#presence-button")).not_to_contain_text(NOT_KNOWN, use_inner_text=True)


def is_lost(page):
    expect(page.locator("#connection")).to_have_attribute("data-state", "lost")
    expect(banner(page)).to_be_visible()
    expect(page.locator("#presence-button")).to_contain_text(NOT_KNOWN, use_inner_text=True)
    expect(page.locator("#presence-button")).not_to_contain_text("Available", use_inner_text=True)
    assert len(re.findall("connect", page.inner_text("body"), re.IGNORECASE)) == 1  # said, and once is enough


def test_a_line_that_falls_silent_is_noticed_and_opened_anew(center, ring, maria, line, open_page):
    presence.set_presence(agent_id=maria.pk, presence="available")
    talk = Talk(center)
    page = open_page("/accounts/login/", agent=maria)
    page.clock.install()
    page.goto(f"{line.url}/desk/")
    is_live(page)
    ring()
    page.get_by_role("button", name="Accept").click()
    expect(messages_of(page)).to_have_count(1)
    line.fall_silent()
    page.clock.fast_forward(40_000)
    is_lost(page)
    talk.says("Are you there?")
    line.recover()
    page.clock.fast_forward(15_000)
    is_live(page)
    expect(messages_of(page)).to_have_text(["How can I help?", "Are you there?"])
    forgive(page, "net::ERR_", "htmx:")


def test_a_browser_without_a_network_says_so_at_once(maria, at_desk):
    page = at_desk(maria)
    is_live(page)
    page.context.set_offline(True)
    is_lost(page)
    page.context.set_offline(False)
    is_live(page)
    forgive(page, "net::ERR_", "htmx:")


def test_a_desk_whose_heartbeats_are_not_heard_is_not_there(maria, open_page):
    presence.set_presence(agent_id=maria.pk, presence="available")
    page = open_page("/accounts/login/", agent=maria)
    page.clock.install()
    page.route("**/desk/heartbeat/", lambda route: route.fulfill(status=502))
    page.goto(page.url.replace("/accounts/login/", "/desk/"))
    is_live(page)
    page.clock.fast_forward(50_000)
    is_lost(page)
    page.unroute("**/desk/heartbeat/")
    page.clock.fast_forward(20_000)
    is_live(page)
    assert Agent.objects.get(pk=maria.pk).presence == "available"
    forgive(page, "502")
