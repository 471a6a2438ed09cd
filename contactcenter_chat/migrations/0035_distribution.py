"""How what waits comes to an agent: offered, given at once, or picked from a list."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('contactcenter_chat', '0034_queued_at_index'),
    ]

    operations = [
        migrations.AddField(
            model_name='agent',
            name='input_at',
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name='offer',
            name='skipped',
            field=models.PositiveSmallIntegerField(null=True),
        ),
        migrations.AddField(
            model_name='queue',
            name='distribution',
            field=models.CharField(choices=[('offer', 'offered: it rings'), ('auto', 'given at once to who is at the desk'), ('pick', 'picked by agents from a list')], db_default='offer', default='offer', max_length=8, verbose_name='way to an agent'),
        ),
    ]
