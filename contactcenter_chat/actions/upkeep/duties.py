"""Who does now what is due by the clock? One process at a time, whichever looks first.

The times are the database's, so that a process whose own clock is wrong neither keeps a duty nor takes it too soon.
"""

import secrets
from collections.abc import Collection, Iterable
from datetime import timedelta

from django.db.models import BooleanField, ExpressionWrapper, F, Q

from ...models import Duty
from ...models.clock import NOW


def due_duties(names: Iterable[str]) -> list[str]:
    """Return which of these duties are due and nobody is at. One that was never done is due."""
    rows = Duty.objects.filter(name__in=names).annotate(is_due=ExpressionWrapper(_is_due(), BooleanField()))
    known = dict(rows.values_list("name", "is_due"))
    for name in names:
        if name not in known:
            Duty.objects.get_or_create(name=name, defaults={"due_at": NOW})
    return [name for name in names if known.get(name, True)]


def take_duty(name: str, lease: timedelta) -> int | None:
    """Lease a duty for that long; return the lease's token, None when somebody was faster."""
    token = secrets.randbits(62)
    free = Duty.objects.filter(_is_due(), name=name)
    taken = free.update(began_at=NOW, lease_until=NOW + lease, lease_token=token)
    return token if taken else None


def end_duty(name: str, token: int, every: timedelta) -> None:
    """Give a duty back; it is due again so long after it was begun. One whose lease was lost is another's."""
    Duty.objects.filter(name=name, lease_token=token).update(lease_until=None, due_at=F("began_at") + every)


def end_duty_unless_due(name: str, token: int, every: timedelta) -> bool:
    """Give a duty back, and return whether it was made due meanwhile: then it is due at once."""
    held = Duty.objects.filter(name=name, lease_token=token)
    if held.filter(due_at__gt=F("began_at")).update(lease_until=None):
        return True
    end_duty(name, token, every)
    return False


def extend_duty(name: str, token: int, lease: timedelta) -> bool:
    """Keep a duty for longer, from now on; return whether it is still this process's."""
    return Duty.objects.filter(name=name, lease_token=token).update(lease_until=NOW + lease) > 0


def make_due(name: str) -> None:
    """Have a duty be due now, also when somebody is at it."""
    Duty.objects.update_or_create(name=name, defaults={"due_at": NOW})


def known_duties(names: Collection[str]) -> list[str]:
    """Return those of these duties that were due before: the others are not, until they are made so."""
    return list(Duty.objects.filter(name__in=names).values_list("name", flat=True)) if names else []


def _is_due() -> Q:
    return Q(due_at__lte=NOW) & (Q(lease_until=None) | Q(lease_until__lt=NOW))
