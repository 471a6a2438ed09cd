import pytest
from bs4 import BeautifulSoup
from django.test import Client
from django.urls import reverse

from contactcenter_chat.actions import messages
from tests import factories


class Desk:
    """An agent in front of a browser."""

    def __init__(self, agent):
        self.agent = agent
        self.client = Client()
        self.client.force_login(agent.user)

    def get(self, name, /, *arguments, **query):
        return self.client.get(reverse(f"contactcenter_chat:desk:{name}", args=arguments), query)

    def post(self, name, /, *arguments, **form):
        return self.client.post(reverse(f"contactcenter_chat:desk:{name}", args=arguments), form)

    def page(self, name, *arguments, **query):
        """The answer to a successful GET, parsed."""
        return parse(self.get(name, *arguments, **query))


def parse(response):
    assert response.status_code == 200, response.content
    return BeautifulSoup(response.content, "html.parser")


def told(element):
    """An element's text, with all white space as single spaces."""
    return " ".join(element.get_text(" ").split())


@pytest.fixture
def center(db):
    return factories.make_center(wrap_up_mode="required_timed")


@pytest.fixture
def agent(center):
    return factories.make_agent(center.tenant, center.queue, first_name="Maria", last_name="Torres")


@pytest.fixture
def desk(agent):
    return Desk(agent)


@pytest.fixture
def colleague(center):
    """Another agent of the same queue, who is not there."""
    agent = factories.make_agent(
        center.tenant, center.queue, presence="offline", first_name="Tom", last_name="Whitfield"
    )
    return Desk(agent)


@pytest.fixture
def stranger():
    """An agent of another contact centre."""
    other = factories.make_center()
    return Desk(factories.make_agent(other.tenant, other.queue))


@pytest.fixture
def chat(center, agent):
    """An interaction that the agent is in: a bot's talk, and a customer."""
    conversation = factories.start_conversation(
        center.channel, history=["How can I help?"], name="Grace Okafor", email="grace@example.org", page="/courses/"
    )
    return factories.accepted(conversation)


def customer_says(chat, text):
    return messages.add_message(conversation_id=chat.conversation_id, author_type="user", text=text)
