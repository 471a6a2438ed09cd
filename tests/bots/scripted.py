"""A bot for tests: it answers as the test says."""

from contactcenter_chat.bots.base import Bot, Brief, Say

SETTING = {"BACKEND": "tests.bots.scripted.Scripted"}


def echo(turn):
    yield Say(f"You said: {turn.text}")


class Scripted(Bot):
    """``answers`` is the function that answers, ``turns`` are those that it was asked."""

    answers = staticmethod(echo)
    turns = []

    def answer(self, turn):
        self.turns.append(turn)
        return type(self).answers(turn)

    def brief(self, turn):
        return Brief(intent="test", summary=turn.text)
