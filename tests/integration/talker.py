"""A process that talks in conversations: reads what to do from its input, line by line, and answers in JSON."""

import json
import os
import sys

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings_integration")
django.setup()

from contactcenter_chat.actions import conversations, messages  # noqa: E402
from contactcenter_chat.actions.setup import tenants, webhooks  # noqa: E402
from contactcenter_chat.attachments.storing import storage  # noqa: E402
from contactcenter_chat.events import AGENT, CUSTOMER  # noqa: E402
from contactcenter_chat.models import ApiKey, Attachment, Channel, Conversation, Interaction, Queue, Receiver, Webhook  # noqa: E402
from contactcenter_chat.queries.transcripts import transcripts_of  # noqa: E402
from tests import factories  # noqa: E402


def center(url):
    """Set up a contact centre with one agent, whose callbacks go to this URL; return its channel's id."""
    made = factories.make_center(f"center{os.urandom(6).hex()}", wrap_up_mode="none")
    Receiver.objects.filter(pk=made.webhook.pk).update(uri=url)
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


def assisted(tenant):
    """Make an article, and a conversation that a bot has and in which its customer asks; return the latter's id."""
    queue = Queue.objects.get(tenant__label=tenant)
    factories.make_article(queue.tenant, "Can I pay in parts?", answer="Yes, in three.")
    started = conversations.start_conversation(
        channel=factories.make_channel(queue.tenant, queue), data={"name": "Grace"}, script="faq"
    )
    messages.add_message(
        conversation_id=started.pk, author_type=CUSTOMER, text="Can I pay in parts? I am grace@example.org"
    )
    return {"conversation": started.pk}


def revoke(tenant):
    """Revoke all keys of a contact centre."""
    for api_key in ApiKey.objects.filter(tenant__label=tenant):
        tenants.revoke_api_key(api_key)


def enable(channel):
    """Switch the channel's webhook on."""
    webhooks.update_webhook(webhook=Webhook.objects.get(channels=channel), enabled=True)


def remote_channel(tenant, url):
    """Make a channel that the remote centre ``vendor`` answers, whose own callbacks go to this URL; return its id."""
    queue = Queue.objects.get(tenant__label=tenant)
    webhook = factories.make_webhook(queue.tenant, url, version="Chat Gateway v1.0")
    return factories.make_channel(queue.tenant, queue, webhook, name="Remote", provider="vendor").pk


def bot_channel(tenant, url, bot, seconds):
    """Make a channel that begins with this bot, which must give a sign within so many seconds; return its id."""
    queue = Queue.objects.get(tenant__label=tenant)
    webhook = factories.make_webhook(queue.tenant, url, version="Chat Gateway v1.0")
    fields = {"name": "With a bot", "bot": bot, "bot_seconds": seconds}
    return factories.make_channel(queue.tenant, queue, webhook, **fields).pk


def agents_of(tenant, names, password):
    """Make agents with these user names, who must choose a code when they wrap up; return the queue's name."""
    Queue.objects.filter(tenant__label=tenant).update(wrap_up_mode="required")
    queue = Queue.objects.get(tenant__label=tenant)
    factories.make_codes(queue.tenant, "Courses", "Fees", required=True)
    for name in names:
        user = {"username": name, "password": password, "first_name": name}
        factories.make_agent(queue.tenant, queue, presence="offline", **user)
    return queue.name


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
    conversations.leave_as_customer(conversation_id=conversation)


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
        assisted,
        revoke,
        enable,
        remote_channel,
        bot_channel,
        agents_of,
        customer_starts,
        customer_says,
        customer_sends,
        files_in,
        customer_leaves,
        transcript,
    )
}


def main():
    for line in sys.stdin:
        asked = json.loads(line)
        print(json.dumps(DO[asked.pop("do")](**asked)), flush=True)


main()
