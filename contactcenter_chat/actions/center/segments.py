"""When does an interaction's time in a queue begin, and when does it end?

All of this expects the conversation locked. Who had it before it was kept in this way has none.
"""

from datetime import datetime

from django.db.models import BooleanField, Case, F, QuerySet, When

from ...models import Interaction, Segment


def begin(interaction: Interaction, at: datetime) -> None:
    """It has entered its queue."""
    Segment.objects.create(
        tenant_id=interaction.tenant_id,
        queue_id=interaction.queue_id,
        interaction=interaction,
        entered_at=at,
        due_at=interaction.due_at,
    )


def accept(interaction: Interaction, at: datetime) -> None:
    """An agent has taken it; again, when it was taken from the one before."""
    _open_of(interaction).update(accepted_at=at, step=interaction.step, came_true=_came_true(at))


def wait_again(interaction: Interaction) -> None:
    """It was taken from its agent: what it is told of its wait begins anew."""
    _open_of(interaction).update(told_low=None, told_high=None)


def end(interaction: Interaction, at: datetime, outcome: str) -> None:
    """It has left its queue."""
    _open_of(interaction).update(left_at=at, outcome=outcome)


def _came_true(at: datetime) -> Case:
    """Whether the estimate did by which it was to be accepted then; the first time counts."""
    return Case(
        When(came_true__isnull=False, then=F("came_true")),
        When(estimated_from__isnull=True, then=None),
        When(estimated_from__lte=at, estimated_until__gte=at, then=True),
        default=False,
        output_field=BooleanField(null=True),
    )


def _open_of(interaction: Interaction) -> QuerySet[Segment]:
    return Segment.objects.filter(interaction=interaction, left_at=None)
