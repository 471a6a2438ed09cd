"""Let simulated agents answer a tenant's default queue.

manage.py simulate_agents --tenant LABEL --agents N [--echo] [--seconds S]
"""

from django.core.management.base import BaseCommand, CommandError

from ...queries.simulation import default_queue, tenant_labelled
from ...simulation.agents import Crew
from ...simulation.clock import until_stopped


class Command(BaseCommand):
    help = "Simulated agents become available, accept chats, answer every message and wrap up."

    def add_arguments(self, parser):
        parser.add_argument("--tenant", required=True, metavar="LABEL")
        parser.add_argument("--agents", required=True, type=int, metavar="N", help="How many; made if need be.")
        parser.add_argument(
            "--capacity", default=25, type=int, metavar="N", help="Chats at once of each that is made."
        )
        parser.add_argument("--echo", action="store_true", help='Answer "echo: " and what was said, at once.')
        parser.add_argument("--seconds", type=float, metavar="S", help="Stop after this time; for ever without it.")

    def handle(self, *, tenant, **options):
        found = tenant_labelled(tenant)
        if found is None:
            raise CommandError(f"There is no tenant {tenant}.")
        crew = Crew(
            tenant=found,
            queue=default_queue(found),
            size=options["agents"],
            capacity=options["capacity"],
            echo=options["echo"],
        )
        self.stdout.write(f"{options['agents']} simulated agents answer {default_queue(found)}.")
        with until_stopped(options["seconds"]) as stop:
            crew.work(stop)
