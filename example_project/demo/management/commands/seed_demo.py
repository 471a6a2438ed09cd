"""Write the demo's college down, once; the last line says how to use it, as JSON.

What is shown once (the API key's secret) is kept in the data folder, as a client application would keep it.
"""

import json
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import transaction

from contactcenter_chat.actions.setup.centre_file.applying import apply_file
from contactcenter_chat.actions.setup.tenants import create_api_key, create_empty_tenant, hash_secret
from contactcenter_chat.actions.setup.webhooks import Verified, create_webhook
from contactcenter_chat.models import ApiKey, Tenant
from contactcenter_chat.signature import new_secret
from contactcenter_chat.wire.chat_api_v2 import FORMAT as CHAT_API_V2
from example_project.demo import college, learning, transcripts
from example_project.environment import kept_secret
from example_project.portal.center import WEBHOOK

PASSWORD_BYTES = 9


class Command(BaseCommand):
    help = "Make the demo's college, unless it is there already."

    def handle(self, **options):
        password = kept_secret(settings.DATA_DIR / "demo_password", PASSWORD_BYTES)
        tenant = Tenant.objects.filter(label=college.LABEL).first() or _found(password)
        key, secret = _kept_key(settings.DATA_DIR / "demo_api_key", tenant)
        channels = tenant.channels.alive().filter(webhook__name=WEBHOOK).order_by("created_at", "pk")
        made = {
            "tenant": tenant.label,
            "api_key": key,
            "api_secret": secret,
            "channels": {channel.name: channel.queue_id for channel in channels},
            "agents": ", ".join(username for username, *_names in college.STAFF),
            "password": password,
        }
        self.stdout.write(json.dumps(made))


@transaction.atomic
def _found(password):
    tenant = create_empty_tenant(label=college.LABEL)
    college.hire(password)
    # The client application tells its address when it runs; until then callbacks wait.
    later = Verified("http://127.0.0.1/portal/callback/", CHAT_API_V2.version, new_secret())
    create_webhook(tenant=tenant, name=WEBHOOK, uri=later.uri, version=later.version, verified=later)
    apply_file(college.FILE.read_bytes(), tenant=tenant)
    of_agents = tenant.channels.filter(bot="").select_related("queue")
    channels = {channel.queue.name: channel for channel in of_agents}
    transcripts.hold_conversations(tenant, channels)
    learning.hold_conversations(tenant, channels[college.ADMISSIONS])
    return tenant


def _kept_key(path: Path, tenant):
    """The key and secret in this file; new ones when there are none, or when they are another database's."""
    if path.exists():
        key, secret = path.read_text().split()
        if ApiKey.objects.filter(tenant=tenant, key_hash=hash_secret(key), revoked_at=None).exists():
            return key, secret
    new = create_api_key(tenant=tenant, name=WEBHOOK)
    path.touch(mode=0o600)
    path.write_text(f"{new.key}\n{new.secret}\n")
    return new.key, new.secret
