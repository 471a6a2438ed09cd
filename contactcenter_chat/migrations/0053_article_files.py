"""Files of articles."""

import contactcenter_chat.models.base
import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('contactcenter_chat', '0052_question_names'),
    ]

    operations = [
        migrations.CreateModel(
            name='ArticleFile',
            fields=[
                ('id', contactcenter_chat.models.base.IdField(default=contactcenter_chat.models.base.new_id, editable=False, max_length=22, primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=255, verbose_name='file name')),
                ('content_type', models.CharField(max_length=100, verbose_name='type')),
                ('size', models.PositiveBigIntegerField(verbose_name='size')),
                ('sha256', models.CharField(max_length=64)),
                ('path', models.CharField(max_length=255)),
                ('position', models.PositiveSmallIntegerField(default=0)),
                ('state', models.CharField(choices=[('receiving', 'being received'), ('clean', 'clean'), ('removed', 'removed')], default='receiving', max_length=9, verbose_name='state')),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('tenant', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='contactcenter_chat.tenant')),
                ('version', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='files', to='contactcenter_chat.articleversion')),
            ],
            options={
                'verbose_name': 'file of an article',
                'verbose_name_plural': 'files of articles',
                'ordering': ['position', 'id'],
                'indexes': [models.Index(fields=['version', 'position'], name='cc_article_file')],
            },
        ),
    ]
