"""Where who waits stands, and what they were told of it."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('contactcenter_chat', '0027_overflow_index'),
    ]

    operations = [
        migrations.CreateModel(
            name='QueueSnapshot',
            fields=[
                ('taken_at', models.DateTimeField()),
                ('renewed_at', models.DateTimeField(null=True)),
                ('content', models.JSONField(default=dict)),
                ('of', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='+', serialize=False, to='contactcenter_chat.queue')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='TenantSnapshot',
            fields=[
                ('taken_at', models.DateTimeField()),
                ('renewed_at', models.DateTimeField(null=True)),
                ('content', models.JSONField(default=dict)),
                ('of', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='+', serialize=False, to='contactcenter_chat.tenant')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.AddField(
            model_name='segment',
            name='estimated_from',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='segment',
            name='estimated_until',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='segment',
            name='came_true',
            field=models.BooleanField(null=True),
        ),
        migrations.AddField(
            model_name='segment',
            name='told_high',
            field=models.PositiveIntegerField(null=True),
        ),
        migrations.AddField(
            model_name='segment',
            name='told_low',
            field=models.PositiveIntegerField(null=True),
        ),
    ]
