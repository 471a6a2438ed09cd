"""What a queue tells the customer."""

import json

import pytest

from contactcenter_chat.actions.center import texts
from contactcenter_chat.models import Channel, Delivery
from tests import factories
from tests.facts import facts, locked, nothing_written, owed

CLOSED = {"en": "We are closed.", "es": "Cerrado.", "pt": "Fechado."}


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("es", "Cerrado."),
        ("es-MX", "Cerrado."),
        ("pt-BR", "Fechado."),
        ("", "We are closed."),
        ("fr", "We are closed."),
    ],
)
def test_in_the_customers_language_where_there_is_one(center, language, text):
    conversation = factories.start_conversation(center.channel, language=language)
    center.queue.texts = {"closed": CLOSED}
    assert locked(texts.tell, conversation, center.queue, texts.CLOSED)
    [message] = conversation.messages.filter(author_type="system")
    assert (message.text, message.number) == (text, 4)
    assert [(number, name) for number, name, _i, _data in facts(conversation, after=3)] == [(4, "message.added")]
    assert owed(conversation, center.webhook, after=3) == []  # this wire tells agents' words alone


def test_a_channel_may_have_its_clients_told(center):
    Channel.objects.update(tells_own_words=True)
    center.channel.refresh_from_db()
    conversation = factories.start_conversation(center.channel)
    center.queue.texts = {"closed": CLOSED}
    locked(texts.tell, conversation, center.queue, texts.CLOSED)
    assert owed(conversation, center.webhook, after=3) == [(4, "TEXT")]
    body = json.loads(Delivery.objects.get(number=4).body)
    assert list(body.items())[:6] == [
        ("eventType", "TEXT"),
        ("messageType", "AGENT"),
        ("conversationId", conversation.pk),
        ("agentId", "system"),
        ("agentName", "College"),
        ("message", "We are closed."),
    ]


def test_without_a_text_nothing_is_said(center, conversation):
    with nothing_written():
        assert not locked(texts.tell, conversation, center.queue, texts.EMPTY)
