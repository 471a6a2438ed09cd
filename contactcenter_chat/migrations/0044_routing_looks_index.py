"""An index of the decisions of a look, made while others write."""

from django.db import migrations, models

from ._indexes import AddIndexBeside


class Migration(migrations.Migration):

    atomic = False

    dependencies = [
        ('contactcenter_chat', '0043_routing_looks'),
    ]

    operations = [
        AddIndexBeside(
            model_name='routingdecision',
            index=models.Index(condition=models.Q(('look__isnull', False)), fields=['look'], name='cc_decision_look'),
        ),
    ]
