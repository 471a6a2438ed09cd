"""How is something delivered once more?"""

from collections.abc import Iterable, Sequence

from django.db.models import F, QuerySet

from ...database import atomic
from ...models import Delivery, Lane, Message
from ...models.clock import NOW
from ...models.messages import DeliveryState
from ...workers import wakeup

AT_ONCE = 500  # deliveries of one transaction


def redeliver(deliveries: QuerySet[Delivery] | Iterable[int]) -> int:
    """Let deliveries (a queryset, or ids) go out once more, in the order of their log; return how many.

    Each starts over with its schedule; one that is still pending is due now. What was erased stays unsent.
    """
    if not isinstance(deliveries, QuerySet):
        deliveries = Delivery.objects.filter(pk__in=list(deliveries))
    ids = list(deliveries.exclude(body="").order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(ids), AT_ONCE):
        with atomic():
            _redeliver(ids[start : start + AT_ONCE])
    if ids:
        wakeup.wake_delivery()
    return len(ids)


def _redeliver(ids: Sequence[int]) -> None:
    chosen = Delivery.objects.filter(pk__in=ids)
    # Lanes before deliveries, as a worker locks them; in one order, as another redelivery does.
    for lane_id in _lanes_of(chosen):
        Lane.objects.filter(pk=lane_id).update(due_at=NOW, planned=F("planned") + 1)
    given_up = Message.objects.filter(log_entry__deliveries__in=chosen, delivery_state=DeliveryState.FAILED)
    given_up.update(delivery_state=DeliveryState.QUEUED, delivery_reason="")
    chosen.exclude(state=Delivery.State.PENDING).update(state=Delivery.State.PENDING, attempts_made=0, done_at=None)


def _lanes_of(deliveries: QuerySet[Delivery]) -> list[int]:
    pairs = set(deliveries.values_list("conversation_id", "receiver_id"))
    lanes = Lane.objects.filter(
        conversation_id__in={conversation_id for conversation_id, _receiver_id in pairs}
    ).values_list("pk", "conversation_id", "receiver_id")
    return sorted(pk for pk, conversation_id, receiver_id in lanes if (conversation_id, receiver_id) in pairs)
