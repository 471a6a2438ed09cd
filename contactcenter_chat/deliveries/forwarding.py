"""How does what is owed to a remote centre reach it? By its provider, in the same lanes as callbacks to webhooks."""

import json

from ..actions.remote import telling
from ..database import atomic
from ..models import Attachment, Conversation, Delivery, Message
from ..models.messages import DeliveryState
from ..outbound.requests import Response
from ..outbound.retry import GONE, Verdict
from ..providers.remote import Command, Outcome, load_center
from ..wire import tolerant
from ..wire.base import MESSAGE, START
from . import leases

REFUSED = Verdict(dead=True)


class Forwarder:
    """Makes the attempts at a remote centre; ``receiver`` is the row that stands for it."""

    def __init__(self, receiver):
        self.receiver = receiver

    def post(self, delivery, at, hold):
        """Have the provider carry out what a delivery says; return the Outcome.

        ``hold`` renews the leases, for more seconds than usual.
        """
        try:
            provider = load_center(self.receiver.provider)
        except (KeyError, ImportError) as error:
            return Outcome(Response(duration_ms=0, error=f"There is no provider {self.receiver.provider}: {error}"))
        return provider.perform(_command(self.receiver, delivery, hold))

    def judge(self, policy, answer, attempts):
        """What follows from the answer. A centre that refuses one conversation for good is not switched off."""
        if answer.refused or answer.status == GONE:
            return REFUSED
        return policy.judge(answer, attempts)

    def write(self, outcome, lane, delivery, attempt, **lane_after):
        """Write down what came of the attempt, and with it what follows for the conversation and its message."""
        if delivery.state == Delivery.State.PENDING:
            return leases.write_result(lane, delivery, attempt, **lane_after)
        answer = outcome.answer
        with atomic():
            # The conversation comes first: whoever writes in it locks it before its lanes.
            conversation = Conversation.objects.lock(delivery.conversation_id)
            if not leases.write_result(lane, delivery, attempt, **lane_after):
                return False
            reason = answer.error or tolerant.words_of(answer.content) or f"It answered {answer.status}."
            telling.note_result(conversation, delivery, reason=reason, remote_id=outcome.remote_id)
            return True


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
