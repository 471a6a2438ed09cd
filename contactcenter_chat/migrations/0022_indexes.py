"""Indexes of large tables, made while others go on writing: so outside of a transaction."""

from django.db import migrations, models

from ._indexes import AddIndexBeside


class Migration(migrations.Migration):

    atomic = False

    dependencies = [
        ('contactcenter_chat', '0021_uploaders_released_agents_data_order'),
    ]

    operations = [
        AddIndexBeside(
            model_name='attachment',
            index=models.Index(condition=models.Q(('message', None)), fields=['uploader'], name='cc_attachment_uploader'),
        ),
        AddIndexBeside(
            model_name='offer',
            index=models.Index(condition=models.Q(('state', 'timed_out')), fields=['agent', 'ended_at'], name='cc_offer_missed'),
        ),
    ]
