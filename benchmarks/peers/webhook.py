"""Deliver bodies by django-webhook.

Its Celery app, and what asks it for deliveries: ``python -m benchmarks.peers.webhook URL COUNT``.
"""

import os
import sys

from celery import Celery

os.environ["DJANGO_SETTINGS_MODULE"] = "benchmarks.peers.settings"

app = Celery("webhook")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(["django_webhook"])


def main(url, count):
    import django

    django.setup()
    from django.core.management import call_command
    from django_webhook.models import Webhook, WebhookSecret
    from django_webhook.tasks import fire_webhook

    from benchmarks.bodies import body_of

    call_command("migrate", "django_webhook", verbosity=0)
    app.set_current()
    webhook = Webhook.objects.create(url=url, active=True)
    WebhookSecret.objects.create(webhook=webhook, token="only-for-benchmarks")
    for number in range(count):
        fire_webhook.delay(webhook.pk, body_of(f"conversation{number}"), topic="message.added")


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
