"""Send callbacks once more: one, a selection, or all since a time.

manage.py contactcenter_redeliver [ID …] [--since TIME] [--until TIME] [--tenant LABEL] [--receiver ID] [--state STATE]
"""

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from ...actions.upkeep.redelivery import redeliver
from ...models import Delivery
from ...signature import EVENT_HEADER


def moment(text):
    """A time as ISO 8601; without a zone it is meant in the project's."""
    try:
        at = parse_datetime(text)
    except ValueError:
        at = None
    if at is None:
        raise CommandError(f"{text!r} is not a time; write it as 2026-01-31T14:00.")
    return at if timezone.is_aware(at) else timezone.make_aware(at)


class Command(BaseCommand):
    help = "Let deliveries go out once more, in the order of their conversations."

    def add_arguments(self, parser):
        parser.add_argument("event", nargs="*", help=f"Event ids, as the header {EVENT_HEADER} gives them.")
        parser.add_argument("--since", help="Those recorded at this time or later (ISO 8601).")
        parser.add_argument("--until", help="Those recorded before this time (ISO 8601).")
        parser.add_argument("--tenant", help="Those of the tenant with this label.")
        parser.add_argument("--receiver", help="Those to this receiver: a webhook, or a remote centre.")
        parser.add_argument("--state", choices=Delivery.State.values, help="Those in this state.")

    def handle(self, **options):
        chosen = {
            "entry__in": options["event"],
            "created_at__gte": options["since"] and moment(options["since"]),
            "created_at__lt": options["until"] and moment(options["until"]),
            "tenant__label": options["tenant"],
            "receiver": options["receiver"],
            "state": options["state"],
        }
        chosen = {lookup: value for lookup, value in chosen.items() if value}
        if not chosen.keys() & {"entry__in", "created_at__gte"}:
            raise CommandError("Name events, or say --since when.")
        count = redeliver(Delivery.objects.filter(**chosen))
        self.stdout.write(f"{count} deliveries go out once more.")
