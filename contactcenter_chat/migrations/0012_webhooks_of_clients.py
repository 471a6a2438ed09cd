"""A webhook is a client's: the rows that stood for remote centres go, and what receivers have goes.

Backwards, a remote centre's row is a webhook again, made at that time; a deleted webhook stays switched off.
"""

import django.db.models.deletion
from django.db import migrations, models

from ._moving import AddIndex, MoveKey, RemoveIndex

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
AT_ONCE = 500


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


class Migration(migrations.Migration):
    dependencies = [("contactcenter_chat", "0011_receivers")]

    operations = [
        # The defaults are for the way back.
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
