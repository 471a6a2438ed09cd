"""How is a bot that is in trouble asked again before its pause is over?"""

from ...models import BotPause
from ...models.clock import NOW


def ask_again(*, tenant_id: str, bot: str) -> bool:
    """Ask this bot from now on, as if it had not failed; return whether it had its pause still."""
    rows = BotPause.objects.filter(tenant=tenant_id, bot=bot)
    was_paused = rows.filter(paused_until__gt=NOW).exists()
    rows.update(failures=0, paused_until=None)
    return was_paused
