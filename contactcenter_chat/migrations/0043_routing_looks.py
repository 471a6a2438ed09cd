"""What the decisions of one look at the queues have in common is kept once."""

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('contactcenter_chat', '0042_customer_presence_indexes'),
    ]

    operations = [
        migrations.CreateModel(
            name='RoutingLook',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('made_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('candidates', models.JSONField()),
            ],
        ),
        migrations.AddField(
            model_name='routingdecision',
            name='look',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='decisions', to='contactcenter_chat.routinglook'),
        ),
    ]
