"""What may a body hold at this moment? As much as the tables can keep, the verbs take, and the settings say."""

from functools import partial

from ..actions.bots.after_agent import SILENCE_MINUTES, TOTAL_MINUTES
from ..conf import settings
from ..models import Channel, Receiver, Webhook
from ..models.base import max_length
from ..wire.limits import Limits, Range

_with_settings = partial(
    Limits,
    webhook_name=max_length(Webhook, "name"),
    webhook_uri=max_length(Receiver, "uri"),
    channel_name=max_length(Channel, "name"),
    total_minutes=Range(*TOTAL_MINUTES),
    silence_minutes=Range(*SILENCE_MINUTES),
)


def limits():
    """Return the Limits that bodies are read with and described with."""
    return _with_settings(
        message=settings.MESSAGE_MAX_LENGTH,
        history=settings.HISTORY_MAX_MESSAGES,
        customer_keys=settings.CUSTOMER_MAX_KEYS,
        attachments=settings.ATTACHMENTS_PER_MESSAGE,
        cards=settings.CARDS_PER_MESSAGE,
    )
