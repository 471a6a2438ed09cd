"""The pace of channels, and load in thirds of a slot.

The column of the load gets another name, so that a process of the version before, which counts in chats, fails where
it would count wrong. Agents are few: this does not take long.
"""

from django.db import migrations, models
from django.db.models import Count, F, OuterRef, Subquery
from django.db.models.functions import Coalesce, Least

SLOT = 3  # thirds
NEW = models.Q(load__gte=0) & models.Q(load__lte=F("capacity") * SLOT + SLOT)


def count_in_thirds(apps, schema_editor):
    _agents(apps, schema_editor).exclude(load=0).update(load=F("load") * SLOT)


def count_in_chats(apps, schema_editor):
    """Anew, by what each agent has: the version before counts mail, and a silent customer's chat, as any other.

    It knows no more than the capacity; what is beyond that is not counted.
    """
    rings = _had(apps, "Offer", state="pending")
    held = _had(apps, "Interaction", state__in=["handling", "wrap_up"])
    _agents(apps, schema_editor).update(load=Least(rings + held, F("capacity")))


def _had(apps, name, **which):
    rows = apps.get_model("contactcenter_chat", name).objects.filter(agent=OuterRef("pk"), **which)
    return Coalesce(Subquery(rows.order_by().values("agent").annotate(number=Count("pk")).values("number")), 0)


def forget_snapshots(apps, schema_editor):
    """They are looked at for seconds only, and are of another shape from now on."""
    for name in ("QueueSnapshot", "TenantSnapshot"):
        apps.get_model("contactcenter_chat", name).objects.using(schema_editor.connection.alias).all().delete()


def _agents(apps, schema_editor):
    return apps.get_model("contactcenter_chat", "Agent").objects.using(schema_editor.connection.alias)


class Migration(migrations.Migration):

    dependencies = [
        ('contactcenter_chat', '0036_picked_index'),
    ]

    operations = [
        migrations.AddField(
            model_name='channel',
            name='pace',
            field=models.CharField(choices=[('live', 'live'), ('messaging', 'messaging'), ('mail', 'mail')], db_default='live', default='live', help_text='How soon answers are expected, and how much of an agent a chat takes. It holds for what comes.', max_length=16, verbose_name='pace'),
        ),
        migrations.AddField(
            model_name='conversation',
            name='is_freed',
            field=models.BooleanField(db_default=False, default=False, editable=False),
        ),
        migrations.AddField(
            model_name='interaction',
            name='freed_at',
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name='interaction',
            name='freed_seconds',
            field=models.PositiveIntegerField(db_default=0, default=0, editable=False),
        ),
        migrations.AddField(
            model_name='interaction',
            name='frees_at',
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name='interaction',
            name='pace',
            field=models.CharField(choices=[('live', 'live'), ('messaging', 'messaging'), ('mail', 'mail')], db_default='live', default='live', editable=False, max_length=16, verbose_name='pace'),
        ),
        migrations.AddField(
            model_name='interaction',
            name='returned_at',
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.RemoveConstraint(
            model_name='agent',
            name='cc_agent_load',
        ),
        migrations.AlterField(
            model_name='agent',
            name='load',
            field=models.PositiveSmallIntegerField(db_column='load_thirds', default=0, editable=False, verbose_name='load'),
        ),
        migrations.RunPython(count_in_thirds, count_in_chats, elidable=True),
        migrations.RunPython(forget_snapshots, forget_snapshots, elidable=True),
        migrations.AddConstraint(
            model_name='agent',
            constraint=models.CheckConstraint(condition=NEW, name='cc_agent_load'),
        ),
    ]
