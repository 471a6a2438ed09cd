"""What waits is due from now on, and grouped: with the indexes for that, made while others go on writing."""

from datetime import timedelta

from django.db import migrations, models
from django.db.models import Exists, F, OuterRef, Value
from django.db.models.expressions import RawSQL
from django.db.models.functions import Concat

from ._indexes import AddIndexBeside

OPEN_STATES = ("waiting", "offering", "handling")
AT_ONCE = 5000
TARGET = timedelta(seconds=60)  # of the settings, so that what waits and what comes are compared by the same measure


def set_due(apps, schema_editor):
    """What is open keeps its place. On SQLite the old column has gone with its times: the entry stands in for them."""
    Interaction = apps.get_model("contactcenter_chat", "Interaction")
    on_postgresql = schema_editor.connection.vendor == "postgresql"
    rank = RawSQL('"rank_at"', ()) if on_postgresql else F("entered_at")
    rows = Interaction.objects.using(schema_editor.connection.alias)
    open_ones = rows.filter(state__in=OPEN_STATES).order_by("pk")
    last = ""
    while ids := list(open_ones.filter(pk__gt=last).values_list("pk", flat=True)[:AT_ONCE]):
        rows.filter(pk__in=ids).update(due_at=rank + TARGET)
        last = ids[-1]


def group(apps, schema_editor):
    """What is kept for somebody, or was declined by some, is no longer looked at together with the others."""
    Interaction = apps.get_model("contactcenter_chat", "Interaction")
    Offer = apps.get_model("contactcenter_chat", "Offer")
    alias = schema_editor.connection.alias
    waiting = Interaction.objects.using(alias).filter(state__in=("waiting", "offering"))
    waiting.filter(target_agent__isnull=False).update(group_key=Concat(Value("kept "), "target_agent_id"))
    said_no = Offer.objects.using(alias).filter(
        interaction=OuterRef("pk"), ask_round=OuterRef("ask_round"), state__in=("rejected", "timed_out", "accepted")
    )
    for interaction in waiting.filter(Exists(said_no), target_agent=None).iterator(AT_ONCE):
        offers = Offer.objects.using(alias).filter(interaction=interaction, ask_round=interaction.ask_round)
        asked = offers.exclude(state__in=("pending", "withdrawn")).order_by("agent_id").values_list("agent_id", flat=True)
        waiting.filter(pk=interaction.pk).update(asked=list(asked), group_key=f"said {interaction.pk}")


class Migration(migrations.Migration):

    atomic = False

    dependencies = [
        ('contactcenter_chat', '0024_plans'),
    ]

    operations = [
        AddIndexBeside(
            model_name='interaction',
            index=models.Index(condition=models.Q(('is_remote', False), ('state', 'waiting')), fields=['queue', 'due_at', 'id'], name='cc_waiting_due'),
        ),
        AddIndexBeside(
            model_name='interaction',
            index=models.Index(condition=models.Q(('is_remote', False), ('state', 'waiting'), ('ask_again_at', None), ('is_put_off', False)), fields=['queue', 'group_key', 'due_at', 'id'], name='cc_waiting_groups'),
        ),
        AddIndexBeside(
            model_name='interaction',
            index=models.Index(condition=models.Q(('is_remote', False), ('state', 'waiting'), ('ask_again_at__isnull', False)), fields=['ask_again_at'], name='cc_waiting_again'),
        ),
        AddIndexBeside(
            model_name='interaction',
            index=models.Index(condition=models.Q(('is_remote', False), ('state', 'waiting'), ('step_due_at__isnull', False)), fields=['step_due_at'], name='cc_waiting_step'),
        ),
        AddIndexBeside(
            model_name='interaction',
            index=models.Index(condition=models.Q(('is_remote', False), ('state', 'waiting'), ('is_put_off', True)), fields=['queue'], name='cc_waiting_put_off'),
        ),
        migrations.RunPython(set_due, migrations.RunPython.noop, elidable=True),
        migrations.RunPython(group, migrations.RunPython.noop, elidable=True),
    ]
