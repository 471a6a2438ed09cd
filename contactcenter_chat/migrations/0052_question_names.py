"""What the columns of questions are called."""

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('contactcenter_chat', '0051_articles_search'),
    ]

    operations = [
        migrations.AlterField(
            model_name='question',
            name='asked_at',
            field=models.DateTimeField(default=django.utils.timezone.now, verbose_name='asked'),
        ),
        migrations.AlterField(
            model_name='question',
            name='best',
            field=models.FloatField(null=True, verbose_name='nearness'),
        ),
        migrations.AlterField(
            model_name='question',
            name='conversation',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='questions', to='contactcenter_chat.conversation', verbose_name='conversation'),
        ),
        migrations.AlterField(
            model_name='question',
            name='language',
            field=models.CharField(blank=True, max_length=35, verbose_name='language'),
        ),
        migrations.AlterField(
            model_name='question',
            name='tenant',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='contactcenter_chat.tenant', verbose_name='tenant'),
        ),
    ]
