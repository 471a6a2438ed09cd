"""An index of a large table, made while others go on writing: so outside of a transaction."""

from django.db import migrations, models

from ._indexes import AddIndexBeside


class Migration(migrations.Migration):

    atomic = False

    dependencies = [
        ('contactcenter_chat', '0026_hours'),
    ]

    operations = [
        AddIndexBeside(
            model_name='interaction',
            index=models.Index(condition=models.Q(('is_remote', False), ('state', 'waiting'), ('overflows_at__isnull', False)), fields=['overflows_at'], name='cc_waiting_overflow'),
        ),
    ]
