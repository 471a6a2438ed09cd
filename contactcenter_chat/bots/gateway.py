"""A bot that lives elsewhere: its webhook is told, and it speaks over the API. It is asked nothing."""

from collections.abc import Iterable

from ..storable import NUL
from .base import Action, Bot, Turn


class GatewayBot(Bot):
    """Stands here for a bot behind a webhook, so that what holds for every bot holds for it.

    Args:
        webhook: The id of its webhook; empty for the channel's own.
    """

    def __init__(self, *, webhook: str = "") -> None:
        super().__init__()
        if not isinstance(webhook, str) or NUL in webhook:
            raise ValueError("webhook must be the id of a webhook")

    def answer(self, turn: Turn) -> Iterable[Action]:
        """Nothing: it has heard of it, and answers by itself."""
        return ()
