"""How do a team's own assistants use the centre? By the Model Context Protocol, over the standard input and output.

manage.py contactcenter_mcp --tenant LABEL
"""

import os

from django.core.management.base import BaseCommand, CommandError

from ...exceptions import RateLimited, Unauthorized
from ..assistants.callers import KEY, SECRET, Caller


class Command(BaseCommand):
    help = (
        "Serve the Model Context Protocol over the standard input and output, with the tools that the scopes of an "
        f"API key allow. The key and its secret are in the environment: {KEY}, {SECRET}."
    )

    def add_arguments(self, parser):
        parser.add_argument("--tenant", required=True, metavar="LABEL", help="That the key is of.")

    def handle(self, *, tenant, **options):
        try:
            from ..assistants.server import serve
        except ModuleNotFoundError as error:
            raise CommandError(f'{error.name} is missing: pip install "django-contactcenter-chat[mcp]"') from error
        try:
            caller = Caller.from_environment(tenant, os.environ)
            caller.api_key()
        except (Unauthorized, RateLimited) as refusal:
            raise CommandError(refusal.message) from refusal
        serve(caller)
