"""Do webhooks, lanes, slots and deliveries of the state before become receivers', and the other way round?"""

from datetime import UTC, datetime

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.migrations.executor import MigrationExecutor

from contactcenter_chat.models import Delivery, Receiver, Webhook

APP = "contactcenter_chat"
BEFORE, AFTER = "0010_missing_attachments", "0013_receivers_checked"
AT = datetime(2026, 5, 4, 3, 2, 1, tzinfo=UTC)
HEALTH = {"enabled": False, "disabled_reason": "failing", "failing_since": AT, "failures": 7, "paused_until": AT}
CLIENT = {"name": "Portal", "uri": "https://client.test/", "version": "v2.0", "secret": "s1", **HEALTH}
DELETED = {"name": "Old", "uri": "https://old.test/", "version": "Chat Gateway v1.0", "secret": "s2", **HEALTH}
CENTER = {"name": "vendor", "uri": "https://vendor.test/", "version": "to v2.0", "secret": "s3", "failures": 2}
THERE = {"provider": "vendor", "remote_channel": "C-1"}


def migrate(name):
    """Go to this migration; return the models as they are there."""
    executor = MigrationExecutor(connection)
    executor.migrate([(APP, name)])
    return MigrationExecutor(connection).loader.project_state([(APP, name)]).apps


@pytest.fixture
def before(empty_database):
    """The models of the state before, with rows in them."""
    apps = migrate(BEFORE)
    fill(lambda name: apps.get_model(APP, name).objects)
    return apps


def fill(rows):
    tenant = rows("Tenant").create(pk="T", label="college", name="College")
    made = {"tenant": tenant, "created_at": AT, "updated_at": AT}
    client = rows("Webhook").create(pk="W", revision=3, **CLIENT, **made)
    rows("Webhook").create(pk="D", deleted_at=AT, **{**DELETED, "enabled": True}, **made)
    center = rows("Webhook").create(pk="R", **CENTER, **THERE, **made)
    queue = rows("Queue").create(tenant=tenant, name="Help")
    channel = rows("Channel").create(tenant=tenant, name="Site", webhook=client, queue=queue)
    customer = rows("Customer").create(tenant=tenant)
    conversation = rows("Conversation").create(pk="C", tenant=tenant, channel=channel, customer=customer)
    rows("PostAgentAssignment").create(
        conversation=conversation, webhook=client, total_minutes=20, silence_minutes=10
    )
    entry = rows("LogEntry").create(pk="E", tenant=tenant, conversation=conversation, number=1, kind="message.added")
    for number, receiver in enumerate((client, center), start=1):
        rows("Lane").create(pk=number, conversation=conversation, webhook=receiver, due_at=AT, planned=number)
        rows("DeliverySlot").create(pk=number, webhook=receiver, number=0, lease_token=number)
        delivery = rows("Delivery").create(
            pk=number, tenant=tenant, conversation=conversation, webhook=receiver, entry=entry, number=1, body="{}"
        )
        rows("DeliveryAttempt").create(delivery=delivery, retry=0, started_at=AT, duration_ms=5, status=500)


def test_there_and_back(before):
    migrate("0012_webhooks_of_clients")
    on_postgresql = connection.vendor == "postgresql"
    assert not on_postgresql or unchecked() == 4
    migrate(AFTER)
    assert not on_postgresql or unchecked() == 0
    all_is_receivers()
    keys_lead_to_receivers()
    wanted = {"cc_delivery_receiver", "cc_delivery_pending", "cc_delivery_once", "cc_lane_due", "cc_lane_once"}
    assert indexes_of("delivery", "lane", "webhook") >= {*wanted, "cc_webhook_list"}
    all_is_as_before(migrate(BEFORE))


@pytest.mark.integration  # it takes half a minute
def test_there_and_back_from_the_newest(before):
    ((_app, newest),) = MigrationExecutor(connection).loader.graph.leaf_nodes(APP)
    migrate(newest)
    all_is_as_before(migrate(BEFORE))


