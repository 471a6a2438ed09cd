"""The example project's settings for dispatchers that nobody watches."""

from example_project.settings import *  # noqa: F403
from example_project.settings import CONTACTCENTER_CHAT

DEBUG = False  # else Django keeps every query
CONTACTCENTER_CHAT = {**CONTACTCENTER_CHAT, "LIVE_HINTS": False}
