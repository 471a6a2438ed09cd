"""When is a bot not asked for a while? When it has failed again and again; who runs the centre has it asked again."""

from datetime import timedelta

from django.db.models import F

from ...models import BotPause
from ...models.clock import NOW

FAILURES_MOST, PAUSE = 5, timedelta(seconds=60)


def ask_again(*, tenant_id: str, bot: str) -> bool:
    """Ask this bot from now on, as if it had not failed; return whether it had its pause still."""
    rows = BotPause.objects.filter(tenant=tenant_id, bot=bot)
    was_paused = rows.filter(paused_until__gt=NOW).exists()
    rows.update(failures=0, paused_until=None)
    return was_paused


def note_failure(tenant_id: str, bot: str) -> None:
    """A turn of a bot has failed."""
    row, _made = BotPause.objects.get_or_create(tenant_id=tenant_id, bot=bot)
    BotPause.objects.filter(pk=row.pk).update(failures=F("failures") + 1)
    failing = BotPause.objects.filter(pk=row.pk, failures__gte=FAILURES_MOST)
    failing.update(failures=0, paused_until=NOW + PAUSE)


def note_success(tenant_id: str, bot: str) -> None:
    """A turn of a bot has gone well."""
    BotPause.objects.filter(tenant=tenant_id, bot=bot, failures__gt=0).update(failures=0)
