"""Let simulated agents answer a tenant's default queue, or agents who are there answer theirs.

manage.py simulate_agents --tenant LABEL (--agents N [--capacity N] | --as NAMES) [--echo] [--seconds S]
"""

from django.core.management.base import BaseCommand, CommandError

from ...models.queues import CAPACITY
from ...queries.simulation import agent_who_logs_in, default_queue, tenant_labelled
from ...simulation.agents import Crew
from ...simulation.duration import until_stopped


class Command(BaseCommand):
    help = "Simulated agents become available, accept chats, answer every message and wrap up."

    def add_arguments(self, parser):
        parser.add_argument("--tenant", required=True, metavar="LABEL")
        who = parser.add_mutually_exclusive_group(required=True)
        who.add_argument("--agents", type=int, metavar="N", help="How many; made if need be.")
        who.add_argument(
            "--as", dest="logins", metavar="NAMES", help="Who is there: what they log in with, by commas."
        )
        parser.add_argument(
            "--capacity", default=CAPACITY[1], type=int, metavar="N", help="Chats at once of each that is made."
        )
        parser.add_argument("--echo", action="store_true", help='Answer "echo: " and what was said, at once.')
        parser.add_argument("--seconds", type=float, metavar="S", help="Stop after this time; for ever without it.")

    def handle(self, *, tenant, **options):
        found = tenant_labelled(tenant)
        if found is None:
            raise CommandError(f"There is no tenant {tenant}.")
        crew, told = self._as(found, **options) if options["logins"] else self._made(found, **options)
        self.stdout.write(told)
        with until_stopped(options["seconds"]) as stop:
            crew.work(stop)

    def _made(self, tenant, *, agents, capacity, echo, **options):
        queue = default_queue(tenant)
        if queue is None:
            raise CommandError(f"{tenant} has no queue.")
        crew = Crew(tenant=tenant, queue=queue, size=agents, capacity=capacity, echo=echo)
        return crew, f"{agents} simulated agents answer {queue}."

    def _as(self, tenant, *, logins, echo, **options):
        names = list(dict.fromkeys(filter(None, map(str.strip, logins.split(",")))))
        for name in names:
            if agent_who_logs_in(tenant, name) is None:
                raise CommandError(f"{tenant} has no agent {name}.")
        if not names:
            raise CommandError("Name somebody: --as maria,tom")
        return Crew(tenant=tenant, logins=names, echo=echo), f"{', '.join(names)} answer their queues."
