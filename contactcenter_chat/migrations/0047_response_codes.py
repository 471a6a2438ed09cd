"""Prepared responses have short codes and categories, and may be of one agent alone."""

import django.db.models.deletion
import django.db.models.functions.comparison
import django.db.models.functions.text
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('contactcenter_chat', '0046_way_by_pace'),
    ]

    operations = [
        migrations.AddField(
            model_name='preparedresponse',
            name='category',
            field=models.CharField(blank=True, db_default='', default='', max_length=64, verbose_name='category'),
        ),
        migrations.AddField(
            model_name='preparedresponse',
            name='owner',
            field=models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='prepared_responses', to='contactcenter_chat.agent', verbose_name='owner'),
        ),
        migrations.AddField(
            model_name='preparedresponse',
            name='short_code',
            field=models.CharField(blank=True, db_default='', default='', help_text='What is typed behind a slash. The same one in another language is a version of this response.', max_length=64, verbose_name='short code'),
        ),
        migrations.AddConstraint(
            model_name='preparedresponse',
            constraint=models.UniqueConstraint(models.F('tenant'), django.db.models.functions.comparison.Coalesce('queue', models.Value(''), output_field=models.CharField()), django.db.models.functions.text.Lower('language'), django.db.models.functions.comparison.Coalesce('owner', models.Value(''), output_field=models.CharField()), django.db.models.functions.text.Lower('short_code'), condition=models.Q(('short_code', ''), _negated=True), name='cc_response_code'),
        ),
    ]
