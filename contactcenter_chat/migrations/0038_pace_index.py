"""An index of a large table, made while others go on writing: so outside of a transaction."""

from django.db import migrations, models

from ._indexes import AddIndexBeside


class Migration(migrations.Migration):

    atomic = False

    dependencies = [
        ('contactcenter_chat', '0037_pace'),
    ]

    operations = [
        AddIndexBeside(
            model_name='interaction',
            index=models.Index(condition=models.Q(('frees_at__isnull', False), ('state', 'handling')), fields=['frees_at'], name='cc_handling_frees'),
        ),
    ]
