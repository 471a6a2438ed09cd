"""Rows as tests need them, made by the verbs wherever there is one."""

import itertools
from functools import cache
from types import SimpleNamespace
from unittest import mock

from django.contrib.auth import get_user_model

from contactcenter_chat import events
from contactcenter_chat.actions import attachments, conversations
from contactcenter_chat.actions.center import agents, offers, routing
from contactcenter_chat.actions.center.presence import set_presence
from contactcenter_chat.actions.setup import channels, tenants, webhooks
from contactcenter_chat.attachments.storing import Received
from contactcenter_chat.models import Interaction, Offer, Queue, Receiver, TransactionCode, TransactionCodeList
from contactcenter_chat.models.queues import Presence
from contactcenter_chat.signature import new_keys, new_secret

_numbers = itertools.count(1)


def make_tenant(label=None):
    """A NewTenant: tenant, queue, api_key, key, secret. All tests sign with one pair of keys: new ones take long."""
    with mock.patch.object(tenants, "new_keys", _same_keys):
        return tenants.create_tenant(label=label or f"tenant{next(_numbers)}", name="College")


def _same_keys(kid):
    keys = _keys()
    return keys._replace(public_jwk={**keys.public_jwk, "kid": kid})


@cache
def _keys():
    return new_keys("tests")


def make_user(username=None, first_name="Ada", last_name="Lovelace", **fields):
    username = username or f"user{next(_numbers)}"
    return get_user_model().objects.create_user(username, first_name=first_name, last_name=last_name, **fields)


def make_queue(tenant, name=None, **fields):
    return Queue.objects.create(tenant=tenant, name=name or f"Queue {next(_numbers)}", **fields)


def make_agent(tenant, *queues, presence=Presence.AVAILABLE, capacity=3, **user_fields):
    """An agent, a member of these queues, who is there."""
    agent = agents.create_agent(tenant=tenant, user=make_user(**user_fields), capacity=capacity, queues=queues)
    if presence != Presence.OFFLINE:
        set_presence(agent_id=agent.pk, presence=presence)
    agent.refresh_from_db()
    return agent


def make_webhook(tenant, uri="http://127.0.0.1:9/callbacks", name="Portal", version="v2.0", **health):
    """A webhook that nobody has verified."""
    unverified = webhooks.Verified(uri, version, new_secret())
    webhook = webhooks.create_webhook(tenant=tenant, name=name, uri=uri, version=version, verified=unverified)
    Receiver.objects.filter(pk=webhook.pk).update(**health)
    return webhook


def make_channel(tenant, queue, webhook=None, name="Website", **fields):
    webhook = webhook or make_webhook(tenant)
    return channels.create_channel(tenant=tenant, name=name, webhook=webhook, queue=queue, **fields)


def delete_channel(channel):
    """Take a channel away, and its webhook."""
    channels.delete_channel(channel)
    webhooks.delete_webhook(channel.webhook)


def make_center(label=None, **queue_fields):
    """A contact centre ready for a chat: tenant, queue, channel, webhook, key, secret, api_key."""
    new = make_tenant(label)
    if queue_fields:
        Queue.objects.filter(pk=new.queue.pk).update(**queue_fields)
        new.queue.refresh_from_db()
    channel = make_channel(new.tenant, new.queue)
    return SimpleNamespace(
        tenant=new.tenant,
        queue=new.queue,
        channel=channel,
        webhook=channel.webhook,
        api_key=new.api_key,
        key=new.key,
        secret=new.secret,
    )


def make_attachment(conversation, content=b"Hello", name="hello.txt", author_type=events.CUSTOMER, **options):
    """A file that was added to a conversation and not sent."""
    with Received() as received:
        received.write(content)
        return attachments.add_attachment(
            conversation_id=conversation.pk, author_type=author_type, name=name, received=received, **options
        )


def start_conversation(channel, history=(), **data):
    """A conversation that waits in the channel's queue."""
    return conversations.start_conversation(
        channel=channel, data={"name": "Grace", **data}, history=[(events.BOT, text) for text in history]
    )


def offer_of(conversation):
    """The live offer of a conversation; routes its queue first when there is none."""
    interaction = Interaction.objects.get(conversation=conversation, state__in=("waiting", "offering"))
    if interaction.state == "waiting":
        routing.route_queue(interaction.queue_id)
    return Offer.objects.select_related("agent__user").get(interaction=interaction, state="pending")


def accepted(conversation):
    """Route a waiting conversation and have the agent accept; return the interaction with its agent."""
    offer = offer_of(conversation)
    return offers.accept_offer(offer_id=offer.pk, agent=offer.agent)


def make_codes(tenant, *labels, name="Reason", queues=(), **list_fields):
    """A list of codes without headings; return the codes."""
    code_list = TransactionCodeList.objects.create(tenant=tenant, name=name, **list_fields)
    code_list.queues.set(queues)
    return [
        TransactionCode.objects.create(list=code_list, short_code=label.lower(), label=label, order=order)
        for order, label in enumerate(labels)
    ]


def log_of(conversation):
    """The names of what happened, in order."""
    return list(conversation.log.order_by("number").values_list("kind", flat=True))
