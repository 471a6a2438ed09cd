"""Is a click ever lost, because the page is not ready yet or because the list is drawn anew under the pointer?"""

import pytest
from playwright.sync_api import expect

from contactcenter_chat.models import Agent

pytestmark = [pytest.mark.browser, pytest.mark.postgresql]


def test_a_click_while_the_list_is_drawn_anew_counts(maria, open_page):
    page = open_page(agent=maria)
    button = page.get_by_role("button", name="Go available")
    expect(page.locator("#connection")).to_have_attribute("data-state", "open")
    box = button.bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    with page.expect_response("**/desk/rail/"):
        page.evaluate("htmx.trigger(document.getElementById('rail'), 'refresh')")
    # Two frames later whatever the answer changes has been changed.
    page.evaluate("() => new Promise((go) => requestAnimationFrame(() => requestAnimationFrame(go)))")
    page.mouse.up()
    expect(page.locator(".presence")).to_contain_text("Available")
    assert Agent.objects.get().presence == "available"


def test_a_click_before_the_scripts_are_there_does_not_leave_the_page(maria, open_page):
    held = []
    page = open_page(agent=maria)
    page.route("**/desk/desk.js", lambda route: held.append(route))
    page.reload(wait_until="commit")
    button = page.locator("#go-available")
    box = button.bounding_box()
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    held[0].continue_()
    button.click()
    expect(page.locator(".presence")).to_contain_text("Available")
    assert page.url.endswith("/desk/")


def test_a_form_that_was_drawn_this_moment_is_sent_without_leaving_the_page(maria, open_page):
    page = open_page(agent=maria)
    expect(page.locator("#connection")).to_have_attribute("data-state", "open")
    page.evaluate("""() => {
        const drawn = document.querySelector("#rail form").cloneNode(true);
        document.getElementById("chats").append(drawn);
        drawn.querySelector("button").click();
    }""")
    expect(page.locator(".presence")).to_contain_text("Available")
    assert page.url.endswith("/desk/")
