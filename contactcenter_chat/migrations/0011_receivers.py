"""Lanes, slots and deliveries belong to receivers; a webhook is a client's, and has the same id as its receiver.

Rows that stood for remote centres leave the table of webhooks. Deliveries are not rewritten: on PostgreSQL columns are
renamed, and that the keys of rows which are there lead somewhere is checked by the next migration, without a lock that
others wait for. Backwards, a remote centre's row is a webhook again, made at that time.
"""

import django.db.models.deletion
from django.db import migrations, models

import contactcenter_chat.models.base

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


class MoveKey(migrations.operations.base.Operation):
    """Rename a key and let it lead to another table, in one step."""

    reduces_to_sql = True
    reversible = True

    def __init__(self, model_name, old_name, new_name, field):
        self.model_name, self.old_name, self.new_name, self.field = model_name, old_name, new_name, field

    def state_forwards(self, app_label, state):
        state.rename_field(app_label, self.model_name, self.old_name, self.new_name)
        state.alter_field(app_label, self.model_name, self.new_name, self.field, preserve_default=True)

    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        before = from_state.apps.get_model(app_label, self.model_name)
        after = to_state.apps.get_model(app_label, self.model_name)
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.sql_create_fk = f"{type(schema_editor).sql_create_fk} NOT VALID"
        schema_editor.alter_field(before, before._meta.get_field(self.old_name), after._meta.get_field(self.new_name))
        schema_editor.sql_create_fk = type(schema_editor).sql_create_fk

    def database_backwards(self, app_label, schema_editor, from_state, to_state):
        after = from_state.apps.get_model(app_label, self.model_name)
        before = to_state.apps.get_model(app_label, self.model_name)
        schema_editor.alter_field(after, after._meta.get_field(self.new_name), before._meta.get_field(self.old_name))

    def describe(self):
        return f"Move the key {self.old_name} on {self.model_name} to {self.new_name}"


class FollowsItsColumn:
    """PostgreSQL's indexes know of a renamed column by themselves; to make them anew would take long, and a lock."""

    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        if schema_editor.connection.vendor != "postgresql":
            super().database_forwards(app_label, schema_editor, from_state, to_state)

    def database_backwards(self, app_label, schema_editor, from_state, to_state):
        if schema_editor.connection.vendor != "postgresql":
            super().database_backwards(app_label, schema_editor, from_state, to_state)


class RemoveIndex(FollowsItsColumn, migrations.RemoveIndex):
    pass


class AddIndex(FollowsItsColumn, migrations.AddIndex):
    pass


class RemoveConstraint(FollowsItsColumn, migrations.RemoveConstraint):
    pass


class AddConstraint(FollowsItsColumn, migrations.AddConstraint):
    pass


def make_receivers(apps, schema_editor):
    Webhook, Receiver = _tables(apps, schema_editor)
    Receiver.bulk_create([_receiver_of(Receiver.model, row) for row in Webhook.all()], batch_size=AT_ONCE)


def _receiver_of(model, webhook):
    receiver = model(pk=webhook.pk, tenant_id=webhook.tenant_id, **{name: getattr(webhook, name) for name in MOVED})
    if webhook.provider:
        receiver.kind, receiver.format = REMOTE_CENTER, webhook.version
    if webhook.deleted_at:
        receiver.enabled, receiver.disabled_reason = False, ""
    return receiver


def take_remote_centers(apps, schema_editor):
    Webhook, _ = _tables(apps, schema_editor)
    Webhook.exclude(provider="").delete()
    _check_now(schema_editor)


def fill_webhooks(apps, schema_editor):
    Webhook, Receiver = _tables(apps, schema_editor)
    receivers = Receiver.in_bulk()
    webhooks = list(Webhook.all())
    for webhook in webhooks:
        _fill(webhook, receivers.pop(webhook.pk))
    Webhook.bulk_update(webhooks, MOVED, batch_size=AT_ONCE)
    Webhook.bulk_create([_webhook_of(Webhook.model, receiver) for receiver in receivers.values()])
    _check_now(schema_editor)


def _webhook_of(model, receiver):
    row = model(pk=receiver.pk, tenant_id=receiver.tenant_id, name=receiver.provider, version=receiver.format)
    return _fill(row, receiver)


def _fill(webhook, receiver):
    for name in MOVED:
        setattr(webhook, name, getattr(receiver, name))
    return webhook


def _tables(apps, schema_editor):
    names = ("Webhook", "Receiver")
    return [apps.get_model("contactcenter_chat", name).objects.using(schema_editor.connection.alias) for name in names]


def _check_now(schema_editor):
    """PostgreSQL alters no table of which a key is still to be checked."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("SET CONSTRAINTS ALL IMMEDIATE")


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
        # Webhooks; the defaults are for the way back
        migrations.AlterField(
            model_name="webhook", name="uri", field=models.URLField(default="", max_length=2000, verbose_name="URL")
        ),
        migrations.AlterField(
            model_name="webhook", name="secret", field=models.TextField(default="", editable=False)
        ),
        migrations.RunPython(take_remote_centers, fill_webhooks),
        migrations.RemoveConstraint(model_name="webhook", name="cc_webhook_provider"),
        *(migrations.RemoveField(model_name="webhook", name=name) for name in MOVED),
        RemoveIndex(model_name="webhook", name="cc_webhook_list"),
        MoveKey(
            "webhook",
            "id",
            "receiver",
            models.OneToOneField(
                db_column="id",
                on_delete=django.db.models.deletion.CASCADE,
                primary_key=True,
                related_name="webhook",
                serialize=False,
                to="contactcenter_chat.receiver",
                verbose_name="receiver",
            ),
        ),
        AddIndex(
            model_name="webhook",
            index=models.Index(fields=["tenant", "created_at", "receiver"], name="cc_webhook_list"),
        ),
    ]
