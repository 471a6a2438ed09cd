"""The place of who left while waiting and is back."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('contactcenter_chat', '0029_mass_loss'),
    ]

    operations = [
        migrations.AddField(
            model_name='interaction',
            name='place_from',
            field=models.DateTimeField(editable=False, null=True),
        ),
    ]
