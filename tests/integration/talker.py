"""A process that talks in conversations: reads what to do from its input, line by line, and answers in JSON."""

import json
import os
import sys

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings_integration")
django.setup()

from contactcenter_chat.actions import messages, webhooks  # noqa: E402
from contactcenter_chat.events import AGENT  # noqa: E402
from contactcenter_chat.models import Channel, Interaction, Webhook  # noqa: E402
from tests import factories  # noqa: E402


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


DO = {function.__name__: function for function in (center, start, say, enable)}


def main():
    for line in sys.stdin:
        asked = json.loads(line)
        print(json.dumps(DO[asked.pop("do")](**asked)), flush=True)


main()
