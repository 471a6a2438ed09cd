"""What queues require of agents, what interactions do, and how long they were in a queue."""

import django.core.validators
import django.db.models.deletion
import django.db.models.functions.datetime
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

from ._columns import LeaveColumn


class Migration(migrations.Migration):

    dependencies = [
        ('contactcenter_chat', '0023_skills'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Segment',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('entered_at', models.DateTimeField()),
                ('due_at', models.DateTimeField()),
                ('step', models.PositiveSmallIntegerField(default=0)),
                ('accepted_at', models.DateTimeField(null=True)),
                ('left_at', models.DateTimeField(null=True)),
                ('outcome', models.CharField(blank=True, choices=[('handled', 'handled'), ('abandoned', 'abandoned'), ('short_abandoned', 'abandoned at once'), ('transferred', 'transferred'), ('overflowed', 'overflowed'), ('timed_out', 'timed out'), ('cancelled', 'cancelled')], max_length=16)),
            ],
        ),
        migrations.RemoveIndex(
            model_name='interaction',
            name='cc_waiting',
        ),
        LeaveColumn(
            model_name='interaction',
            name='rank_at',
        ),
        migrations.AddField(
            model_name='agent',
            name='rested_at',
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name='conversation',
            name='asked_skills',
            field=models.JSONField(db_default={}, default=dict, editable=False),
        ),
        migrations.AddField(
            model_name='interaction',
            name='asked',
            field=models.JSONField(db_default=[], default=list, editable=False),
        ),
        migrations.AddField(
            model_name='interaction',
            name='due_at',
            field=models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), default=django.utils.timezone.now, editable=False, verbose_name='due'),
        ),
        migrations.AddField(
            model_name='interaction',
            name='group_key',
            field=models.CharField(blank=True, db_default='', default='', editable=False, max_length=32),
        ),
        migrations.AddField(
            model_name='interaction',
            name='required',
            field=models.JSONField(db_default={}, default=dict, editable=False),
        ),
        migrations.AddField(
            model_name='interaction',
            name='is_put_off',
            field=models.BooleanField(db_default=False, default=False, editable=False),
        ),
        migrations.AddField(
            model_name='interaction',
            name='step',
            field=models.PositiveSmallIntegerField(db_default=0, default=0, editable=False, verbose_name='step'),
        ),
        migrations.AddField(
            model_name='interaction',
            name='step_due_at',
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name='interaction',
            name='wish',
            field=models.JSONField(db_default={}, default=dict, editable=False),
        ),
        migrations.AddField(
            model_name='queue',
            name='language',
            field=models.CharField(choices=[('required', 'required, where somebody speaks it'), ('translate', 'any, with translation'), ('any', 'any')], db_default='required', default='required', max_length=16, verbose_name="customer's language"),
        ),
        migrations.AddField(
            model_name='queue',
            name='offer_gap_seconds',
            field=models.PositiveSmallIntegerField(blank=True, help_text="Seconds; empty for the setting's value.", null=True, validators=[django.core.validators.MaxValueValidator(120)], verbose_name='gap between offers'),
        ),
        migrations.AddField(
            model_name='queue',
            name='prefer',
            field=models.CharField(choices=[('enough', 'whoever is good enough, evenly'), ('best', 'whoever is best')], db_default='enough', default='enough', max_length=8, verbose_name='which agent first'),
        ),
        migrations.AddField(
            model_name='queue',
            name='priority',
            field=models.SmallIntegerField(db_default=0, default=0, help_text='Minutes by which what waits here is due earlier.', validators=[django.core.validators.MinValueValidator(-10), django.core.validators.MaxValueValidator(30)], verbose_name='priority'),
        ),
        migrations.AddField(
            model_name='queue',
            name='replan_after',
            field=models.CharField(editable=False, max_length=22, null=True),
        ),
        migrations.AddField(
            model_name='queue',
            name='replan_again_at',
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name='queue',
            name='requires',
            field=models.JSONField(blank=True, db_default={}, default=dict, verbose_name='skills required'),
        ),
        migrations.AddField(
            model_name='queue',
            name='steps',
            field=models.JSONField(blank=True, db_default=[], default=list, verbose_name='steps'),
        ),
        migrations.AddField(
            model_name='queue',
            name='target_seconds',
            field=models.PositiveIntegerField(blank=True, help_text="Seconds to the first answer; empty for the setting's value.", null=True, verbose_name='target'),
        ),
        migrations.AddField(
            model_name='routingdecision',
            name='request',
            field=models.JSONField(db_default={}, default=dict),
        ),
        migrations.AddField(
            model_name='routingdecision',
            name='ruled_out',
            field=models.JSONField(db_default={}, default=dict),
        ),
        migrations.AddField(
            model_name='routingdecision',
            name='step',
            field=models.PositiveSmallIntegerField(db_default=0, default=0),
        ),
        migrations.AddIndex(
            model_name='agent',
            index=models.Index(condition=models.Q(('rested_at__isnull', False)), fields=['rested_at'], name='cc_agent_rested'),
        ),
        migrations.AddField(
            model_name='segment',
            name='interaction',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='segments', to='contactcenter_chat.interaction'),
        ),
        migrations.AddField(
            model_name='segment',
            name='queue',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='segments', to='contactcenter_chat.queue'),
        ),
        migrations.AddField(
            model_name='segment',
            name='tenant',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='contactcenter_chat.tenant'),
        ),
        migrations.AddIndex(
            model_name='segment',
            index=models.Index(fields=['tenant', 'queue', 'entered_at'], name='cc_segment_queue'),
        ),
        migrations.AddConstraint(
            model_name='segment',
            constraint=models.UniqueConstraint(condition=models.Q(('left_at', None)), fields=('interaction',), name='cc_segment_one_open'),
        ),
    ]
