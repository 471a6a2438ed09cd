"""Which tasks wait to begin, and what is due by the clock? It is kept here: brokers lose what they are told."""

from collections.abc import Iterable
from datetime import timedelta

from django.db import models
from django.db.models import F, Q

from .clock import NOW


class WakeupManager(models.Manager["Wakeup"]):
    """Each of these takes its row by one statement, so that of two who try at once one succeeds."""

    def turn_on(self, names: Iterable[str]) -> list[str]:
        """Return those of the names that were off, and are on now. Those that were on are only read."""
        names = sorted(names)
        on = set(self.filter(name__in=names, asked_at__isnull=False).values_list("name", flat=True))
        return [name for name in names if name not in on and self._turn_on(name)]

    def _turn_on(self, name: str) -> bool:
        now = {"asked_at": NOW, "sent_at": NOW}
        if self.filter(name=name, asked_at=None).update(**now):
            return True
        _row, is_new = self.get_or_create(name=name, defaults=now)
        return is_new

    def turn_on_again(self, after: timedelta) -> list[str]:
        """Return the names that have been on for that long, and twice as long each time, and count as sent now."""
        waited = Q(sent_at__lte=NOW - after) & Q(sent_at__lte=NOW - (F("sent_at") - F("asked_at")))
        names = list(self.filter(waited, asked_at__isnull=False).values_list("name", flat=True))
        return [name for name in names if self.filter(waited, name=name).update(sent_at=NOW)]


class Wakeup(models.Model):
    """A task that workers are woken for; ``asked_at`` is set from when its message is sent until it begins.

    So there is at most one message of it in the broker, however much is to be done. It may be sent again: ``sent_at``
    is when it was last.
    """

    name = models.CharField(max_length=128, primary_key=True)  # ``task:argument``
    asked_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)

    objects: WakeupManager = WakeupManager()

    def __str__(self) -> str:
        return self.name


class Duty(models.Model):
    """What is done regularly, by one process at a time: whoever sees first that it is due, and leases it.

    All of its times are the database's.
    """

    name = models.CharField(max_length=32, primary_key=True)
    due_at = models.DateTimeField()
    began_at = models.DateTimeField(null=True)
    lease_until = models.DateTimeField(null=True)
    lease_token = models.BigIntegerField(default=0)

    class Meta:
        verbose_name_plural = "duties"

    def __str__(self) -> str:
        return self.name
