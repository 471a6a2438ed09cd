"""The settings of a process that has bots answer."""

from tests.integration.race_settings import *  # noqa: F403
from tests.integration.race_settings import CONTACTCENTER_CHAT

BOTS = {"slow": {"BACKEND": "tests.integration.bot_worker.Slow"}}
CONTACTCENTER_CHAT = {**CONTACTCENTER_CHAT, "BOTS": BOTS}
