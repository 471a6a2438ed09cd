"""Give the contact centre a channel, an agent and an administrator; the last line says what it takes to use them."""

import json

import django

django.setup()

from accounts.models import User  # noqa: E402

from contactcenter_chat.actions.center.agents import create_agent  # noqa: E402
from contactcenter_chat.actions.setup.channels import create_channel  # noqa: E402
from contactcenter_chat.actions.setup.webhooks import Verified, create_webhook  # noqa: E402
from contactcenter_chat.models import Queue, Tenant, TransactionCode, TransactionCodeList  # noqa: E402
from contactcenter_chat.signature import new_secret  # noqa: E402

PASSWORD = "a long way to the sea"


def user(email, **fields):
    made = User(email=email, **fields)
    made.set_password(PASSWORD)
    made.save()
    return made


tenant, queue = Tenant.objects.get(), Queue.objects.get()
Queue.objects.update(wrap_up_mode="required_timed", wrap_up_seconds=1800, ring_seconds=300)
codes = TransactionCodeList.objects.create(tenant=tenant, name="Reason", required=True)
TransactionCode.objects.create(list=codes, short_code="fees", label="Fees", order=0)
codes.queues.set([queue])
nobody = Verified("https://portal.example.org/callbacks/", "v2.0", new_secret())
webhook = create_webhook(tenant=tenant, name="Portal", uri=nobody.uri, version=nobody.version, verified=nobody)
channel = create_channel(tenant=tenant, name="Website", webhook=webhook, queue=queue)
create_agent(tenant=tenant, user=user("maria@example.org"), capacity=3, queues=[queue])
user("root@example.org", is_staff=True, is_superuser=True)
print(json.dumps({"channel": channel.pk, "password": PASSWORD}))
