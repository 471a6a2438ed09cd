"""A chat from its start to its end, and every page that shows people, whatever the users of the project are."""

import itertools

import pytest
from django.contrib import admin
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.urls import reverse

from contactcenter_chat import events
from contactcenter_chat.actions.center import transfers
from contactcenter_chat.actions.messages import add_message
from contactcenter_chat.admin.queues import AgentAdmin
from contactcenter_chat.models import Agent, Interaction, LogEntry
from contactcenter_chat.queries import desk as desk_queries
from contactcenter_chat.simulation.agents import Crew
from tests import factories
from tests.admin.conftest import address, logged_in, one_of_each
from tests.desk.conftest import Desk

USERS = get_user_model()
NAMED = hasattr(USERS, "first_name")
NUMBERS = itertools.count(1)

pytestmark = pytest.mark.django_db


def make_user(first_name="Ada", last_name="Lovelace", **fields):
    """A user as this project makes them; Django's fields that it has not are left out."""
    has = {field.name for field in USERS._meta.get_fields()}
    given = {
        USERS.USERNAME_FIELD: f"user{next(NUMBERS)}@example.org",
        "first_name": first_name,
        "last_name": last_name,
    }
    user = USERS(**{name: value for name, value in {**given, **fields}.items() if name in has})
    user.set_unusable_password()
    user.save()
    return user


@pytest.fixture(autouse=True)
def users_of_the_project(monkeypatch):
    monkeypatch.setattr(factories, "make_user", lambda username=None, **fields: make_user(**fields))


@pytest.fixture
def center():
    return factories.make_center("college")


@pytest.fixture
def root(center):
    user = make_user(is_staff=True, is_superuser=True)
    center.tenant.administrators.add(user)
    return logged_in(user)


@pytest.fixture
def agent(center):
    return factories.make_agent(center.tenant, center.queue, first_name="Maria", last_name="Torres")


def shown(agent):
    return "Maria Torres" if NAMED else agent.user.get_username()


def test_an_agent_has_a_name(agent):
    assert str(agent) == shown(agent)


def test_a_chat_at_the_desk(center, agent):
    desk = Desk(agent)
    conversation = factories.start_conversation(center.channel, history=["Hello"])
    assert desk.post("accept", factories.offer_of(conversation).pk).status_code == 204
    assert desk.post("say", conversation.pk, text="Good morning", after=0).status_code == 200
    interaction = Interaction.objects.get(conversation=conversation)
    for name, pk in [("chat", conversation.pk), ("side", conversation.pk), ("transfer", interaction.pk)]:
        assert desk.get(name, pk).status_code == 200
    assert desk.get("home").status_code == desk.get("rail").status_code == 200
    joined = LogEntry.objects.get(conversation=conversation, kind=events.AgentJoined.name).data
    assert (joined["first_name"], joined["last_name"]) == (("Maria", "Torres") if NAMED else ("", ""))
    assert shown(agent) in desk.get("chat", conversation.pk).content.decode() or not NAMED


def test_a_log_in_name_is_told_to_nobody_outside(center):
    agent = factories.make_agent(center.tenant, center.queue, first_name="", last_name="")
    conversation = factories.start_conversation(center.channel)
    factories.accepted(conversation)
    add_message(conversation_id=conversation.pk, author_type=events.AGENT, text="Hello", agent=agent)
    told = [str(entry.data) for entry in LogEntry.objects.filter(conversation=conversation)]
    assert [each for each in told if "@" in each] == []


def test_colleagues_are_offered_for_a_transfer(center, agent):
    colleague = factories.make_agent(center.tenant, center.queue, first_name="Tom", last_name="Whitfield")
    assert list(desk_queries.transfer_agents(agent, share=3)) == [colleague]
    interaction = factories.accepted(factories.start_conversation(center.channel))
    other = colleague if interaction.agent == agent else agent
    transfers.transfer_to_agent(interaction_id=interaction.pk, agent=interaction.agent, to_agent=other)
    assert set(desk_queries.snapshots([agent.pk, colleague.pk])) == {agent.pk, colleague.pk}


def test_every_list_and_page_of_the_admin(center, root):
    for model, row in one_of_each(center).items():
        name = model._meta.model_name
        assert root.get(address(f"{name}_changelist")).status_code == 200, name
        assert root.get(address(f"{name}_change", row.pk)).status_code == 200, name
        if admin.site.get_model_admin(model).has_add_permission(request_of(root)):
            assert root.get(address(f"{name}_add")).status_code == 200, name


def request_of(client):
    request = client.get("/admin/").wsgi_request
    assert request.user.is_authenticated
    return request


def test_agents_are_searched_and_completed(center, root, agent):
    factories.make_agent(center.tenant, center.queue, first_name="Tom", last_name="Whitfield")
    word = "torres" if NAMED else agent.user.get_username().partition("@")[0]
    asked = {"app_label": "contactcenter_chat", "model_name": "queuemember", "field_name": "agent", "term": word}
    found = root.get(reverse("admin:autocomplete"), asked).json()["results"]
    assert found == [{"id": agent.pk, "text": shown(agent)}]
    by_log_in = root.get(address("agent_changelist"), {"q": agent.user.get_username()})
    assert [row.pk for row in by_log_in.context["cl"].result_list] == [agent.pk]
    assert AgentAdmin.search_fields


def test_a_user_becomes_an_agent_by_the_admin(center, root):
    user = make_user(first_name="Zoe", last_name="Adler")
    form = {"tenant": center.tenant.pk, "username": user.get_username(), "capacity": 2}
    assert root.post(address("agent_add"), form).status_code == 302
    assert Agent.objects.get(user=user).capacity == 2


def test_simulated_agents_are_made_once(center):
    options = {"tenant": center.tenant.label, "agents": 2, "seconds": 0.01}
    call_command("simulate_agents", **options)
    call_command("simulate_agents", **options)
    crew = Crew(tenant=center.tenant, queue=center.queue, size=2, capacity=3)
    assert len(crew.agents) == Agent.objects.count() == 2
    assert not any(agent.user.has_usable_password() for agent in crew.agents.values())
