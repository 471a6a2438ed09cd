"""Rows as tests need them, made by the verbs wherever there is one."""

import itertools
from datetime import timedelta
from functools import cache
from types import SimpleNamespace
from unittest import mock

from django.contrib.auth import get_user_model
from django.utils import timezone

from contactcenter_chat import events
from contactcenter_chat.actions import attachments, conversations
from contactcenter_chat.actions.center import agents, offers, placing, queues, routing, steps
from contactcenter_chat.actions.center.presence import set_presence
from contactcenter_chat.actions.knowledge import articles, files
from contactcenter_chat.actions.knowledge.articles import Said
from contactcenter_chat.actions.setup import channels, codes, tenants, webhooks
from contactcenter_chat.attachments.storing import Received
from contactcenter_chat.models import (
    AgentLanguage,
    AgentSkill,
    Article,
    Channel,
    Interaction,
    Offer,
    Queue,
    QueueSnapshot,
    Receiver,
    Skill,
    TenantSnapshot,
    TransactionCode,
    TransactionCodeList,
    clock,
)
from contactcenter_chat.models.queues import Presence
from contactcenter_chat.queries.codes import tree_of
from contactcenter_chat.signature import new_keys, new_secret

_numbers = itertools.count(1)


def make_tenant(label=None):
    """A NewTenant: tenant, queue, api_key, key, secret. All tests sign with one pair of keys: new ones take long."""
    with mock.patch.object(tenants, "new_keys", _same_keys):
        new = tenants.create_tenant(label=label or f"tenant{next(_numbers)}", name="College")
    new.queue.offer_gap_seconds = 0
    new.queue.save(update_fields=["offer_gap_seconds"])
    return new


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
    """A queue whose agents are offered several chats at once."""
    fields = {"offer_gap_seconds": 0, **fields}
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


def plan(queue, **changes):
    """Change what a queue requires, as an administrator does, and bring what waits to it."""
    for name, value in changes.items():
        setattr(queue, name, value)
    queues.save_queue(queue)
    steps.replan(queue.pk)


def overflows(queue, *others):
    """Have a queue pass on to these."""
    queues.set_overflow(queue, others)
    steps.replan(queue.pk)


def make_skill(tenant, name):
    return Skill.objects.create(tenant=tenant, name=name)


def give(agent, skills=(), languages=()):
    """Let an agent have these levels: {skill: level}, {tag: level}."""
    for skill, level in dict(skills).items():
        AgentSkill.objects.update_or_create(agent=agent, skill=skill, defaults={"level": level})
    for tag, level in dict(languages).items():
        AgentLanguage.objects.update_or_create(agent=agent, tag=tag, defaults={"level": level})


def keep_for(interaction, agent, until=None):
    """Have a waiting interaction kept for this agent."""
    interaction.target_agent, interaction.target_until = agent, until or timezone.now() + timedelta(hours=1)
    placing.regroup(interaction)
    interaction.save()


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


def make_code_list(tenant, name="Reason"):
    """A list without codes."""
    code_list = TransactionCodeList(tenant=tenant, name=name)
    codes.save_list(code_list)
    return code_list


def add_code(code_list, label, parent=None, **values):
    """A code at the end of a list, or under another of its codes."""
    return codes.create_code(code_list=code_list, parent=parent, short_code=label.lower(), label=label, **values)


def shape_of(code_list):
    """The tree of a list as labels, indented."""
    return ["  " * depth + code.label for depth, code in tree_of(code_list)]


def log_of(conversation):
    """The names of what happened, in order."""
    return list(conversation.log.order_by("number").values_list("kind", flat=True))


def finished_chat(center, seconds, *, at=None, queue=None):
    """A chat that came then, half an hour ago, was accepted at once and took so long."""
    conversation = start_conversation(center.channel)
    interaction = conversation.open_interaction
    came = at or clock.database_now() - timedelta(minutes=30)
    Interaction.objects.filter(pk=interaction.pk).update(
        queue=queue or interaction.queue,
        state="finished",
        outcome="handled",
        entered_at=came,
        accepted_at=came,
        finished_at=came + timedelta(seconds=seconds),
    )
    type(conversation).objects.filter(pk=conversation.pk).update(open_interaction=None)


def chat_history(center, seconds=300, count=10, **more):
    """So many of them."""
    for _ in range(count):
        finished_chat(center, seconds, **more)


def set_pace(pace):
    """All channels have this pace, and all queues ask an agent, for mail too."""
    Channel.objects.update(pace=pace)
    Queue.objects.update(distribution="offer")


def renew_snapshots():
    """Have the next who asks take them anew."""
    old = clock.database_now() - timedelta(seconds=16)
    for kind in (QueueSnapshot, TenantSnapshot):
        kind.objects.update(taken_at=old, renewed_at=old)


def busy_agent(center, capacity=1, queue=None):
    """Logged in, and not there now."""
    agent = make_agent(center.tenant, queue or center.queue, capacity=capacity)
    set_presence(agent_id=agent.pk, presence="on_break")
    return agent


def make_article(tenant, *questions, answer="Yes, in three.", link="", versions=None, queues=(), **fields):
    """An article in English; ``versions`` are those in further languages, as Said or what makes one, by language."""
    article = Article(tenant=tenant, **{"language": "en", **fields})
    said = {article.language: Said(questions or ["Can I pay in parts?"], answer, link)}
    said |= {tag: each if isinstance(each, Said) else Said(*each) for tag, each in (versions or {}).items()}
    return articles.save_article(article, versions=said, queues=queues)


def make_article_file(article, content=b"How to pay", name="how to pay.txt", language="en"):
    """A file of an article, in one of its languages."""
    with Received() as received:
        received.write(content)
        return files.add_file(version=article.versions.get(language=language), name=name, received=received)
