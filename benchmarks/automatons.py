"""Bots that cost nothing, or hang."""

import time

from contactcenter_chat.bots.base import Bot, Say

HANGS_SECONDS = 50  # longer than what is measured beside it


class Echo(Bot):
    """Says what it was told."""

    def answer(self, turn):
        yield Say(turn.text)


class Hang(Bot):
    """Says nothing, for as long as a bot may take."""

    seconds = HANGS_SECONDS

    def answer(self, turn):
        time.sleep(HANGS_SECONDS)
        yield Say("Too late.")
