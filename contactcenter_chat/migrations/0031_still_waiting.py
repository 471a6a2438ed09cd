"""When who waits is told so."""

import contactcenter_chat.models.queues
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('contactcenter_chat', '0030_place_kept'),
    ]

    operations = [
        migrations.AddField(
            model_name='interaction',
            name='told_again_at',
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name='queue',
            name='waiting_text_seconds',
            field=models.PositiveSmallIntegerField(db_default=0, default=0, help_text='Seconds, 30 to 3600; 0 for never.', validators=[contactcenter_chat.models.queues.check_waiting_text_seconds], verbose_name='text while waiting, every'),
        ),
    ]