def all_is_receivers():
    rows = Receiver.objects.order_by("pk").values(*HEALTH, "pk", "kind", "uri", "secret", "format", *THERE)
    nowhere = {"kind": "webhook", "format": "", "provider": "", "remote_channel": ""}
    well = {"enabled": True, "disabled_reason": "", "failing_since": None, "failures": 2, "paused_until": None}
    gone = {"enabled": False, "disabled_reason": ""}
    assert list(rows) == [
        {"pk": "D", "uri": "https://old.test/", "secret": "s2", **nowhere, **HEALTH, **gone},
        {"pk": "R", "uri": "https://vendor.test/", "secret": "s3", "format": "to v2.0", **well, **THERE}
        | {"kind": "remote_center"},
        {"pk": "W", "uri": "https://client.test/", "secret": "s1", **nowhere, **HEALTH},
    ]
    assert list(Webhook.objects.order_by("pk").values_list("pk", "name", "version", "revision", "created_at")) == [
        ("D", "Old", "Chat Gateway v1.0", 1, AT),
        ("W", "Portal", "v2.0", 3, AT),
    ]
    assert [(each.pk, each.deleted_at) for each in Webhook.objects.alive()] == [("W", None)]
    assert Webhook.objects.get(channels__name="Site", channels__conversations__post_agent__webhook="W").pk == "W"
    assert owed("receiver_id") == [(1, "W", 500), (2, "R", 500)]
    lanes = Receiver.objects.order_by("-pk").values_list("pk", "lanes__planned", "slots__lease_token")
    assert list(lanes.exclude(pk="D")) == [("W", 1, 1), ("R", 2, 2)]


def owed(key):
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT d.id, d.{key}, a.status FROM {APP}_delivery d"  # noqa: S608  (ours)
            f" JOIN {APP}_deliveryattempt a ON a.delivery_id = d.id ORDER BY d.id"
        )
        return cursor.fetchall()


def keys_lead_to_receivers():
    with pytest.raises(IntegrityError), transaction.atomic():
        Delivery.objects.update(receiver_id="nobody")
    for table in ("lane", "deliveryslot", "delivery"):
        assert keys_of(table)["receiver_id"] == (f"{APP}_receiver", "id"), table
    assert keys_of("webhook")["id"] == (f"{APP}_receiver", "id")
    assert keys_of("channel")["webhook_id"] == (f"{APP}_webhook", "id")


def keys_of(table):
    with connection.cursor() as cursor:
        found = connection.introspection.get_constraints(cursor, f"{APP}_{table}").values()
    return {each["columns"][0]: each["foreign_key"] for each in found if each["foreign_key"]}


def unchecked():
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_constraint WHERE NOT convalidated")
        return cursor.fetchone()[0]


def all_is_as_before(apps):
    columns = [*CLIENT, *THERE, "pk", "revision", "deleted_at"]
    rows = {row["pk"]: row for row in apps.get_model(APP, "Webhook").objects.values(*columns)}
    nowhere = {"provider": "", "remote_channel": "", "revision": 1, "deleted_at": None}
    well = {**HEALTH, "enabled": True, "disabled_reason": "", "failing_since": None, "paused_until": None}
    assert rows == {
        "W": {"pk": "W", **CLIENT, **nowhere, "revision": 3},
        "D": {"pk": "D", **DELETED, **nowhere, "deleted_at": AT, "disabled_reason": ""},
        "R": {"pk": "R", **well, **CENTER, **nowhere, **THERE},
    }
    assert owed("webhook_id") == [(1, "W", 500), (2, "R", 500)]
    assert list(apps.get_model(APP, "Lane").objects.order_by("pk").values_list("webhook", flat=True)) == ["W", "R"]
    assert indexes_of("delivery", "lane", "webhook") >= {"cc_delivery_webhook", "cc_lane_due", "cc_webhook_list"}


def indexes_of(*tables):
    with connection.cursor() as cursor:
        found = [connection.introspection.get_constraints(cursor, f"{APP}_{table}") for table in tables]
    return {name for constraints in found for name in constraints}
