"""A queue may have targets of its own for messaging and mail."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('contactcenter_chat', '0044_routing_looks_index'),
    ]

    operations = [
        migrations.AddField(
            model_name='queue',
            name='mail_target_seconds',
            field=models.PositiveIntegerField(blank=True, help_text='Seconds of opening time; empty: as the pace says.', null=True, verbose_name='target of mail'),
        ),
        migrations.AddField(
            model_name='queue',
            name='messaging_target_seconds',
            field=models.PositiveIntegerField(blank=True, help_text='Seconds of opening time; empty: as the pace says.', null=True, verbose_name='target of messaging'),
        ),
    ]
