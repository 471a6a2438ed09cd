"""Lists of what bots and the assistant did: whose it was, the way there, and how one looks for it."""

import pytest
from bs4 import BeautifulSoup
from django.contrib.auth.models import Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext

from contactcenter_chat.models import AssistantRequest, BotSpell, Conversation, Customer, Interaction, ToolCall, clock
from contactcenter_chat.tools.registry import tool_named
from tests.factories import make_agent, make_user

from .conftest import address, chat, logged_in

pytestmark = pytest.mark.django_db
LISTS = ("botspell", "toolcall", "assistantrequest")


@pytest.fixture(autouse=True)
def model(settings):
    settings.CONTACTCENTER_CHAT = {**settings.CONTACTCENTER_CHAT, "ASSISTANT": {"base_url": "http://127.0.0.1:9/v1"}}


def made(center, agent=None, **data):
    """What a bot, a function and the assistant did in a conversation."""
    conversation = chat(center, agent=agent, **data)
    about = {"tenant": center.tenant, "conversation": conversation}
    interaction = Interaction.objects.get(conversation=conversation)
    BotSpell.objects.create(**about, bot="faq", epoch=1)
    ToolCall.objects.create(**about, key="k", tool="fees", state="done", agent=interaction.agent, identity="none")
    AssistantRequest.objects.create(
        **about,
        interaction=interaction,
        agent=interaction.agent,
        kind="draft",
        state="failed",
        failure="masked",
        answer_by=clock.now(),
    )
    return conversation


def page(client, name, **query):
    answer = client.get(address(f"{name}_changelist"), query)
    assert answer.status_code == 200
    return BeautifulSoup(answer.content, "html.parser")


def customers_in(client, name, **query):
    return sorted(each.get_text() for each in page(client, name, **query).select("#result_list .field-customer"))


@pytest.mark.parametrize("name", LISTS)
def test_the_customer_and_the_conversation_are_linked(staff, center, name):
    conversation = made(center, name="Grace Okafor")
    row = page(staff, name).select_one("#result_list tbody tr")
    assert row.select_one(".field-customer a").get_text() == "Grace Okafor"
    assert row.select_one(".field-customer a")["href"] == address("customer_change", conversation.customer_id)
    assert row.select_one(".field-said a")["href"] == address("conversation_change", conversation.pk)
    shown = BeautifulSoup(staff.get(row.select_one("th a")["href"]).content, "html.parser")
    assert shown.select_one(".field-customer a").get_text() == "Grace Okafor"


def reader_of(center, name):
    """Somebody who may see such a list, and neither conversations nor customers."""
    user = make_user("reader", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename=f"view_{name}"))
    center.tenant.administrators.add(user)
    return logged_in(user)


@pytest.mark.parametrize("name", LISTS)
def test_who_may_see_neither_sees_an_id(center, name):
    conversation = made(center, name="Grace Okafor")
    row = page(reader_of(center, name), name).select_one("#result_list tbody tr")
    assert row.select_one(".field-customer").get_text() == "–"
    assert row.select_one(".field-said").get_text() == conversation.pk
    assert row.select(".field-customer a, .field-said a") == []


@pytest.mark.parametrize("name", LISTS)
def test_the_list_needs_as_many_queries_for_many_rows(staff, center, name):
    agent = make_agent(center.tenant, center.queue)
    made(center, agent)
    page(staff, name)
    counts = set()
    for _ in range(2):
        with CaptureQueriesContext(connection) as captured:
            page(staff, name)
        counts.add(len(captured))
        made(center, make_agent(center.tenant, center.queue), name="Ada")
    assert len(counts) == 1


@pytest.mark.parametrize("name", LISTS)
def test_they_are_found_by_conversation_and_customer(staff, center, other, name):
    conversation = made(center, name="Grace Okafor", email="grace@example.org", customerId="c-1")
    made(center, name="Ada Lovelace")
    made(other, name="Grace Hopper", customerId="c-2")
    assert customers_in(staff, name) == ["Ada Lovelace", "Grace Okafor"]
    for text in (conversation.pk, conversation.customer_id, "c-1", "grace@example.org", "oka", "Grace"):
        assert customers_in(staff, name, q=text) == ["Grace Okafor"], text
    assert Conversation.objects.count() == Customer.objects.count() == 3
    for text in ("Hopper", "c-2", "nobody", "-"):
        assert customers_in(staff, name, q=text) == [], text


@pytest.mark.parametrize("name", LISTS)
def test_who_may_not_see_customers_learns_nothing_of_them_by_searching(staff, center, name):
    conversation = made(center, name="Grace Okafor", email="grace@example.org", customerId="c-1")
    made(center, name="Ada Lovelace")
    reader = reader_of(center, name)
    for text in ("c-1", "grace@example.org", "Grace", "oka", conversation.customer_id):
        assert customers_in(reader, name, q=text) == [], text
    assert customers_in(reader, name, q=conversation.pk) == ["–"]
    assert customers_in(reader, name) == ["–", "–"]
    box = "#changelist-search .help"
    assert page(reader, name).select_one(box).get_text(strip=True) == "The id of a conversation."
    assert "customer" in page(staff, name).select_one(box).get_text()


def test_filters(staff, center):
    conversation = made(center, name="Grace Okafor")
    agent = Interaction.objects.get(conversation=conversation).agent
    later = made(center, name="Ada Lovelace")
    AssistantRequest.objects.filter(conversation=later).update(failure="limit", agent=None)
    ToolCall.objects.filter(conversation=later).update(agent=None, bot="faq")
    for name in ("toolcall", "assistantrequest"):
        assert customers_in(staff, name, agent=agent.pk) == ["Grace Okafor"]
    assert customers_in(staff, "assistantrequest", failure="masked") == ["Grace Okafor"]
    assert customers_in(staff, "toolcall", bot="faq") == ["Ada Lovelace"]


def test_bots_and_tools_are_called_as_people_do(staff, center):
    conversation = made(center)
    BotSpell.objects.update(bot="fees_helper", code="system:unhandled")
    ToolCall.objects.filter(conversation=conversation).update(tool="book_room", bot="faq")
    assert page(staff, "botspell").select_one("#result_list .field-bot_shown").get_text() == "Fees helper"
    row = page(staff, "toolcall").select_one("#result_list tbody tr")
    assert row.select_one(".field-bot_shown").get_text() == "FAQ"
    assert row.select_one(".field-tool_shown").get_text() == tool_named("book_room").title
    assert "FAQ" in [each.get_text() for each in page(staff, "botspell").select("select[name=bot] option")]
