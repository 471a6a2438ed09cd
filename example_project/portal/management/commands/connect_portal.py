"""Register the example's client application with the contact centre, over its API.

manage.py connect_portal --callback-url URL --channel NAME QUEUE_ID [--channel NAME QUEUE_ID …]
"""

import requests
from django.core.management.base import BaseCommand, CommandError

from contactcenter_chat.client import ApiError
from example_project.portal import center


class Command(BaseCommand):
    help = "Register the portal's webhook and channels with the contact centre."

    def add_arguments(self, parser):
        parser.add_argument("--callback-url", required=True, help="Where this site takes callbacks.")
        parser.add_argument("--channel", nargs=2, metavar=("NAME", "QUEUE_ID"), action="append", default=[])

    def handle(self, *, callback_url, channel, **options):
        api = center.api()
        try:
            webhook_id = api.ensure_webhook(center.WEBHOOK, callback_url)
            for name, queue_id in channel:
                api.ensure_channel(name, webhook_id, queue_id)
        except (ApiError, requests.RequestException) as error:
            raise CommandError(f"The contact centre did not take it: {error}") from error
        self.stdout.write(f"Callbacks go to {callback_url}; {len(channel)} channels.")
