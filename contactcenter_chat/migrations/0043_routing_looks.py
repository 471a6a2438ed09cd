"""What the decisions of one look at the queues have in common is kept once."""

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

AT_ONCE = 500


def whole_again(apps, schema_editor):
    """On the way back, each decision has all its candidates itself."""
    from contactcenter_chat.routing.records import merged

    decisions = apps.get_model("contactcenter_chat", "RoutingDecision")
    rows = decisions.objects.using(schema_editor.connection.alias).filter(look__isnull=False).select_related("look")
    while page := list(rows.order_by("pk")[:AT_ONCE]):
        for row in page:
            row.candidates, row.look = merged(row.look.candidates, row.candidates), None
        rows.model.objects.using(schema_editor.connection.alias).bulk_update(page, ["candidates", "look"])


class Migration(migrations.Migration):

    dependencies = [
        ('contactcenter_chat', '0042_customer_presence_indexes'),
    ]

    operations = [
        migrations.CreateModel(
            name='RoutingLook',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('tenant', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='contactcenter_chat.tenant')),
                ('made_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('candidates', models.JSONField()),
            ],
        ),
        migrations.AddField(
            model_name='routingdecision',
            name='look',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.RESTRICT, related_name='decisions', to='contactcenter_chat.routinglook'),
        ),
        migrations.RunPython(migrations.RunPython.noop, whole_again),
    ]
