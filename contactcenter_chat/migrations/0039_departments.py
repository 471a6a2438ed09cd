"""Departments; what comes shortly before closing; what becomes of what is written after the end."""

import contactcenter_chat.models.base
import django.core.validators
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('contactcenter_chat', '0038_pace_index'),
    ]

    operations = [
        migrations.CreateModel(
            name='Department',
            fields=[
                ('id', contactcenter_chat.models.base.IdField(default=contactcenter_chat.models.base.new_id, editable=False, max_length=22, primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=255, verbose_name='name')),
                ('hours', models.ForeignKey(blank=True, help_text='What is shown of it; empty: those of its entry queue.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='departments', to='contactcenter_chat.openinghours', verbose_name='opening hours')),
                ('tenant', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='departments', to='contactcenter_chat.tenant', verbose_name='tenant')),
            ],
            options={
                'verbose_name': 'department',
                'verbose_name_plural': 'departments',
                'ordering': ['name'],
                'constraints': [models.UniqueConstraint(fields=('tenant', 'name'), name='cc_department_name')],
            },
        ),
        migrations.CreateModel(
            name='DepartmentSupervisor',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('agent', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='contactcenter_chat.agent', verbose_name='agent')),
                ('department', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='contactcenter_chat.department', verbose_name='department')),
            ],
            options={
                'verbose_name': 'supervisor of a department',
                'verbose_name_plural': 'supervisors of departments',
                'constraints': [models.UniqueConstraint(fields=('department', 'agent'), name='cc_supervisor_once')],
            },
        ),
        migrations.AddField(
            model_name='department',
            name='supervisors',
            field=models.ManyToManyField(blank=True, related_name='supervised_departments', through='contactcenter_chat.DepartmentSupervisor', to='contactcenter_chat.agent', verbose_name='supervisors'),
        ),
        migrations.CreateModel(
            name='DepartmentQueue',
            fields=[
                ('queue', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='in_department', serialize=False, to='contactcenter_chat.queue', verbose_name='queue')),
                ('is_entry', models.BooleanField(default=False, verbose_name='entry queue')),
                ('department', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='rows', to='contactcenter_chat.department', verbose_name='department')),
            ],
            options={
                'verbose_name': 'queue of a department',
                'verbose_name_plural': 'queues of departments',
                'constraints': [models.UniqueConstraint(condition=models.Q(('is_entry', True)), fields=('department',), name='cc_department_one_entry')],
            },
        ),
        migrations.AddField(
            model_name='channel',
            name='keeps_thanks',
            field=models.BooleanField(
                db_default=False,
                default=False,
                help_text='Who says no more than thanks within ten minutes after the end waits for nobody.',
                verbose_name='keeps thanks',
            ),
        ),
        migrations.AddField(
            model_name='interaction',
            name='handed_round',
            field=models.PositiveSmallIntegerField(db_default=0, default=0, editable=False, verbose_name='handed on'),
        ),
        migrations.AddField(
            model_name='interaction',
            name='put_off_until',
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name='channel',
            name='reopen_hours',
            field=models.PositiveIntegerField(
                blank=True,
                help_text="Hours after the end in which it is the same matter still; empty for the setting's value.",
                null=True,
                verbose_name='reopens within',
            ),
        ),
        migrations.AddField(
            model_name='channel',
            name='reopen_to',
            field=models.CharField(
                blank=True,
                choices=[('last_queue', 'the queue that had it last'), ('bot', 'the bot')],
                db_default='',
                default='',
                help_text='Empty: whom the provider says.',
                max_length=16,
                verbose_name='who gets it then',
            ),
        ),
        migrations.AddField(
            model_name='channel',
            name='sticky_seconds',
            field=models.PositiveSmallIntegerField(
                blank=True,
                help_text="Seconds, 0 for not at all; empty for the setting's value.",
                null=True,
                validators=[django.core.validators.MaxValueValidator(3600)],
                verbose_name='waits for its last agent',
            ),
        ),
        migrations.AddField(
            model_name='queue',
            name='closing_seconds',
            field=models.PositiveSmallIntegerField(
                blank=True,
                help_text="Seconds in which what would wait past closing finds it closed; empty for the setting's value.",
                null=True,
                validators=[django.core.validators.MaxValueValidator(7200)],
                verbose_name='takes nothing new before closing',
            ),
        ),
    ]
