"""Backwards only as long as nobody who was released is an agent again: a user was one agent then."""

import contactcenter_chat.models.base
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('contactcenter_chat', '0020_typing_signs'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='agent',
            name='released_at',
            field=models.DateTimeField(editable=False, null=True, verbose_name='released'),
        ),
        migrations.AddField(
            model_name='attachment',
            name='uploader',
            field=contactcenter_chat.models.base.IdField(blank=True, db_default='', default='', max_length=22),
        ),
        migrations.AddField(
            model_name='conversation',
            name='data_order',
            field=models.JSONField(default=list, editable=False, null=True),
        ),
        migrations.AlterField(
            model_name='agent',
            name='user',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='contactcenter_agents', to=settings.AUTH_USER_MODEL, verbose_name='user'),
        ),
        migrations.AddConstraint(
            model_name='agent',
            constraint=models.UniqueConstraint(condition=models.Q(('released_at', None)), fields=('user',), name='cc_agent_once'),
        ),
    ]
