"""When an interaction was queued last: what it was counted from before is when it was first."""

import django.db.models.functions.datetime
import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('contactcenter_chat', '0032_still_waiting_index'),
    ]

    operations = [
        migrations.AddField(
            model_name='interaction',
            name='queued_at',
            field=models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), default=django.utils.timezone.now, editable=False),
        ),
    ]
