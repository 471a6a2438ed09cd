"""Who types at this moment, as far as somebody outside of this project is still to be told?"""

from collections.abc import Collection, Sequence
from datetime import timedelta

from django.db import models

from ..database import atomic, connection
from .clock import NOW
from .conversations import Conversation

FORGOTTEN_AT_ONCE = 1000


class TypingSignManager(models.Manager["TypingSign"]):
    def say(self, conversation_id: str, author_type: str, agent_ids: Sequence[str] = ()) -> None:
        """Put down who types in a conversation; what was put down before, and is not told yet, is forgotten."""
        sign = self.model(
            conversation_id=conversation_id, author_type=author_type, agent_ids=list(agent_ids), said_at=NOW
        )
        self.bulk_create(
            [sign],
            update_conflicts=True,
            unique_fields=["conversation", "author_type"],
            update_fields=["agent_ids", "said_at"],
        )

    def take(self, *, not_of: Collection[str] = (), not_in: Collection[str] = ()) -> "TypingSign | None":
        """Return the oldest sign, which then is no longer there; None when there is none.

        Args:
            not_of: Tenants, by their ids, whose signs are left alone.
            not_in: Conversations, likewise.
        """
        rows = self.select_related("conversation")
        rows = rows.exclude(conversation__tenant__in=not_of).exclude(conversation__in=not_in)
        return next(iter(self._take(rows.order_by("said_at")[:1])), None)

    def forget(self, age: timedelta) -> None:
        """Lose the signs that are older than this: nobody needs to hear of them any more."""
        self._take(self.filter(said_at__lte=NOW - age).order_by("said_at")[:FORGOTTEN_AT_ONCE])

    def _take(self, rows: models.QuerySet["TypingSign"]) -> "list[TypingSign]":
        skip_locked = connection().features.has_select_for_update_skip_locked
        with atomic():
            taken = list(rows.select_for_update(of=("self",), skip_locked=skip_locked))
            self.filter(pk__in=[sign.pk for sign in taken]).delete()
        return taken


class TypingSign(models.Model):
    """The newest of a conversation's customer, bot or agents. It is there for seconds, until a worker takes it."""

    conversation = models.ForeignKey(Conversation, models.CASCADE, related_name="+")
    author_type = models.CharField(max_length=8)
    agent_ids = models.JSONField(default=list)
    said_at = models.DateTimeField(db_index=True)

    objects: TypingSignManager = TypingSignManager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["conversation", "author_type"], name="cc_typing_one")]

    def __str__(self) -> str:
        return f"{self.author_type} in {self.conversation_id}"
