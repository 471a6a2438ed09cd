"""Contact centres, and people who look at them in the admin."""

import itertools
from types import SimpleNamespace

import pytest
from bs4 import BeautifulSoup
from django.contrib.admin.utils import quote
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse
from django.utils.html import conditional_escape

from contactcenter_chat.actions import messages
from contactcenter_chat.actions.center import interactions, wrapup
from contactcenter_chat.actions.center.departments import save_department
from contactcenter_chat.actions.center.opening import save_hours
from contactcenter_chat.actions.center.skills import create_skill, set_levels
from contactcenter_chat.events import AGENT, CUSTOMER
from contactcenter_chat.models import (
    AssistantRequest,
    BotPause,
    BotSpell,
    Delivery,
    Department,
    Failure,
    InboundCallback,
    Interaction,
    OpeningHours,
    PreparedResponse,
    Question,
    Receiver,
    SigningKey,
    ToolCall,
)
from tests.factories import accepted, make_agent, make_article, make_center, make_codes, make_user, start_conversation


@pytest.fixture(autouse=True)
def awkward_ids(monkeypatch):
    """Every id has what an address of the admin must quote: an underscore and the number of a special character."""
    numbers = itertools.count()
    encoding = SimpleNamespace(urlsafe_b64encode=lambda raw: b"_5F_2F-%015d" % next(numbers))
    monkeypatch.setattr("contactcenter_chat.models.base.base64", encoding)


def address(name, *args):
    """The address of an admin's page; ids as the admin quotes them."""
    return reverse(f"admin:contactcenter_chat_{name}", args=[quote(arg) for arg in args])


@pytest.fixture
def center(db):
    return make_center("college")


@pytest.fixture
def other(db):
    return make_center("elsewhere")


def logged_in(user):
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def root(db):
    """The client of a superuser."""
    return logged_in(make_user("root", is_staff=True, is_superuser=True))


@pytest.fixture
def staff(center):
    """The client of somebody who may do everything, in the one contact centre they administer."""
    user = make_user("staff", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(content_type__app_label="contactcenter_chat"))
    center.tenant.administrators.add(user)
    return logged_in(user)


def told(response):
    """The texts of the messages that a page shows."""
    shown = (conditional_escape(message.message) for message in response.context["messages"])
    return [BeautifulSoup(each, "html.parser").get_text() for each in shown]


def chat(center, *, codes=(), agent=None, said="Where is my invoice?", answered="It is on its way.", **data):
    """A conversation that an agent has handled, ended and wrapped up."""
    agent = agent or make_agent(center.tenant, center.queue, first_name="Ada", last_name="Lovelace")
    conversation = start_conversation(center.channel, history=["Hello, I am a bot."], **data)
    interaction = accepted(conversation)
    messages.add_message(conversation_id=conversation.pk, author_type=CUSTOMER, text=said)
    messages.add_message(conversation_id=conversation.pk, author_type=AGENT, text=answered, agent=interaction.agent)
    interactions.end_interaction(interaction_id=interaction.pk, agent=interaction.agent)
    code_ids = [code.pk for code in codes]
    wrapup.finish(interaction_id=interaction.pk, agent=interaction.agent, code_ids=code_ids)
    conversation.refresh_from_db()
    return conversation


def one_of_each(center):
    """A row of each model that has pages, in this contact centre, by model."""
    (code,) = make_codes(center.tenant, "Fees")
    conversation = chat(center, codes=[code], customerId=f"customer of {center.tenant.label}")
    interaction = Interaction.objects.get(conversation=conversation)
    response = PreparedResponse.objects.create(tenant=center.tenant, title="Hello", text="Good morning!")
    article = make_article(center.tenant, f"Where is the {center.tenant.label}?", queues=[center.queue])
    skill = create_skill(tenant=center.tenant, name=f"fees of {center.tenant.label}")
    set_levels(agent=interaction.agent, skills={skill: 4}, languages={"es": 3}, reason="Course")
    hours = OpeningHours(
        tenant=center.tenant, name=f"office of {center.tenant.label}", weekly={"0": [["09:00", "17:00"]]}
    )
    save_hours(hours)
    department = Department(tenant=center.tenant, name=f"finance of {center.tenant.label}")
    save_department(department, queues=[center.queue], entry=center.queue, supervisors=[interaction.agent])
    rows = [
        center.tenant,
        center.api_key,
        SigningKey.objects.get(tenant=center.tenant),
        center.webhook,
        Receiver.objects.create(
            tenant=center.tenant, kind="remote_center", provider=f"vendor of {center.tenant.label}"
        ),
        center.channel,
        center.queue,
        department,
        hours,
        interaction.agent,
        skill,
        response,
        article,
        code.list,
        code,
        conversation,
        conversation.customer,
        BotPause.objects.create(tenant=center.tenant, bot="faq", failures=2),
        BotSpell.objects.create(tenant=center.tenant, conversation=conversation, bot="faq", epoch=1),
        ToolCall.objects.create(tenant=center.tenant, conversation=conversation, key="k", tool="fees", state="done"),
        AssistantRequest.objects.create(
            tenant=center.tenant,
            conversation=conversation,
            interaction=interaction,
            agent=interaction.agent,
            kind="draft",
            state="ready",
            text="Hello",
            sources=[{"title": "Hello"}],
            model="small",
            answer_by=interaction.entered_at,
            done_at=interaction.entered_at,
        ),
        interaction,
        Delivery.objects.filter(conversation=conversation).first(),
        InboundCallback.objects.create(
            tenant=center.tenant,
            provider="vendor",
            event_id=f"event of {center.tenant.label}",
            event_type="TEXT",
            conversation=conversation,
            body=b'{"eventType":"TEXT"}',
        ),
        Question.objects.create(
            tenant=center.tenant,
            conversation=conversation,
            interaction=interaction,
            is_opening=True,
            is_unanswered=True,
            found=[],
        ),
        Failure.objects.create(
            tenant=center.tenant, step="customers_warned", row=interaction.pk, again_at=interaction.entered_at
        ),
    ]
    return {type(row): row for row in rows}
