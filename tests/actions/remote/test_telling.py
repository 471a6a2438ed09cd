"""What becomes of messages that the centre refuses or that do not reach it; and who leaves remote chats alone."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.contrib.admin.utils import quote
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from contactcenter_chat import signals
from contactcenter_chat.actions import conversations, messages, typing
from contactcenter_chat.actions.center import routing, timers
from contactcenter_chat.actions.receivers import ensure_receiver
from contactcenter_chat.actions.remote import telling
from contactcenter_chat.actions.setup import channels
from contactcenter_chat.actions.upkeep import sweep
from contactcenter_chat.deliveries import draining
from contactcenter_chat.deliveries.typing import tell_due
from contactcenter_chat.events import CUSTOMER, MessageAdded
from contactcenter_chat.exceptions import Conflict, Invalid, NotFound
from contactcenter_chat.models import (
    Channel,
    Conversation,
    Delivery,
    Interaction,
    LogEntry,
    Message,
    Offer,
    Receiver,
    TypingSign,
)
from contactcenter_chat.outbound import requests
from contactcenter_chat.providers.base import load_provider
from contactcenter_chat.queries import health
from contactcenter_chat.wire.base import format_for
from tests.factories import make_agent, make_center, make_channel, make_user, start_conversation

pytestmark = pytest.mark.django_db


def say(conversation, text):
    return messages.add_message(conversation_id=conversation.pk, author_type=CUSTOMER, text=text)


def state_of(message):
    message.refresh_from_db()
    return message.delivery_state, message.delivery_reason


def states_told(message):
    kinds = LogEntry.objects.filter(conversation=message.conversation, kind="message.state_changed").order_by("number")
    return [data["state"] for data in kinds.values_list("data", flat=True) if data["message_id"] == message.pk]


@pytest.fixture
def refuse(network, monkeypatch):
    """Have the centre answer requests to such paths with this, until it is called again."""
    answers = {}
    usual = network.request

    def request(method, url, *arguments, **options):
        for ending, answer in answers.items():
            if method != "GET" and url.endswith(ending):
                return answer
        return usual(method, url, *arguments, **options)

    monkeypatch.setattr(requests, "request", request)

    def change(ending, status=None, content=b"", **fields):
        answers.clear()
        if status:
            text = content.decode()
            answers[ending] = requests.Response(1, status, content=content, text=text, **fields)

    return change


def test_a_message_that_is_refused_can_be_sent_again(here, run, refuse):
    conversation = start_conversation(here.channel)
    run()
    refuse("/messages", 400, b'{"message": "Constraint Violation", "errors": ["text: Too rude."]}')
    message = say(conversation, "Hello")
    assert state_of(message) == ("queued", "")
    run()
    state, reason = state_of(message)
    assert (state, reason) == ("failed", "Constraint Violation text: Too rude.")
    later = say(conversation, "Are you there?")
    refuse("")
    run()
    assert state_of(later) == ("sent", "")

    with pytest.raises(NotFound):
        telling.send_again(message_id=message.pk, tenant_id=make_center("third").tenant.pk)
    telling.send_again(message_id=message.pk)
    assert state_of(message) == ("queued", "")
    with pytest.raises(Conflict):
        telling.send_again(message_id=message.pk)
    run()
    assert state_of(message) == ("sent", "")
    assert states_told(message) == ["failed", "queued", "sent"]
    conversation.refresh_from_db()
    said = (
        Message.objects.filter(conversation=conversation.remote_id).order_by("number").values_list("text", flat=True)
    )
    assert list(said) == ["Are you there?", "Hello"]


@pytest.mark.parametrize(
    ("wire", "told"),
    [
        ("v2.0", {"text": "me.png: https://here.test/me.png"}),
        ("Chat Gateway v1.0", {"text": "", "attachments": [{"id": "a"}]}),
    ],
)
def test_how_a_file_is_told(wire, told):
    shapes = format_for(f"to {wire}")
    event = MessageAdded(
        message_id="m",
        author_type=CUSTOMER,
        participant_id="p",
        attachments=({"id": "a", "type": "image", "file_name": "me.png", "url": "https://here.test/me.png"},),
    )
    body = shapes.event_body(event, conversation_id="c", at=timezone.now())
    assert body["request"] == {**told, "authorType": "user"}
    assert shapes.event_body(replace(event, history=True), conversation_id="c", at=timezone.now()) is None
    assert shapes.event_body(replace(event, author_type="agent"), conversation_id="c", at=timezone.now()) is None


def test_a_conversation_that_is_refused(here, run, refuse):
    refuse("/conversations", 400, b'{"message": "Channel ID is invalid."}')
    conversation = start_conversation(here.channel)
    message = say(conversation, "Hello")
    run()
    assert state_of(message) == ("failed", "The conversation could not be started there.")
    assert Receiver.objects.get(provider="vendor").enabled
    refuse("")
    telling.send_again(message_id=message.pk)
    run()
    assert state_of(message) == ("sent", "")
    conversation.refresh_from_db()
    assert Conversation.objects.get(pk=conversation.remote_id).data == conversation.data


def test_gone_is_about_the_conversation_only(here, run, refuse):
    conversation = start_conversation(here.channel)
    run()
    refuse("/messages", 410)
    message = say(conversation, "Hello")
    run()
    assert state_of(message)[0] == "failed"
    assert Receiver.objects.get(provider="vendor").enabled


def test_a_busy_centre_is_left_alone_for_as_long_as_it_says(here, run, refuse):
    conversation = start_conversation(here.channel)
    run()
    refuse("/messages", 429, retry_after=60.0)
    message = say(conversation, "Hello")
    run()
    assert state_of(message) == ("queued", "")
    paused = Receiver.objects.get(provider="vendor").paused_until - timezone.now()
    assert timedelta(seconds=50) < paused <= timedelta(seconds=60)


def test_a_token_is_asked_for_once_and_again_when_it_is_refused(here, there, network, run):
    start_conversation(here.channel)
    run()
    start_conversation(here.channel)
    run()
    assert [path for _method, path in network.asked].count("/oauth/v2/token") == 1
    from contactcenter_chat.providers import chat_api_v2

    (token,) = chat_api_v2._tokens._tokens.values()
    token._value = "old"
    conversation = start_conversation(here.channel)
    run()
    conversation.refresh_from_db()
    assert conversation.remote_id
    assert [path for _method, path in network.asked].count("/oauth/v2/token") == 2


def test_a_wrong_key_is_no_answer_to_a_message(here, network, run, configure):
    here.options["api_secret"] = "wrong"
    configure(RETRY_SCHEDULE=(60,) * 5)
    conversation = start_conversation(here.channel)
    draining.drain()
    owed = Delivery.objects.get(conversation=conversation, receiver__provider="vendor")
    assert (owed.state, owed.attempts_made) == ("pending", 1)
    assert owed.attempts.get().error == "Client credentials are invalid."


def test_signals_tell_of_a_message_with_its_row(here, run, django_capture_on_commit_callbacks):
    heard = []

    def hear(sender, entry, conversation, message, **kwargs):
        heard.append((entry.data["state"], message.text, conversation.pk))

    signals.message_state_changed.connect(hear)
    try:
        with django_capture_on_commit_callbacks(execute=True):
            conversation = start_conversation(here.channel)
            say(conversation, "Hello")
            run()
    finally:
        signals.message_state_changed.disconnect(hear)
    assert heard == [("sent", "Hello", conversation.pk)]


def test_nobody_here_touches_a_remote_interaction(here, run):
    """An agent of the same queue is there and idle; long after, no timer has moved anything."""
    make_agent(here.tenant, here.center.queue)
    conversation = start_conversation(here.channel)
    run()
    row = Interaction.objects.get(conversation=conversation)
    assert (row.state, row.is_remote) == ("waiting", True)
    assert routing.route_queue(row.queue_id) == 0
    long_ago = timezone.now() - timedelta(days=1)
    Interaction.objects.filter(pk=row.pk).update(entered_at=long_ago)
    assert sweep.sweep().offers == 0
    Interaction.objects.filter(pk=row.pk).update(state="handling", accepted_at=long_ago)
    Conversation.objects.filter(pk=conversation.pk).update(last_word_by="agent", last_word_at=long_ago)
    before = Interaction.objects.filter(pk=row.pk).values().get()
    assert set(timers.run_timers().values()) == {0}
    assert Interaction.objects.filter(pk=row.pk).values().get() == before
    assert not Offer.objects.filter(interaction=row).exists()
    assert health.stuck_interactions(timezone.now()).count() == 0


@pytest.mark.parametrize(("wire", "told"), [("v2.0", 0), ("Chat Gateway v1.0", 1)])
def test_typing_is_told_where_the_wire_can(wire, told, here, network, run):
    conversation = start_conversation(here.channel)
    typing.show_typing(conversation.pk, CUSTOMER)
    tell_due()
    run()
    typing.show_typing(conversation.pk, CUSTOMER)
    tell_due()
    conversation.refresh_from_db()
    path = f"/chat-gateway/v1/conversations/{conversation.remote_id}/typing"
    assert network.asked.count(("POST", path)) == told


def test_typing_wakes_a_task_for_a_remote_conversation_only(here, monkeypatch):
    monkeypatch.setattr(typing.wakeup, "wake_typing", lambda: None)
    conversation = start_conversation(here.channel)
    typing.show_typing(conversation.pk, CUSTOMER)
    typing.show_typing(start_conversation(here.center.channel).pk, CUSTOMER)
    signs = TypingSign.objects.values_list("conversation", "author_type", "agent_ids")
    assert [*signs] == [(conversation.pk, CUSTOMER, [])]


def test_what_is_erased_is_not_sent_and_not_kept(here, run, network):
    conversation = start_conversation(here.channel)
    run()
    conversation.refresh_from_db()
    say(conversation, "My secret")
    conversations.erase_conversation(conversation_id=conversation.pk)
    run()
    assert not Message.objects.filter(conversation=conversation.remote_id, text="My secret").exists()
    assert {bytes(body) for body in conversation.callbacks.values_list("body", flat=True)} == {b""}


def test_a_provider_belongs_to_one_contact_centre(here, configure):
    ensure_receiver(here.tenant, load_provider("vendor"))
    other = make_center("third")
    with pytest.raises(Invalid, match="belongs to another contact centre"):
        make_channel(other.tenant, other.queue, provider="vendor")
    with pytest.raises(Conflict):
        ensure_receiver(other.tenant, load_provider("vendor"))


def test_a_channel_with_conversations_keeps_its_provider(here):
    start_conversation(here.channel)
    with pytest.raises(Invalid):
        channels.update_channel(channel=here.channel, provider="default")
    assert Channel.objects.get(pk=here.channel.pk).provider == "vendor"


def test_the_row_of_a_centre_is_in_no_list_of_webhooks(here):
    from tests.api.caller import Caller

    ensure_receiver(here.tenant, load_provider("vendor"))
    row = Receiver.objects.get(provider="vendor")
    api = Caller(here.center)
    listed = api.get("web-hooks").json()["data"]
    assert row.pk not in {webhook["id"] for webhook in listed}
    assert api.get(f"web-hooks/{row.pk}").status_code == 404
    assert api.delete(f"web-hooks/{row.pk}").status_code == 404


REASON = "No."


@pytest.fixture
def failed(here, run, refuse):
    """A message that the centre did not take."""
    conversation = start_conversation(here.channel)
    run()
    refuse("/messages", 400, REASON.encode())
    message = say(conversation, "Hello")
    run()
    refuse("")
    return message


def staff_of(tenant, *codenames):
    """The client of somebody who administers a contact centre and may do only this."""
    user = make_user(is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=codenames))
    tenant.administrators.add(user)
    client = Client()
    client.force_login(user)
    return client


def page_of(conversation, name="change"):
    return reverse(f"admin:contactcenter_chat_conversation_{name}", args=[quote(conversation.pk)])


def send_again(client, message, conversation=None):
    return client.post(page_of(conversation or message.conversation, "send_again"), {"message": message.pk})


def test_send_again_in_the_admin(here, failed, run):
    client = staff_of(here.tenant, "view_transcript", "change_delivery")
    page, url = page_of(failed.conversation), page_of(failed.conversation, "send_again")
    shown = client.get(page).content.decode()
    assert "Send again" in shown
    assert "not sent" in shown
    assert client.get(url).status_code == 405
    assert client.post(url, {"message": "unknown"}).status_code == 404
    assert send_again(client, failed).status_code == 302
    assert state_of(failed) == ("queued", "")
    assert "Send again" not in client.get(page).content.decode()
    again = client.post(url, {"message": failed.pk}, follow=True)
    assert [str(told) for told in again.context["messages"]] == ["Sending this message has not failed."]
    run()
    assert state_of(failed) == ("sent", "")
    assert states_told(failed) == ["failed", "queued", "sent"]


@pytest.mark.parametrize("codenames", [("view_transcript",), ("change_delivery",), ("view_delivery",), ()])
def test_sending_again_needs_permission(codenames, here, failed):
    client = staff_of(here.tenant, *codenames)
    assert send_again(client, failed).status_code == 403
    assert "Send again" not in client.get(page_of(failed.conversation)).content.decode()
    assert state_of(failed) == ("failed", REASON)


def test_nobody_else_sends_anothers_again(here, there, failed):
    stranger = staff_of(there.tenant, "view_transcript", "change_delivery")
    assert send_again(stranger, failed).status_code == 404
    own = Conversation.objects.get(channel=there.channel)
    assert send_again(stranger, failed, own).status_code == 404
    assert send_again(Client(), failed).status_code == 302  # to where one logs in
    assert state_of(failed) == ("failed", REASON)
