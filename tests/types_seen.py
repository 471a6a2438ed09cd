"""What does a type checker see of the public names? mypy reads this; nothing runs it."""

from collections.abc import Sequence
from typing import assert_type

from contactcenter_chat.actions.center.offers import accept_offer
from contactcenter_chat.actions.conversations import start_conversation
from contactcenter_chat.actions.messages import add_message
from contactcenter_chat.conf import settings
from contactcenter_chat.events import AGENT
from contactcenter_chat.models import Agent, Attachment, Channel, Conversation, Interaction, Message, Offer, Queue
from contactcenter_chat.providers.base import Answerer, load_provider
from contactcenter_chat.routing.base import Candidate, Decision, Request, Router


class FirstCome(Router):
    """A router of a project's own."""

    def choose(self, request: Request, candidates: Sequence[Candidate]) -> Decision:
        return Decision(candidates[0].agent_id, {})


def seen(agent: Agent, queue: Queue) -> None:
    """What verbs return, what managers find, what rows hold."""
    channel = Channel.objects.alive().get(name="Website")
    assert_type(channel, Channel)
    conversation = start_conversation(channel=channel, data={}, queue=queue)
    assert_type(conversation, Conversation)
    assert_type(conversation.pk, str)
    assert_type(conversation.channel.webhook.receiver_id, str)
    assert_type(Conversation.objects.lock(conversation.pk), Conversation)
    assert_type(add_message(conversation_id=conversation.pk, author_type=AGENT, agent=agent), Message)
    assert_type(Offer.objects.locked().first(), Offer | None)
    assert_type(accept_offer(offer_id="", agent=agent), Interaction)
    assert_type([each.name for each in Attachment.objects.received()], list[str])
    assert_type(load_provider("default").answered_by(conversation), Answerer)
    assert_type(settings.RING_SECONDS, int)


def refused(agent: Agent) -> None:
    """Each of these has to be an error: an ignore that nobody needs is one."""
    add_message(conversation_id=1, author_type=AGENT)  # type: ignore[arg-type]
    accept_offer(offer_id="", agent="Grace")  # type: ignore[arg-type]
    accept_offer(agent=agent)  # type: ignore[call-arg]
