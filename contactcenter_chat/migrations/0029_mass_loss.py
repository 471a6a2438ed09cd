"""How long agents who were lost together keep their chats."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('contactcenter_chat', '0028_estimates'),
    ]

    operations = [
        migrations.AddField(
            model_name='tenant',
            name='mass_loss_until',
            field=models.DateTimeField(editable=False, null=True),
        ),
    ]
