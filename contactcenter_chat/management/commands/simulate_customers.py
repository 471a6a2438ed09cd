"""Let simulated customers come to a tenant, over the HTTP API.

manage.py simulate_customers --tenant LABEL --rate PER_SECOND [--seconds S] [--base-url URL]
"""

from contextlib import ExitStack, contextmanager

import requests
from django.core.management.base import BaseCommand, CommandError

from ...actions.setup.tenants import create_api_key, revoke_api_key
from ...client import ApiError, ChatApiClient
from ...queries.simulation import default_queue, tenant_labelled
from ...simulation import receiver
from ...simulation.customers import Crowd
from ...simulation.duration import until_stopped

NAME = "Simulated customers"


class Command(BaseCommand):
    help = "Simulated customers start conversations, talk and leave, as a client application would have it."

    def add_arguments(self, parser):
        parser.add_argument("--tenant", required=True, metavar="LABEL")
        parser.add_argument("--rate", required=True, type=float, metavar="PER_SECOND", help="How many come a second.")
        parser.add_argument("--seconds", type=float, metavar="S", help="Stop after this time; for ever without it.")
        parser.add_argument("--base-url", default="http://127.0.0.1:8000", help="Where the API is served.")
        parser.add_argument("--api-key", help="Without it a key is made, and revoked at the end.")
        parser.add_argument("--api-secret")
        parser.add_argument("--queue", metavar="ID", help="The queue they come to; the default queue without it.")
        parser.add_argument(
            "--webhook", metavar="URL", help="Where callbacks go; without it to a receiver of the command's own."
        )

    def handle(self, *, tenant, rate, **options):
        found = tenant_labelled(tenant)
        if found is None:
            raise CommandError(f"There is no tenant {tenant}.")
        if rate <= 0:
            raise CommandError("--rate must be more than 0.")
        with ExitStack() as until_end:
            key, secret = until_end.enter_context(_key(found, options["api_key"], options["api_secret"]))
            api = ChatApiClient(options["base_url"], found.label, key, secret)
            own = None if options["webhook"] else until_end.enter_context(receiver.running())
            address = own.url if own else options["webhook"]
            channel_id = _connect(api, options["base_url"], address, options["queue"] or default_queue(found).pk)
            crowd = Crowd(api=api, channel_id=channel_id, answers=own and own.answers)
            with until_stopped(options["seconds"]) as stop:
                crowd.come(rate, stop)
        self.stdout.write(", ".join(f"{count} {what}" for what, count in crowd.counts.items()))


@contextmanager
def _key(tenant, key, secret):
    """The key and secret that were given, or new ones for as long as the block lasts."""
    if key and secret:
        yield key, secret
        return
    new = create_api_key(tenant=tenant, name=NAME)
    try:
        yield new.key, new.secret
    finally:
        revoke_api_key(new.api_key)


def _connect(api, base_url, url, queue_id):
    try:
        webhook_id = api.ensure_webhook(NAME, url)
        return api.ensure_channel(NAME, webhook_id, queue_id)
    except requests.ConnectionError as error:
        raise CommandError(f"Nobody answers at {base_url}: its server must run.") from error
    except (ApiError, requests.RequestException) as error:
        raise CommandError(f"The API did not take the webhook and the channel: {error}") from error
