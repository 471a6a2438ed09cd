"""An index of a large table, made while others go on writing: so outside of a transaction."""

from django.db import migrations, models

from ._indexes import AddIndexBeside


class Migration(migrations.Migration):

    atomic = False

    dependencies = [
        ('contactcenter_chat', '0031_still_waiting'),
    ]

    operations = [
        AddIndexBeside(
            model_name='interaction',
            index=models.Index(condition=models.Q(('is_remote', False), ('state', 'waiting'), ('told_again_at__isnull', False)), fields=['told_again_at'], name='cc_waiting_told'),
        ),
    ]
