"""When queues are open, and what becomes of what they do not serve."""

import contactcenter_chat.models.base
import django.core.validators
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('contactcenter_chat', '0025_waiting_groups'),
    ]

    operations = [
        migrations.CreateModel(
            name='OpeningHours',
            fields=[
                ('id', contactcenter_chat.models.base.IdField(default=contactcenter_chat.models.base.new_id, editable=False, max_length=22, primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=60, verbose_name='name')),
                ('time_zone', models.CharField(default='UTC', max_length=64, verbose_name='time zone')),
                ('weekly', models.JSONField(blank=True, default=dict, verbose_name='weekly hours')),
                ('exceptions', models.JSONField(blank=True, default=dict, verbose_name='exceptions')),
                ('holidays', models.CharField(blank=True, help_text='Of a country or a part of one: GB, GB-ENG.', max_length=16, verbose_name='holidays')),
            ],
            options={
                'verbose_name': 'opening hours',
                'verbose_name_plural': 'opening hours',
                'ordering': ['name'],
            },
        ),
        migrations.CreateModel(
            name='QueueOverflow',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('position', models.PositiveSmallIntegerField(default=0, verbose_name='order')),
            ],
            options={
                'verbose_name': 'overflow',
                'verbose_name_plural': 'overflow',
                'ordering': ['position', 'id'],
            },
        ),
        migrations.AddField(
            model_name='interaction',
            name='is_follow_up',
            field=models.BooleanField(db_default=False, default=False, editable=False, verbose_name='follow-up'),
        ),
        migrations.AddField(
            model_name='interaction',
            name='overflows_at',
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name='queue',
            name='closed_target_seconds',
            field=models.PositiveIntegerField(blank=True, help_text="Seconds of opening time; empty for the setting's value.", null=True, verbose_name='target of what came while closed'),
        ),
        migrations.AddField(
            model_name='queue',
            name='empty_since',
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name='queue',
            name='grace_seconds',
            field=models.PositiveSmallIntegerField(blank=True, help_text="Seconds for what waits at closing; empty for the setting's value.", null=True, validators=[django.core.validators.MaxValueValidator(3600)], verbose_name='goes on after closing'),
        ),
        migrations.AddField(
            model_name='queue',
            name='is_closed',
            field=models.BooleanField(db_default=False, default=False, editable=False, verbose_name='closed'),
        ),
        migrations.AddField(
            model_name='queue',
            name='max_wait_seconds',
            field=models.PositiveIntegerField(db_default=0, default=0, help_text='Seconds of opening time, then it overflows; 0 for no limit.', verbose_name='longest wait'),
        ),
        migrations.AddField(
            model_name='queue',
            name='opens_at',
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name='queue',
            name='serves_until',
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name='queue',
            name='texts',
            field=models.JSONField(blank=True, db_default={}, default=dict, verbose_name='texts for customers'),
        ),
        migrations.AddField(
            model_name='queue',
            name='turns_at',
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name='queue',
            name='when_closed',
            field=models.CharField(choices=[('wait', 'keep it waiting'), ('overflow', 'pass it on to another queue'), ('message', 'tell the customer, and keep it for later')], db_default='wait', default='wait', max_length=8, verbose_name='when closed'),
        ),
        migrations.AddField(
            model_name='queue',
            name='when_empty',
            field=models.CharField(choices=[('wait', 'keep it waiting'), ('overflow', 'pass it on to another queue'), ('message', 'tell the customer, and keep it for later')], db_default='wait', default='wait', max_length=8, verbose_name='when nobody is there'),
        ),
        migrations.AddField(
            model_name='openinghours',
            name='tenant',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='opening_hours', to='contactcenter_chat.tenant', verbose_name='tenant'),
        ),
        migrations.AddField(
            model_name='queue',
            name='hours',
            field=models.ForeignKey(blank=True, help_text='Empty: always open.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='queues', to='contactcenter_chat.openinghours', verbose_name='opening hours'),
        ),
        migrations.AddIndex(
            model_name='queue',
            index=models.Index(condition=models.Q(('turns_at__isnull', False)), fields=['turns_at'], name='cc_queue_turns'),
        ),
        migrations.AddField(
            model_name='queueoverflow',
            name='queue',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='overflows', to='contactcenter_chat.queue'),
        ),
        migrations.AddField(
            model_name='queueoverflow',
            name='to',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='contactcenter_chat.queue', verbose_name='to'),
        ),
        migrations.AddConstraint(
            model_name='openinghours',
            constraint=models.UniqueConstraint(fields=('tenant', 'name'), name='cc_hours_name'),
        ),
        migrations.AddConstraint(
            model_name='queueoverflow',
            constraint=models.UniqueConstraint(fields=('queue', 'to'), name='cc_overflow_once'),
        ),
        migrations.AddConstraint(
            model_name='queueoverflow',
            constraint=models.CheckConstraint(condition=models.Q(('queue', models.F('to')), _negated=True), name='cc_overflow_to_another'),
        ),
    ]
