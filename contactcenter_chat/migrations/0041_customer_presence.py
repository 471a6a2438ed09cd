"""Whether the customer who waits is there, and whether clients are told what the centre itself says."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('contactcenter_chat', '0040_handed_round_index'),
    ]

    operations = [
        migrations.AddField(
            model_name='channel',
            name='has_presence',
            field=models.BooleanField(db_default=False, default=False, help_text='By typing, reading, or asking where the chat stands. Who is gone for a minute is skipped meanwhile.', verbose_name='knows whether the customer is there'),
        ),
        migrations.AddField(
            model_name='channel',
            name='tells_own_words',
            field=models.BooleanField(db_default=False, default=False, help_text='Clients whose format tells the words of agents alone are told also what the contact centre itself says.', verbose_name='tells its own words'),
        ),
        migrations.AddField(
            model_name='interaction',
            name='away_since',
            field=models.DateTimeField(editable=False, null=True, verbose_name='away since'),
        ),
        migrations.AddField(
            model_name='interaction',
            name='customer_seen_at',
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.AlterField(
            model_name='interaction',
            name='outcome',
            field=models.CharField(blank=True, choices=[('handled', 'handled'), ('abandoned', 'abandoned'), ('short_abandoned', 'abandoned at once'), ('transferred', 'transferred'), ('overflowed', 'overflowed'), ('silent_abandoned', 'left without a word'), ('timed_out', 'timed out'), ('cancelled', 'cancelled')], max_length=16, verbose_name='outcome'),
        ),
        migrations.AlterField(
            model_name='segment',
            name='outcome',
            field=models.CharField(blank=True, choices=[('handled', 'handled'), ('abandoned', 'abandoned'), ('short_abandoned', 'abandoned at once'), ('transferred', 'transferred'), ('overflowed', 'overflowed'), ('silent_abandoned', 'left without a word'), ('timed_out', 'timed out'), ('cancelled', 'cancelled')], max_length=16),
        ),
    ]
