"""Prepared responses may act when they are sent; what they do is owed for a moment."""

import contactcenter_chat.models.base
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('contactcenter_chat', '0047_response_codes'),
    ]

    operations = [
        migrations.AddField(
            model_name='preparedresponse',
            name='acts',
            field=models.JSONField(blank=True, db_default={}, default=dict, editable=False, verbose_name='acts'),
        ),
        migrations.CreateModel(
            name='OwedActs',
            fields=[
                ('id', contactcenter_chat.models.base.IdField(default=contactcenter_chat.models.base.new_id, editable=False, max_length=22, primary_key=True, serialize=False)),
                ('acts', models.JSONField()),
                ('due_at', models.DateTimeField(null=True)),
                ('problems', models.JSONField(default=list)),
                ('agent', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='contactcenter_chat.agent')),
                ('interaction', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='owed_acts', to='contactcenter_chat.interaction')),
                ('response', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='contactcenter_chat.preparedresponse')),
                ('tenant', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='contactcenter_chat.tenant')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('due_at__isnull', False)), fields=['due_at'], name='cc_owed_acts_due')],
            },
        ),
    ]
