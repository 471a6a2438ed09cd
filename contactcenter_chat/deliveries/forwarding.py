"""How does what is owed to a remote centre reach it? By its provider, in the same lanes as callbacks to webhooks."""

import json
import logging
from dataclasses import replace

from django.db import transaction

from ..actions.remote import telling
from ..models import Attachment, Conversation, Delivery, Message
from ..models.messages import DeliveryState
from ..outbound.requests import Response
from ..outbound.retry import GONE, Verdict
from ..providers.remote import Command, Outcome, load_center
from ..wire import tolerant
from ..wire.base import MESSAGE, START
from . import leases

logger = logging.getLogger(__name__)

REFUSED = Verdict(dead=True)
TOLD = 204


class Forwarder:
    """Makes the attempts at a remote centre; ``receiver`` is the row that stands for it."""

    _outcome: Outcome  # of the attempt

    def __init__(self, receiver):
        self.receiver = receiver

    def post(self, delivery, at, hold):
        """Have the provider carry out what a delivery says; return the Response.

        ``hold`` renews the leases, for more seconds than usual.
        """
        try:
            provider = load_center(self.receiver.provider)
        except (KeyError, ImportError) as error:
            self._outcome = Outcome(
                Response(duration_ms=0, error=f"There is no provider {self.receiver.provider}: {error}")
            )
        else:
            self._outcome = provider.perform(_command(self.receiver, delivery, hold))
        return self._outcome.answer

    def judge(self, policy, answer, attempts):
        """What follows from the answer. A centre that refuses one conversation for good is not switched off."""
        if answer.refused or answer.status == GONE:
            return REFUSED
        verdict = policy.judge(answer.status, attempts, answer.retry_after)
        return replace(verdict, blameless=self._outcome.waits)

    def write(self, lane, delivery, attempt, **lane_after):
        """Write down what came of the attempt, and with it what follows for the conversation and its message."""
        if delivery.state == Delivery.State.PENDING:
            return leases.write_result(lane, delivery, attempt, **lane_after)
        answer = self._outcome.answer
        with transaction.atomic():
            # The conversation comes first: whoever writes in it locks it before its lanes.
            conversation = Conversation.objects.lock(delivery.conversation_id)
            if not leases.write_result(lane, delivery, attempt, **lane_after):
                return False
            reason = answer.error or tolerant.words_of(answer.content) or f"It answered {answer.status}."
            telling.note_result(conversation, delivery, reason=reason, remote_id=self._outcome.remote_id)
            return True


def forward_typing(conversation_id, author_type):
    """Tell the remote centre that answers a conversation that the customer or the bot types; one attempt."""
    conversation = Conversation.objects.select_related("channel").get(pk=conversation_id)
    if not conversation.remote_id:
        return
    answer = load_center(conversation.channel.provider).show_typing(conversation, author_type)
    if answer and answer.status != TOLD:
        logger.info("Conversation %s: typing was not told: %s", conversation.pk, answer.error or answer.status)


def _command(receiver, delivery, hold):
    conversation = Conversation.objects.get(pk=delivery.conversation_id)
    body = json.loads(delivery.body)
    said = Message.objects.filter(conversation=conversation).order_by("number")
    repeated = delivery.attempts_made > 0
    return Command(
        name=delivery.event_type,
        request=body["request"],
        conversation=conversation,
        receiver=receiver,
        key=delivery.entry_id,
        hold=hold,
        note_uploaded=telling.note_uploaded,
        repeated=repeated,
        files=_files(body["request"]),
        before=_before(said, delivery) if repeated and delivery.event_type == MESSAGE else (),
        history=_history(said) if delivery.event_type == START else (),
    )


def _files(request):
    """The attachments that a request names, in its order; None for one that is gone."""
    ids = [each["id"] for each in request.get("attachments", ())]
    rows = Attachment.objects.in_bulk(ids) if ids else {}
    return tuple(rows.get(pk) for pk in ids)


def _history(said):
    return tuple(said.filter(history=True).values_list("author_type", "text"))


def _before(said, delivery):
    """What was said to the centre before this message and did arrive."""
    arrived = (DeliveryState.SENT, DeliveryState.DELIVERED, DeliveryState.READ)
    earlier = said.filter(number__lt=delivery.number)
    return tuple(
        (earlier.filter(history=True) | earlier.filter(delivery_state__in=arrived)).values_list("text", flat=True)
    )
