"""Who had control of a conversation, and when?"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from ..models import Agent, ControlSpan, Conversation, Webhook
from ..models.conversations import Control

SHOWN_MOST = 200


@dataclass(frozen=True)
class ControlPeriod:
    """Who might speak for the business from a time on; ``control`` is one of Control, empty while nobody was asked to.

    ``who`` is a name where there is one: of an agent, of a bot, of the webhook of a bot after the agent.
    """

    epoch: int
    control: str
    who: str
    began_at: datetime

    @property
    def control_display(self) -> str:
        """What it is called."""
        return str(Control(self.control).label) if self.control else ""


def held(conversation: Conversation) -> list[ControlPeriod]:
    """Return who had control, the latest first, and no more than SHOWN_MOST."""
    spans = list(ControlSpan.objects.filter(conversation=conversation.pk).order_by("-epoch")[:SHOWN_MOST])
    names = _names_of(spans)
    return [
        ControlPeriod(each.epoch, each.control, names.get(each.holder, each.holder), each.began_at) for each in spans
    ]


def _names_of(spans: Iterable[ControlSpan]) -> dict[str, str]:
    holders = {control: {each.holder for each in spans if each.control == control} for control in Control.values}
    agents = Agent.objects.filter(pk__in=holders[Control.AGENT]).select_related("user")
    webhooks = Webhook.objects.filter(pk__in=holders[Control.POST_BOT])
    return {row.pk: str(row) for row in (*agents, *webhooks)}
