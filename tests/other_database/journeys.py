"""A conversation from its start to its end, and all that looks at it, where no database is called ``default``."""

import asyncio
import json
import threading
from io import StringIO

import pytest
from django.contrib import admin
from django.core import checks
from django.core.management import call_command
from django.db import connections
from django.urls import reverse

from contactcenter_chat import database, schedule, tasks
from contactcenter_chat.actions.upkeep import erasure, retention, sweep
from contactcenter_chat.api.chat_api_v2.urls import wire_paths
from contactcenter_chat.attachments.downloads import attachment
from contactcenter_chat.checks import check_database
from contactcenter_chat.deliveries import draining
from contactcenter_chat.live import listening, sending
from contactcenter_chat.live.news import News
from contactcenter_chat.models import Conversation, Customer, Delivery, Interaction, Tenant, Wakeup
from contactcenter_chat.models import Receiver as ReceiverRow
from contactcenter_chat.queries import health
from contactcenter_chat.workers import wakeup
from tests import factories
from tests.admin.conftest import address, logged_in, one_of_each
from tests.api.caller import Caller
from tests.conftest import TURNED_ON
from tests.desk.conftest import Desk
from tests.receiver import Receiver

ALIAS = "center"
SOON = 10  # seconds that are never waited for in full

needs_postgresql = pytest.mark.skipif(connections[ALIAS].vendor != "postgresql", reason="only PostgreSQL has it")
pytestmark = pytest.mark.django_db(transaction=True, databases=[ALIAS])


@pytest.fixture
def receiver():
    with Receiver() as receiver:
        yield receiver


@pytest.fixture
def center(receiver, settings, monkeypatch):
    settings.CONTACTCENTER_CHAT = {**settings.CONTACTCENTER_CHAT, "ALLOW_PRIVATE_WEBHOOKS": True}
    monkeypatch.setattr(draining, "TASK_SECONDS", 30)
    center = factories.make_center("college")
    ReceiverRow.objects.filter(pk=center.webhook.pk).update(uri=receiver.url)
    yield center
    draining.finish()


@pytest.fixture
def root():
    return logged_in(factories.make_user("root", is_staff=True, is_superuser=True))


def test_there_is_no_other_database():
    assert connections["default"].vendor == "unknown"
    assert database.alias() == database.connection().alias == ALIAS


def test_the_checks_find_nothing_wrong():
    assert checks.run_checks(databases=[ALIAS]) == []
    assert check_database(None, ["default", ALIAS]) == []


def test_no_request_of_ours_is_a_transaction_of_any_database():
    for view in (attachment, *(pattern.callback for pattern in wire_paths)):
        assert view._non_atomic_requests == {"default", ALIAS}


def test_a_conversation_over_the_api_and_at_the_desk(center, receiver):
    agent, api = factories.make_agent(center.tenant, center.queue), Caller(center)
    body = {"channelId": center.channel.pk, "customer": {"name": "Grace", "customerId": "77"}}
    made, again = (api.post("conversations", body, **{"Idempotency-Key": "one"}) for _ in range(2))
    assert made.status_code == again.status_code == 202
    assert made.json() == again.json()
    conversation = Conversation.objects.get()
    assert api.post(f"conversations/{conversation.pk}/messages", {"text": "Hello"}).status_code == 202
    desk = Desk(agent)
    assert desk.post("accept", factories.offer_of(conversation).pk).status_code == 204
    assert desk.post("say", conversation.pk, text="Good day", after="0").status_code == 200
    assert desk.get("home").status_code == desk.get("chat", conversation.pk).status_code == 200
    interaction = Interaction.objects.get()
    assert desk.post("end", interaction.pk).status_code < 400
    assert [message.text for message in conversation.messages.order_by("number")] == ["Hello", "Good day"]
    tasks.deliver()
    draining.finish()
    assert "Good day" in [got.event.get("message") for got in receiver.got]
    assert set(Delivery.objects.values_list("state", flat=True)) == {Delivery.State.DELIVERED}


def test_what_is_done_by_the_clock(center):
    conversation = factories.start_conversation(center.channel, customerId="77")
    assert sweep.sweep().pk
    schedule.look()
    assert health.report()["problems"] == []
    out = StringIO()
    call_command("contactcenter_health", json=True, stdout=out)
    assert json.loads(out.getvalue())["problems"] == []
    assert retention.purge()["conversations"] == 0
    assert erasure.erase_customer(customer_id=conversation.customer_id) == 0
    assert Customer.objects.get().name == ""


def test_a_tenant_by_command():
    out = StringIO()
    call_command("contactcenter_create_tenant", "museum", json=True, stdout=out)
    assert Tenant.objects.get().label == "museum"


def test_every_list_and_page_of_the_admin(center, root):
    for model, row in one_of_each(center).items():
        name = model._meta.model_name
        assert root.get(address(f"{name}_changelist")).status_code == 200, name
        assert root.get(address(f"{name}_change", row.pk)).status_code == 200, name
    assert root.get(reverse("admin:index")).status_code == 200
    assert len(admin.site._registry) > 10
    found = root.get(address("conversation_changelist"), {"q": "invoice"})
    assert len(found.context["cl"].result_list) == 1
    form = {"tenant": center.tenant.pk, "title": "Bye", "text": "Good bye!", "language": "en", "queue": ""}
    assert root.post(address("preparedresponse_add"), form).status_code == 302


def test_wake_ups_are_turned_on_and_off(center, monkeypatch):
    monkeypatch.setattr(wakeup, "turned_on", TURNED_ON)
    is_kept = connections[ALIAS].features.has_select_for_update
    assert wakeup.turned_on([(wakeup.DELIVER, ())]) == [(wakeup.DELIVER, ())]
    assert wakeup.turned_on([(wakeup.DELIVER, ())]) == ([] if is_kept else [(wakeup.DELIVER, ())])
    tasks.deliver()
    assert not Wakeup.objects.filter(asked_at__isnull=False).exists()


@needs_postgresql
def test_open_desks_are_told(center, settings, monkeypatch):
    settings.CONTACTCENTER_CHAT = {**settings.CONTACTCENTER_CHAT, "LIVE_HINTS": True}
    monkeypatch.setattr(sending, "IDLE_SECONDS", 0)
    monkeypatch.setattr(listening, "LISTEN_SECONDS", 0.05)
    heard = asyncio.run(hear_one(center))
    assert heard.numbers or heard.reload
    for thread in threading.enumerate():
        if thread.name.startswith("contactcenter-hints"):
            thread.join(SOON)


async def hear_one(center):
    """The news that come when a conversation begins."""
    heard = asyncio.Queue()
    listener = listening.Listener(asyncio.get_running_loop(), heard.put_nowait)
    news = News()
    while not news:
        await listening.in_thread(factories.start_conversation, center.channel)
        try:
            news = await asyncio.wait_for(heard.get(), 0.2)  # it may not have listened yet
        except TimeoutError:
            continue
    listener.stop()
    for thread in threading.enumerate():
        if thread.name == "contactcenter-listener":
            await asyncio.to_thread(thread.join)
    return news
