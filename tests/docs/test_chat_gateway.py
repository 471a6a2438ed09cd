"""Are the examples of Chat Gateway's page true? They are run, in their order."""

import json

import pytest
from django.test import Client

from contactcenter_chat import events
from contactcenter_chat.actions.conversations import start_conversation
from contactcenter_chat.actions.messages import add_message
from contactcenter_chat.models import Channel, Interaction, Message
from contactcenter_chat.outbound import requests
from contactcenter_chat.signals import message_added
from contactcenter_chat.wire.chat_gateway_v1 import callbacks
from contactcenter_chat.wire.chat_gateway_v1.names import (
    CHANNEL_FIELDS,
    CONVERSATION_FIELDS,
    CONVERSATION_ORDERS,
    WEBHOOK_FIELDS,
)
from contactcenter_chat.workers import process
from tests.factories import make_center, make_tenant

from .pages import blocks, code, page, rows, section
from .test_chat_api import QUEUE, Reading, exchanges

PAGE = page("chat_gateway.md")
LISTS = {
    "webhooks": (WEBHOOK_FIELDS, WEBHOOK_FIELDS),
    "channels": (CHANNEL_FIELDS, CHANNEL_FIELDS),
    "conversations": (CONVERSATION_ORDERS, CONVERSATION_FIELDS),
}


@pytest.fixture
def center(db, monkeypatch):
    monkeypatch.setattr(requests, "post", lambda *args: requests.Response(duration_ms=1, status=200))
    process.forget_all()
    return make_tenant("college")


def test_every_example_is_answered_as_the_page_says(center):
    reading = Reading(**{QUEUE: center.queue.pk})
    for asked, told in exchanges(PAGE):
        answer = send(asked, reading, center.key)
        assert f"{answer.status_code} {answer.reason_phrase}" == told.first.removeprefix("HTTP/1.1 "), asked
        assert {name: answer[name] for name in told.headers} == told.headers, asked
        found = json.loads(answer.content) if answer.content else None
        expected = json.loads(reading.translate(told.body)) if told.body else None
        assert reading.same(expected, found), (asked, found)


def send(asked, reading, key):
    method, path, _version = asked.first.split(" ")
    headers = dict(asked.headers)
    assert headers.pop("x-api-key") == "cck_…"
    content_type = headers.pop("Content-Type", "")
    body = reading.translate(asked.body).encode()
    headers["x-api-key"] = key
    return Client().generic(method, reading.translate(path), body, content_type, headers=headers)


def test_the_fields_of_lists_are_on_the_page():
    table = {row[0]: row[1:] for row in rows(section(PAGE, "| list |", "## Conversations"))}
    for name, (orders, fields) in LISTS.items():
        orders, fields = orders.keys() - {"routingOption.id"}, fields.keys() - {"routingOption.id"}
        assert set(code(table[name][0])) == orders
        assert set(code(table[name][1])) == fields or (table[name][1] == "the same" and orders == fields)


def test_every_callback_is_on_the_page():
    table = rows(section(PAGE, "| event | told when", "`isEcho` is true"))
    told = {*callbacks.EVENT_TYPES, callbacks.WEB_HOOK_VERIFY}
    assert {code(row[0])[0] for row in table} == told - {"WEB_HOOK_VERIFY"}


@pytest.mark.django_db(transaction=True)
def test_the_bot_answers_and_hands_over(settings):
    settings.CONTACTCENTER_CHAT = {**settings.CONTACTCENTER_CHAT, "BOTS": ("faq",)}
    names = {}
    exec(blocks(PAGE, "python")[0].text, names)  # noqa: S102
    try:
        channel = Channel.objects.get(pk=make_center().channel.pk)
        conversation = start_conversation(channel=channel, data={}, script="faq")
        add_message(conversation_id=conversation.pk, author_type=events.CUSTOMER, text="When does it open?")
        assert Message.objects.get(author_type=events.BOT).text == "It opens at nine."
        assert not Interaction.objects.exists()
        add_message(conversation_id=conversation.pk, author_type=events.CUSTOMER, text="A human, please")
        assert Interaction.objects.get().state == "waiting"
    finally:
        assert message_added.disconnect(names["answer"])
