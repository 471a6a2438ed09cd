"""Indexes of whose customer is there, and of what is kept for somebody until then, made while others write."""

from django.db import migrations, models

from ._indexes import AddIndexBeside


class Migration(migrations.Migration):

    atomic = False

    dependencies = [
        ('contactcenter_chat', '0041_customer_presence'),
    ]

    operations = [
        AddIndexBeside(
            model_name='interaction',
            index=models.Index(condition=models.Q(('is_remote', False), ('state', 'waiting'), ('is_follow_up', False), ('is_put_off', False), ('away_since', None), ('customer_seen_at__isnull', False)), fields=['customer_seen_at'], name='cc_waiting_seen'),
        ),
        AddIndexBeside(
            model_name='interaction',
            index=models.Index(condition=models.Q(('is_remote', False), ('state', 'waiting'), ('is_follow_up', False), ('is_put_off', False), ('away_since__isnull', False)), fields=['away_since'], name='cc_waiting_away'),
        ),
        AddIndexBeside(
            model_name='interaction',
            index=models.Index(condition=models.Q(('state', 'waiting'), ('target_until__isnull', False)), fields=['target_until'], name='cc_waiting_target'),
        ),
    ]
