"""Is an agent let go by a page that everybody can use, and does the open desk say so by itself?"""

from types import SimpleNamespace

import pytest
from playwright.sync_api import expect

from contactcenter_chat.actions.center import releasing
from tests.factories import make_center, make_queue, make_user

from .accessibility import faults_of

pytestmark = [pytest.mark.browser, pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]
AGENTS = "/admin/contactcenter_chat/agent/"
PHONE = {"width": 390, "height": 844}


def test_an_open_desk_says_at_once_that_it_is_for_agents(at_desk, maria):
    page = at_desk(maria)
    releasing.release_agent(agent_id=maria.pk)
    expect(page.get_by_role("heading", name="This desk is for agents")).to_be_visible()
    page.complaints[:] = [said for said in page.complaints if "401" not in said and "403" not in said]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("viewport", [None, PHONE], ids=["desktop", "phone"])
def test_agents_are_moved_and_released_after_pages_that_everybody_can_use(open_page, maria, center, scheme, viewport):
    make_queue(center.tenant, "Fees")
    make_center("elsewhere")  # so that there is a tenant to choose
    root = SimpleNamespace(user=make_user("root", is_staff=True, is_superuser=True))
    options = {"color_scheme": scheme} | ({"viewport": viewport} if viewport else {})
    page = open_page(AGENTS, root, **options)
    for action, button in (("move", "Move them"), ("release", "Yes, release them")):
        page.locator("input.action-select").first.check()
        page.locator("select[name=action]").select_option(action)
        page.locator("button[name=index]").first.click()
        expect(page.get_by_role("button", name=button)).to_be_visible()
        assert faults_of(page) == []
        if action == "move":
            page.get_by_label("Fees").check()
        page.get_by_role("link", name="No, take me back").click()
