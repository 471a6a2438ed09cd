"""A contact centre in which a customer asks, and a bot has the conversation."""

import pytest

from contactcenter_chat.actions import conversations, messages
from contactcenter_chat.events import CUSTOMER
from tests.factories import make_article, make_center

ASKED = "Can I pay my tuition in parts? Write to grace@example.org, my card is 4111 1111 1111 1111."
MASKED = "Can I pay my tuition in parts? Write to [email 1], my card is [card 1]."


@pytest.fixture
def center():
    return make_center("college")


@pytest.fixture
def conversation(center, settings):
    settings.CONTACTCENTER_CHAT = {**settings.CONTACTCENTER_CHAT, "BOTS": ("guide",)}
    started = conversations.start_conversation(channel=center.channel, data={"name": "Grace"}, script="guide")
    say(started, ASKED)
    return started


@pytest.fixture
def article(center):
    return make_article(
        center.tenant, "Can I pay my tuition in parts?", answer="Yes, in three.", link="https://college.test/fees"
    )


def say(conversation, text):
    messages.add_message(conversation_id=conversation.pk, author_type=CUSTOMER, text=text)
