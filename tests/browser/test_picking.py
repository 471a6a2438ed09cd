"""Chats that agents pick from a list, and chats that they are given without being asked."""

import pytest
from playwright.sync_api import expect

from contactcenter_chat.models import Agent, Interaction, Offer
from tests import factories

from .talk import Talk, composer
from .test_attention import NOTING
from .test_desk import wait_for

pytestmark = [pytest.mark.browser, pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]


def test_a_chat_is_picked_from_the_list(center, maria, at_desk, tmp_path):
    factories.plan(center.queue, distribution="pick")
    Talk(center, name="Grace Okafor", history=["Which fee?"])
    page = at_desk(maria)
    picks = page.locator("#to-pick .pick")
    expect(picks).to_have_count(1)
    Talk(center, name="Ada Byron")  # comes while the desk is open
    expect(picks).to_have_count(2)
    page.screenshot(path=tmp_path / "picks.png")
    page.get_by_role("button", name="Take the chat of Ada Byron").click()
    expect(composer(page)).to_be_visible()
    expect(page.locator(".chat.current h1")).to_have_text("Ada Byron")
    expect(picks).to_have_count(1)
    assert Offer.objects.values_list("reason", "skipped").get() == ("picked", 1)


def test_the_next_one_is_picked_by_a_key(center, maria, at_desk):
    factories.plan(center.queue, distribution="pick")
    Talk(center, name="Grace Okafor")
    page = at_desk(maria)
    expect(page.locator("#to-pick .pick")).to_have_count(1)
    page.keyboard.press("Alt+n")
    expect(page.locator(".chat.current h1")).to_have_text("Grace Okafor")


def test_who_was_faster_is_said(center, maria, tom, at_desk):
    factories.plan(center.queue, distribution="pick")
    talk = Talk(center, name="Grace Okafor")
    page, other = at_desk(maria), at_desk(tom)
    expect(other.locator("#to-pick .pick")).to_have_count(1)
    page.get_by_role("button", name="Take the chat of Grace Okafor").click()
    expect(composer(page)).to_be_visible()
    expect(other.locator("#to-pick .pick")).to_have_count(0)
    assert talk.interaction.agent == maria


def test_a_chat_that_is_given_opens_with_a_sound(center, maria, at_desk, ring, tmp_path):
    factories.plan(center.queue, distribution="auto")
    page = at_desk(maria)
    page.add_init_script(NOTING)
    page.reload()
    page.mouse.click(700, 500)
    wait_for(page, lambda: Agent.objects.get().input_at is not None)
    Talk(center, name="Grace Okafor")
    ring()
    expect(page.locator(".chat.current h1")).to_have_text("Grace Okafor")
    expect(page.locator("#announce")).to_have_text("A chat was given to you: Grace Okafor")
    assert page.evaluate("window.heard") == ["ring"]
    page.screenshot(path=tmp_path / "given.png")
    assert Interaction.objects.get().state == "handling"
