"""For whom may a thread of this process be used next, so that nobody's trouble holds up others?

There are twice as many threads as DELIVERY_THREADS says, and one tenant has at most half of them. Posts that have not
been answered for a moment, and those to receivers that were in trouble before, have no more than half of them either,
and of one tenant no more than a quarter. So there is a thread for whoever has something new to say.
"""

from collections import Counter
from dataclasses import dataclass, field

from django.db.models import Case, Q, QuerySet, Value, When

from ..conf import settings
from ..models import Receiver
from ..workers.threads import SLOW_SECONDS

IN_TROUBLE = Q(failures__gt=0) | Q(slow_answers__gt=0)


def threads() -> int:
    """How many threads of this process deliver."""
    return 2 * settings.DELIVERY_THREADS


@dataclass(frozen=True)
class Shares:
    """Who has used up a share: ``full`` are the tenants that may begin nothing, ``busy`` those that wait for others.

    Of ``troubled`` tenants, or of all with ``all_troubled``, nothing begins with receivers that are in trouble.
    """

    receivers: set[str] = field(default_factory=set)
    busy: set[str] = field(default_factory=set)
    full: set[str] = field(default_factory=set)
    troubled: set[str] = field(default_factory=set)
    all_troubled: bool = False

    def of(self, receivers: QuerySet[Receiver]) -> QuerySet[Receiver]:
        """Those of these receivers for which a thread may be used, tenants without one first, else as it happens."""
        in_trouble = IN_TROUBLE if self.all_troubled else IN_TROUBLE & Q(tenant__in=self.troubled)
        allowed = receivers.exclude(Q(pk__in=self.receivers) | Q(tenant__in=self.full) | in_trouble)
        waits = [Case(When(tenant__in=self.busy, then=Value(1)), default=Value(0))] if self.busy else []
        return allowed.order_by(*waits, "?")


NOTHING_USED = Shares()


def shares(slots) -> Shares:
    """Return the Shares when threads are at work in these slots (LeasedSlot).

    A receiver gets no further thread while one keeps up with it, nor while a post to it is not answered.
    """
    share = settings.DELIVERY_THREADS
    at_work = Counter(slot.receiver.tenant_id for slot in slots)
    in_trouble = Counter(slot.receiver.tenant_id for slot in slots if _is_in_trouble(slot))
    return Shares(
        receivers={slot.receiver.pk for slot in slots if slot.is_quick() or slot.posts_for(SLOW_SECONDS)},
        busy=set(at_work),
        full={tenant for tenant, count in at_work.items() if count >= share},
        troubled={tenant for tenant, count in in_trouble.items() if count >= max(1, share // 2)},
        all_troubled=in_trouble.total() >= share,
    )


def _is_in_trouble(slot) -> bool:
    receiver = slot.receiver
    return receiver.failures > 0 or receiver.slow_answers > 0 or slot.posts_for(SLOW_SECONDS)
