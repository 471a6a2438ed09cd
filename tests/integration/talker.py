"""A process that talks in conversations: reads what to do from its input, line by line, and answers in JSON."""

import json
import os
import sys

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings_integration")
django.setup()

from contactcenter_chat.actions import agents, conversations, interactions, messages, offers, webhooks  # noqa: E402
from contactcenter_chat.events import AGENT, CUSTOMER  # noqa: E402
from contactcenter_chat.exceptions import Conflict  # noqa: E402
from contactcenter_chat.files import storage  # noqa: E402
from contactcenter_chat.models import (  # noqa: E402
    Agent,
    Attachment,
    Channel,
    Conversation,
    Interaction,
    Offer,
    Queue,
    Webhook,
)
from contactcenter_chat.queries.transcripts import transcripts_of  # noqa: E402
from tests import factories  # noqa: E402
from tests.integration.project import wait_until  # noqa: E402


def center(url):
    """Set up a contact centre with one agent, whose callbacks go to this URL; return its channel's id."""
    made = factories.make_center(f"center{os.urandom(6).hex()}", wrap_up_mode="none")
    Webhook.objects.filter(pk=made.webhook.pk).update(uri=url)
    factories.make_agent(made.tenant, made.queue, capacity=25, username=f"agent{os.urandom(6).hex()}")
    return made.channel.pk


def start(channel, count):
    """Start conversations, which the agent accepts; return their ids."""
    started = [factories.start_conversation(Channel.objects.get(pk=channel)) for _ in range(count)]
    for conversation in started:
        factories.accepted(conversation)
    return [conversation.pk for conversation in started]


def say(conversations, texts):
    """The agent says these things in each conversation, one conversation after the other, text by text."""
    handled = Interaction.objects.filter(conversation__in=conversations, state="handling").select_related(
        "agent__user"
    )
    for text in texts:
        for interaction in handled:
            messages.add_message(
                conversation_id=interaction.conversation_id, author_type=AGENT, agent=interaction.agent, text=text
            )


def enable(channel):
    """Switch the channel's webhook on."""
    webhooks.update_webhook(webhook=Webhook.objects.get(channels=channel), enabled=True)


def remote_channel(tenant):
    """Make a channel that the remote centre ``vendor`` answers; return its id."""
    queue = Queue.objects.get(tenant__label=tenant)
    webhook = factories.make_webhook(queue.tenant, enabled=False)
    return factories.make_channel(queue.tenant, queue, webhook, name="Remote", provider="vendor").pk


def agents_of(tenant, names):
    """Make agents who need not wrap up; return their ids."""
    Queue.objects.filter(tenant__label=tenant).update(wrap_up_mode="none")
    queue = Queue.objects.get(tenant__label=tenant)
    made = [factories.make_agent(queue.tenant, queue, presence="offline", first_name=name) for name in names]
    return [agent.pk for agent in made]


def customer_starts(channel, history, text):
    """A customer comes from a bot and says something; return the conversation's id."""
    conversation = factories.start_conversation(Channel.objects.get(pk=channel), history=history)
    customer_says(conversation.pk, [text])
    return conversation.pk


def customer_says(conversation, texts):
    for text in texts:
        messages.add_message(conversation_id=conversation, author_type=CUSTOMER, text=text)


def customer_sends(conversation, text, name, content):
    """The customer says something with a file."""
    row = factories.make_attachment(Conversation.objects.get(pk=conversation), content.encode(), name)
    messages.add_message(conversation_id=conversation, author_type=CUSTOMER, text=text, attachments=[row.pk])


def agent_sends(conversation, text, name, content):
    """Whoever has the chat says something with a file."""
    has = Interaction.objects.select_related("agent__user").get(conversation=conversation, state="handling")
    whose = {"author_type": AGENT, "agent": has.agent}
    row = factories.make_attachment(Conversation.objects.get(pk=conversation), content.encode(), name, **whose)
    messages.add_message(conversation_id=conversation, text=text, attachments=[row.pk], **whose)


def files_in(conversation):
    """Whose files were sent, with which text, and what is in them; None for one that is not there yet."""
    found = Attachment.objects.filter(conversation=conversation).exclude(message=None).order_by("message__number")
    return [
        [row.author_type, row.message.text, row.name, _content(row) if row.is_clean else None]
        for row in found.select_related("message")
    ]


def _content(row):
    with storage().open(row.path) as file:
        return file.read().decode()


def customer_leaves(conversation):
    conversations.customer_leaves(conversation_id=conversation)


def accept(conversation, agent):
    """This agent alone is there, and takes the chat."""
    agent = Agent.objects.select_related("user").get(pk=agent)
    for other in Agent.objects.filter(tenant=agent.tenant):
        agents.set_presence(agent_id=other.pk, presence="available" if other.pk == agent.pk else "offline")
    agents.heartbeat(agent_id=agent.pk)
    wait_until(lambda: _accepts(conversation, agent), "the agent has the chat")


def _accepts(conversation, agent):
    found = Offer.objects.filter(interaction__conversation=conversation, agent=agent, state="pending").first()
    if found is None:
        for queue in Queue.objects.filter(tenant=agent.tenant):
            offers.route_queue(queue.pk)
        return False
    try:
        return bool(offers.accept_offer(offer_id=found.pk, agent=agent))
    except Conflict:
        return False


def transfer(conversation, agent):
    """Whoever has the chat hands it back to the queue."""
    has = Interaction.objects.select_related("agent__user", "queue").get(conversation=conversation, state="handling")
    interactions.transfer_to_queue(interaction_id=has.pk, agent=has.agent, queue=has.queue)
    accept(conversation, agent)


def end(conversation):
    """Whoever has the chat ends it."""
    has = Interaction.objects.select_related("agent__user").get(conversation=conversation, state="handling")
    interactions.end_interaction(interaction_id=has.pk, agent=has.agent)


def transcript(conversation):
    """Who said what, and what both sides are told of: the state, and each episode's outcome and who ended it."""
    row = Conversation.objects.select_related("channel", "customer").get(pk=conversation)
    (read,) = transcripts_of([row])
    told = ("interaction.queued", "agent.joined", "agent.left", "interaction.transferred")
    return {
        "said": [[line.speaker, line.text] for line in read.lines if line.speaker],
        "happened": [line.entry.kind for line in read.lines if line.entry.kind in told],
        "state": row.state,
        "episodes": [[episode.interaction.outcome, episode.interaction.ended_by] for episode in read.episodes],
    }


DO = {
    function.__name__: function
    for function in (
        center,
        start,
        say,
        enable,
        remote_channel,
        agents_of,
        customer_starts,
        customer_says,
        customer_sends,
        agent_sends,
        files_in,
        customer_leaves,
        accept,
        transfer,
        end,
        transcript,
    )
}


def main():
    for line in sys.stdin:
        asked = json.loads(line)
        print(json.dumps(DO[asked.pop("do")](**asked)), flush=True)


main()
