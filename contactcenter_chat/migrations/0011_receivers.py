"""Lanes, slots and deliveries belong to receivers, which have the ids of their webhooks.

Deliveries are not rewritten, and come last: their table is locked for a moment only.
"""

import django.db.models.deletion
from django.db import migrations, models

import contactcenter_chat.models.base

from ._moving import AddConstraint, AddIndex, MoveKey, RemoveConstraint, RemoveIndex

MOVED = (
    "uri",
    "secret",
    "enabled",
    "disabled_reason",
    "failing_since",
    "failures",
    "paused_until",
    "provider",
    "remote_channel",
)
REMOTE_CENTER = "remote_center"
AT_ONCE = 500


def make_receivers(apps, schema_editor):
    Webhook, Receiver = (apps.get_model("contactcenter_chat", name) for name in ("Webhook", "Receiver"))
    alias = schema_editor.connection.alias
    receivers = [_receiver_of(Receiver, row) for row in Webhook.objects.using(alias)]
    Receiver.objects.using(alias).bulk_create(receivers, batch_size=AT_ONCE)


def _receiver_of(model, webhook):
    receiver = model(pk=webhook.pk, tenant_id=webhook.tenant_id, **{name: getattr(webhook, name) for name in MOVED})
    if webhook.provider:
        receiver.kind, receiver.format = REMOTE_CENTER, webhook.version
    if webhook.deleted_at:
        receiver.enabled, receiver.disabled_reason = False, ""
    return receiver


def key_to_receiver(**options):
    return models.ForeignKey(
        on_delete=django.db.models.deletion.CASCADE, to="contactcenter_chat.receiver", **options
    )


class Migration(migrations.Migration):
    dependencies = [("contactcenter_chat", "0010_missing_attachments")]

    operations = [
        migrations.CreateModel(
            name="Receiver",
            fields=[
                (
                    "id",
                    contactcenter_chat.models.base.IdField(
                        default=contactcenter_chat.models.base.new_id,
                        editable=False,
                        max_length=22,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("webhook", "webhook"), ("remote_center", "remote centre")],
                        default="webhook",
                        editable=False,
                        max_length=16,
                        verbose_name="kind",
                    ),
                ),
                ("uri", models.URLField(max_length=2000, verbose_name="URL")),
                ("secret", models.TextField(editable=False)),
                (
                    "provider",
                    models.CharField(blank=True, editable=False, max_length=64, verbose_name="provider"),
                ),
                ("format", models.CharField(blank=True, editable=False, max_length=32, verbose_name="format")),
                (
                    "remote_channel",
                    models.CharField(blank=True, editable=False, max_length=255, verbose_name="channel there"),
                ),
                ("enabled", models.BooleanField(default=True, verbose_name="enabled")),
                (
                    "disabled_reason",
                    models.CharField(blank=True, editable=False, max_length=32, verbose_name="disabled because"),
                ),
                ("failing_since", models.DateTimeField(editable=False, null=True, verbose_name="failing since")),
                (
                    "failures",
                    models.PositiveIntegerField(default=0, editable=False, verbose_name="failures in a row"),
                ),
                ("paused_until", models.DateTimeField(editable=False, null=True, verbose_name="paused until")),
                (
                    "tenant",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="receivers",
                        to="contactcenter_chat.tenant",
                        verbose_name="tenant",
                    ),
                ),
            ],
            options={
                "verbose_name": "receiver",
                "verbose_name_plural": "receivers",
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("provider", ""), _negated=True),
                        fields=("provider",),
                        name="cc_receiver_provider",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind", "remote_center"), models.Q(("provider", ""), _negated=True)),
                            models.Q(models.Q(("kind", "remote_center"), _negated=True), ("provider", "")),
                            _connector="OR",
                        ),
                        name="cc_receiver_kind",
                    ),
                ],
            },
        ),
        migrations.RunPython(make_receivers, migrations.RunPython.noop),
        # Lanes
        RemoveConstraint(model_name="lane", name="cc_lane_once"),
        RemoveIndex(model_name="lane", name="cc_lane_due"),
        MoveKey("lane", "webhook", "receiver", key_to_receiver(related_name="lanes")),
        AddConstraint(
            model_name="lane",
            constraint=models.UniqueConstraint(fields=("conversation", "receiver"), name="cc_lane_once"),
        ),
        AddIndex(
            model_name="lane",
            index=models.Index(
                condition=models.Q(("due_at__isnull", False)), fields=["receiver", "due_at"], name="cc_lane_due"
            ),
        ),
        # Slots
        RemoveConstraint(model_name="deliveryslot", name="cc_slot_once"),
        MoveKey("deliveryslot", "webhook", "receiver", key_to_receiver(related_name="slots", db_index=False)),
        AddConstraint(
            model_name="deliveryslot",
            constraint=models.UniqueConstraint(fields=("receiver", "number"), name="cc_slot_once"),
        ),
        # Deliveries
        RemoveConstraint(model_name="delivery", name="cc_delivery_once"),
        RemoveIndex(model_name="delivery", name="cc_delivery_pending"),
        RemoveIndex(model_name="delivery", name="cc_delivery_webhook"),
        MoveKey(
            "delivery",
            "webhook",
            "receiver",
            key_to_receiver(related_name="deliveries", db_index=False, verbose_name="receiver"),
        ),
        AddConstraint(
            model_name="delivery",
            constraint=models.UniqueConstraint(fields=("entry", "receiver"), name="cc_delivery_once"),
        ),
        AddIndex(
            model_name="delivery",
            index=models.Index(
                condition=models.Q(("state", "pending")),
                fields=["conversation", "receiver", "number"],
                name="cc_delivery_pending",
            ),
        ),
        AddIndex(
            model_name="delivery",
            index=models.Index(fields=["receiver", "created_at"], name="cc_delivery_webhook"),
        ),
        migrations.RenameIndex(
            model_name="delivery", old_name="cc_delivery_webhook", new_name="cc_delivery_receiver"
        ),
    ]
