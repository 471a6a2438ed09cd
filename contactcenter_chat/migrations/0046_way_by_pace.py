"""A queue without a way of its own has the pace's; those that are there keep theirs."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('contactcenter_chat', '0045_targets_of_paces'),
    ]

    operations = [
        migrations.AlterField(
            model_name='queue',
            name='distribution',
            field=models.CharField(choices=[('pace', "as the channel's pace says: mail is picked, the rest is offered"), ('offer', 'offered: it rings'), ('auto', 'given at once to who is at the desk'), ('pick', 'picked by agents from a list')], db_default='pace', default='pace', max_length=8, verbose_name='way to an agent'),
        ),
    ]
