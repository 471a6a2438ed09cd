"""The formats of webhooks are those that the setting WIRE_FORMATS names: the column does not change."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('contactcenter_chat', '0013_receivers_checked'),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AlterField(
                    model_name='webhook',
                    name='version',
                    field=models.CharField(max_length=32, verbose_name='format'),
                ),
            ],
        ),
    ]
