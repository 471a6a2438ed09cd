"""A chat in which nobody is there is ended by one key."""

import pytest
from playwright.sync_api import expect

from contactcenter_chat.models import Interaction
from tests import factories

from .talk import Talk, composer

pytestmark = [pytest.mark.browser, pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]

SIZES = {"desktop": {"width": 1280, "height": 800}, "phone": {"width": 390, "height": 844}}


def accepted(center, **about):
    """A chat that the agent has; the customer has said nothing since."""
    talk = Talk(center, **about)
    factories.accepted(talk.conversation)
    return talk


@pytest.mark.parametrize("size", SIZES)
def test_one_key_ends_it(center, maria, at_desk, tmp_path, size):
    factories.make_codes(center.tenant, "Fees", required=True)
    page = at_desk(maria, viewport=SIZES[size])
    accepted(center, name="Grace Okafor-Featherstonehaugh")
    page.locator(".item").click()
    nobody = page.locator(".chat.current").get_by_role("button", name="Nobody there")
    expect(nobody).to_be_visible()
    page.screenshot(path=tmp_path / f"nobody-{size}.png")
    assert page.evaluate("document.documentElement.scrollWidth") <= SIZES[size]["width"]
    page.locator(".chat.current h1").click()  # no field has the key
    page.keyboard.press("Alt+0")
    expect(composer(page)).to_have_count(0)
    assert Interaction.objects.values_list("state", "outcome").get() == ("finished", "timed_out")


def test_when_the_customer_writes_there_is_somebody(center, maria, at_desk):
    page = at_desk(maria)
    talk = accepted(center, name="Grace Okafor")
    page.locator(".item").click()
    nobody = page.get_by_role("button", name="Nobody there")
    expect(nobody).to_be_visible()
    talk.says("I am here.")
    expect(nobody).to_have_count(0)
    page.keyboard.press("Alt+0")
    expect(composer(page)).to_be_visible()
