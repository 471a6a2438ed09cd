"""A queue may say how many percent are to be answered within each of its targets."""


import django.core.validators
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('contactcenter_chat', '0048_response_acts'),
    ]

    operations = [
        migrations.AddField(
            model_name='queue',
            name='closed_target_percent',
            field=models.PositiveSmallIntegerField(blank=True, help_text='Percent, 1 to 100; empty: 80.', null=True, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(100)], verbose_name='answered within the target of what came while closed'),
        ),
        migrations.AddField(
            model_name='queue',
            name='mail_target_percent',
            field=models.PositiveSmallIntegerField(blank=True, help_text='Percent, 1 to 100; empty: 90.', null=True, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(100)], verbose_name='answered within the target of mail'),
        ),
        migrations.AddField(
            model_name='queue',
            name='messaging_target_percent',
            field=models.PositiveSmallIntegerField(blank=True, help_text='Percent, 1 to 100; empty: 80.', null=True, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(100)], verbose_name='answered within the target of messaging'),
        ),
        migrations.AddField(
            model_name='queue',
            name='target_percent',
            field=models.PositiveSmallIntegerField(blank=True, help_text='Percent, 1 to 100; empty: 80.', null=True, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(100)], verbose_name='answered within the target'),
        ),
    ]
