"""Simulated customers: they ask, read the answers and leave, over the HTTP API alone."""

import logging
import random
from collections import Counter
from queue import Empty
from threading import Thread

import requests

from ..client import CUSTOMER_ID, ApiError
from . import talks

logger = logging.getLogger(__name__)

PATIENCE = 180  # seconds a customer waits for an answer before giving up
PAUSE = (2.0, 6.0)  # seconds to read an answer and write the next line; without answers, between two lines
TIME_UP = "still talking when the time was up"
LEAVING = 5  # seconds that customers get to leave when the simulation ends


class Crowd:
    """Customers who come to one channel at a rate.

    ``api`` is a ChatApiClient; ``answers`` maps a conversation's id to a queue of what agents said in it, or is None
    when the callbacks go elsewhere: then customers talk without waiting for answers.
    """

    def __init__(self, *, api, channel_id, answers=None):
        self.api = api
        self.channel_id = channel_id
        self.answers = answers
        self.counts: Counter[str] = Counter()
        self._random = random.Random()  # noqa: S311  (who says what is no secret)

    def come(self, rate, stop):
        """Let ``rate`` customers a second come until the event ``stop`` is set; then all leave."""
        here: list[Thread] = []
        while not stop.is_set():
            customer = Thread(target=self._visit, args=(stop,), daemon=True)
            customer.start()
            here = [thread for thread in here if thread.is_alive()] + [customer]
            stop.wait(self._random.expovariate(rate))
        for thread in here:
            thread.join(LEAVING)

    def _visit(self, stop):
        self.counts["came"] += 1
        try:
            outcome = self._talk(self._random.choice(talks.TALKS), stop)
        except (ApiError, requests.RequestException) as error:
            logger.warning("A customer met an error: %s", error)
            outcome = "met an error"
        self.counts[outcome] += 1

    def _talk(self, talk, stop):
        conversation_id = self.api.start_conversation(self.channel_id, self._who(), _history(talk))
        outcome = "got all answers"
        for number, (said, _answer) in enumerate(talk.turns, start=1):
            self.api.say(conversation_id, said)
            if not self._hears_answer(conversation_id, stop):
                outcome = TIME_UP if stop.is_set() else "gave up"
                break
            if stop.wait(self._random.uniform(*PAUSE)) and number < len(talk.turns):
                outcome = TIME_UP
                break
        self.api.leave(conversation_id)
        if self.answers is not None:
            self.answers.pop(conversation_id, None)
        return outcome

    def _hears_answer(self, conversation_id, stop):
        """Wait for an agent's answer, a second at a time so that the end of the simulation is noticed."""
        if self.answers is None:
            return True
        for _second in range(PATIENCE):
            try:
                self.answers[conversation_id].get(timeout=1)
            except Empty:
                if stop.is_set():
                    return False
            else:
                return True
        return False

    def _who(self):
        number = self._random.randrange(132)
        first, last = talks.person(number)
        address = f"{first}.{last}@students.example".lower()
        return {"name": f"{first} {last}", "email": address, CUSTOMER_ID: f"student-{number}"}


def _history(talk):
    return [("bot", talks.GREETING), ("user", talk.question), ("bot", talks.HANDOVER)]
