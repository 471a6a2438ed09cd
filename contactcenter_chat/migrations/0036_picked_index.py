"""An index of what was picked, made while others write."""

from django.db import migrations, models

from ._indexes import AddIndexBeside


class Migration(migrations.Migration):

    atomic = False

    dependencies = [
        ('contactcenter_chat', '0035_distribution'),
    ]

    operations = [
        AddIndexBeside(
            model_name='offer',
            index=models.Index(condition=models.Q(('skipped__isnull', False)), fields=['made_at'], name='cc_offer_picked'),
        ),
    ]
