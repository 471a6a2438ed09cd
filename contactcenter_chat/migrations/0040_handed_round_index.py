"""An index of a large table, made while others go on writing: so outside of a transaction."""

from django.db import migrations, models

from ._indexes import AddIndexBeside


class Migration(migrations.Migration):

    atomic = False

    dependencies = [
        ('contactcenter_chat', '0039_departments'),
    ]

    operations = [
        AddIndexBeside(
            model_name='interaction',
            index=models.Index(condition=models.Q(('handed_round__gt', 0)), fields=['tenant', 'entered_at'], name='cc_handed_round'),
        ),
    ]
