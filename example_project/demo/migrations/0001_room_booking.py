from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='RoomBooking',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('room', models.CharField(max_length=20)),
                ('day', models.DateField()),
                ('half', models.CharField(max_length=10)),
                ('booked_for', models.CharField(max_length=320)),
                ('key', models.CharField(max_length=128, unique=True)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('room', 'day', 'half'), name='demo_room_once')],
            },
        ),
    ]
