"""Articles with their versions and vectors, what customers ask, and what agents make of the answers."""

import contactcenter_chat.models.base
import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('contactcenter_chat', '0049_target_percents'),
    ]

    operations = [
        migrations.CreateModel(
            name='ArticleVersion',
            fields=[
                ('id', contactcenter_chat.models.base.IdField(default=contactcenter_chat.models.base.new_id, editable=False, max_length=22, primary_key=True, serialize=False)),
                ('language', models.CharField(max_length=35, verbose_name='language')),
                ('title', models.CharField(editable=False, max_length=255, verbose_name='question')),
                ('questions', models.JSONField(default=list, verbose_name='questions')),
                ('answer', models.TextField(max_length=16000, verbose_name='answer')),
                ('link', models.URLField(blank=True, max_length=2000, verbose_name='link')),
                ('digest', models.CharField(editable=False, max_length=32)),
            ],
            options={
                'verbose_name': 'version of an article',
                'verbose_name_plural': 'versions of articles',
            },
        ),
        migrations.CreateModel(
            name='Article',
            fields=[
                ('id', contactcenter_chat.models.base.IdField(default=contactcenter_chat.models.base.new_id, editable=False, max_length=22, primary_key=True, serialize=False)),
                ('language', models.CharField(help_text='Of the version that is there in any case.', max_length=35, verbose_name='main language')),
                ('state', models.CharField(choices=[('draft', 'draft'), ('published', 'published'), ('retired', 'retired')], default='published', max_length=9, verbose_name='state')),
                ('category', models.CharField(blank=True, max_length=60, verbose_name='category')),
                ('audience', models.CharField(choices=[('customers', 'customers and agents'), ('agents', 'agents alone')], default='customers', max_length=9, verbose_name='audience')),
                ('level', models.CharField(choices=[('none', 'anybody'), ('device', 'known device'), ('claimed', 'claimed, not verified'), ('code', 'verified by a code'), ('signed', 'logged in')], default='none', max_length=7, verbose_name='who customers must have shown to be')),
                ('valid_from', models.DateField(blank=True, null=True, verbose_name='valid from')),
                ('valid_to', models.DateField(blank=True, help_text='The last day.', null=True, verbose_name='valid to')),
                ('review_on', models.DateField(blank=True, null=True, verbose_name='to be reviewed on')),
                ('source', models.CharField(blank=True, editable=False, max_length=60, verbose_name='source')),
                ('source_key', models.CharField(blank=True, editable=False, max_length=255)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='created')),
                ('changed_at', models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='changed')),
                ('drafted_from', models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='drafts', to='contactcenter_chat.conversation', verbose_name='drafted from')),
                ('owner', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='articles', to='contactcenter_chat.agent', verbose_name='owner')),
                ('queues', models.ManyToManyField(blank=True, help_text='Empty: all queues.', related_name='articles', to='contactcenter_chat.queue', verbose_name='queues')),
                ('tenant', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='articles', to='contactcenter_chat.tenant', verbose_name='tenant')),
            ],
            options={
                'verbose_name': 'article',
                'verbose_name_plural': 'articles',
                'ordering': ['category', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='ArticleUse',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('version_id', contactcenter_chat.models.base.IdField(max_length=22)),
                ('shown_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('inserted_at', models.DateTimeField(null=True)),
                ('sent_at', models.DateTimeField(null=True)),
                ('is_edited', models.BooleanField(null=True)),
                ('refused_at', models.DateTimeField(null=True)),
                ('agent', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='contactcenter_chat.agent')),
                ('article', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='uses', to='contactcenter_chat.article')),
                ('interaction', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='article_uses', to='contactcenter_chat.interaction')),
                ('tenant', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='contactcenter_chat.tenant')),
            ],
        ),
        migrations.CreateModel(
            name='ArticleVectors',
            fields=[
                ('version', models.OneToOneField(db_column='version_id', on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='vectors', serialize=False, to='contactcenter_chat.articleversion')),
                ('model', models.CharField(max_length=100)),
                ('digest', models.CharField(max_length=32)),
                ('width', models.PositiveIntegerField()),
                ('vectors', models.BinaryField()),
                ('made_at', models.DateTimeField(default=django.utils.timezone.now)),
            ],
        ),
        migrations.AddField(
            model_name='articleversion',
            name='article',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='versions', to='contactcenter_chat.article'),
        ),
        migrations.AddField(
            model_name='articleversion',
            name='tenant',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='contactcenter_chat.tenant'),
        ),
        migrations.CreateModel(
            name='Question',
            fields=[
                ('id', contactcenter_chat.models.base.IdField(default=contactcenter_chat.models.base.new_id, editable=False, max_length=22, primary_key=True, serialize=False)),
                ('first_number', models.PositiveIntegerField(default=0)),
                ('last_number', models.PositiveIntegerField(default=0)),
                ('text', models.TextField(blank=True)),
                ('digest', models.CharField(blank=True, max_length=32)),
                ('is_opening', models.BooleanField(default=False)),
                ('language', models.CharField(blank=True, max_length=35)),
                ('model', models.CharField(blank=True, max_length=100)),
                ('found', models.JSONField(null=True)),
                ('best', models.FloatField(null=True)),
                ('is_unanswered', models.BooleanField(default=False)),
                ('is_looked_through', models.BooleanField(default=False)),
                ('is_settled', models.BooleanField(default=False)),
                ('asked_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('taken_until', models.DateTimeField(null=True)),
                ('failures', models.PositiveSmallIntegerField(default=0)),
                ('conversation', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='questions', to='contactcenter_chat.conversation')),
                ('interaction', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='questions', to='contactcenter_chat.interaction')),
                ('tenant', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='contactcenter_chat.tenant')),
            ],
            options={
                'verbose_name': 'question without an answer',
                'verbose_name_plural': 'questions without an answer',
            },
        ),
        migrations.AddConstraint(
            model_name='article',
            constraint=models.UniqueConstraint(condition=models.Q(('source', ''), _negated=True), fields=('tenant', 'source', 'source_key'), name='cc_article_source'),
        ),
        migrations.AddConstraint(
            model_name='article',
            constraint=models.CheckConstraint(condition=models.Q(('valid_to__isnull', True), ('valid_from__isnull', True), ('valid_to__gte', models.F('valid_from')), _connector='OR'), name='cc_article_valid'),
        ),
        migrations.AddIndex(
            model_name='articleuse',
            index=models.Index(fields=['article', 'shown_at'], name='cc_article_use'),
        ),
        migrations.AddConstraint(
            model_name='articleuse',
            constraint=models.UniqueConstraint(fields=('interaction', 'article'), name='cc_article_use_once'),
        ),
        migrations.AddField(
            model_name='articlevectors',
            name='tenant',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='contactcenter_chat.tenant'),
        ),
        migrations.AddIndex(
            model_name='articleversion',
            index=models.Index(fields=['tenant', 'language', 'title'], name='cc_article_title'),
        ),
        migrations.AddConstraint(
            model_name='articleversion',
            constraint=models.UniqueConstraint(fields=('article', 'language'), name='cc_article_language'),
        ),
        migrations.AddIndex(
            model_name='question',
            index=models.Index(condition=models.Q(('conversation', None), _negated=True), fields=['conversation'], name='cc_question_conv'),
        ),
        migrations.AddIndex(
            model_name='question',
            index=models.Index(condition=models.Q(('digest', ''), _negated=True), fields=['tenant', 'digest', 'asked_at'], name='cc_question_text'),
        ),
        migrations.AddIndex(
            model_name='question',
            index=models.Index(condition=models.Q(('interaction__isnull', False), ('is_looked_through', False)), fields=['interaction'], name='cc_question_draft'),
        ),
        migrations.AddIndex(
            model_name='question',
            index=models.Index(condition=models.Q(('found__isnull', True)), fields=['asked_at'], name='cc_question_owed'),
        ),
        migrations.AddIndex(
            model_name='question',
            index=models.Index(condition=models.Q(('is_opening', True), ('is_settled', False), ('is_unanswered', True)), fields=['tenant', '-asked_at'], name='cc_question_open'),
        ),
        migrations.AddConstraint(
            model_name='question',
            constraint=models.UniqueConstraint(fields=('interaction', 'first_number', 'last_number'), name='cc_question_once'),
        ),
        migrations.AddIndex(
            model_name='question',
            index=models.Index(condition=models.Q(('conversation', None)), fields=['asked_at'], name='cc_question_old'),
        ),
        migrations.AddIndex(
            model_name='articlevectors',
            index=models.Index(fields=['tenant', 'model'], name='cc_article_vectors'),
        ),
    ]
