"""Owe bodies by django-reliable-outbox: ``python -m benchmarks.peers.outbox LANES EACH``."""

import json
import os
import sys

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "benchmarks.peers.settings"
django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection, transaction  # noqa: E402
from reliable_outbox import publish  # noqa: E402
from reliable_outbox.models import OutboxMessage  # noqa: E402

from benchmarks.bodies import body_of  # noqa: E402

call_command("migrate", "reliable_outbox", verbosity=0)
OutboxMessage.objects.all().delete()
with transaction.atomic():
    for lane in range(int(sys.argv[1])):
        for _ in range(int(sys.argv[2])):
            publish("message.added", json.loads(body_of(f"conversation{lane}")), key=f"conversation{lane}")
with connection.cursor() as cursor:
    cursor.execute("VACUUM ANALYZE")
