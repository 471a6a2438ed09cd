"""How often in a row a receiver took long to answer. With a default in the database, for workers that do not know it."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('contactcenter_chat', '0016_receivers_permissions'),
    ]

    operations = [
        migrations.AddField(
            model_name='receiver',
            name='slow_answers',
            field=models.PositiveIntegerField(db_default=0, default=0, editable=False),
        ),
    ]
