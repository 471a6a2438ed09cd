"""What is open already was queued when it was first, as far as is known; with an index, made while others write."""

from django.db import migrations, models
from django.db.models import F

from ._indexes import AddIndexBeside

OPEN_STATES = ("waiting", "offering", "handling")
AT_ONCE = 5000


def set_queued(apps, schema_editor):
    Interaction = apps.get_model("contactcenter_chat", "Interaction")
    rows = Interaction.objects.using(schema_editor.connection.alias)
    open_ones = rows.filter(state__in=OPEN_STATES).order_by("pk")
    last = ""
    while ids := list(open_ones.filter(pk__gt=last).values_list("pk", flat=True)[:AT_ONCE]):
        rows.filter(pk__in=ids).update(queued_at=F("entered_at"))
        last = ids[-1]


class Migration(migrations.Migration):

    atomic = False

    dependencies = [
        ('contactcenter_chat', '0033_queued_at'),
    ]

    operations = [
        migrations.RunPython(set_queued, migrations.RunPython.noop, elidable=True),
        AddIndexBeside(
            model_name='interaction',
            index=models.Index(condition=models.Q(('is_remote', False), ('state', 'waiting')), fields=['queue', 'queued_at'], name='cc_waiting_since'),
        ),
    ]
