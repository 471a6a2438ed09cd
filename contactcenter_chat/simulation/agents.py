"""Simulated agents: they accept, answer and wrap up by the verbs, as a desk would."""

import logging
import zlib
from datetime import timedelta

from django.utils import timezone

from ..actions import messages
from ..actions.center import agents, offers, presence, wrapup
from ..actions.center.picking import pick
from ..conf import settings
from ..events import AGENT
from ..exceptions import ContactCenterError, NotFound
from ..models.queues import Presence
from ..queries import picking, simulation
from ..queries.wrapup import choosable_codes, code_lists
from . import talks, users

logger = logging.getLogger(__name__)

POLL_SECONDS = 0.1
SHORTEST_ANSWER, LONGEST_ANSWER = 1.5, 5.0  # seconds, for an agent who thinks and types


class Crew:
    """Some agents of a tenant, worked in one thread: those who log in as ``logins`` say, else some made for a queue.

    With ``echo`` an answer repeats the customer's words and comes at once. What was answered is read from the
    database each time, so a crew may be stopped and started in the middle of a chat.
    """

    def __init__(self, *, tenant, queue=None, size=0, capacity=0, logins=(), echo=False):
        self.echo = echo
        crew = _named(tenant, logins) if logins else _hire(tenant, queue, size, capacity)
        self.agents = {agent.pk: agent for agent in crew}

    def work(self, stop):
        """Work until the event ``stop`` is set, then go off duty."""
        try:
            beat_at = timezone.now()
            for agent_id in self.agents:
                presence.set_presence(agent_id=agent_id, presence=Presence.AVAILABLE)
            while not stop.wait(POLL_SECONDS):
                if timezone.now() >= beat_at:
                    self._beat()
                    beat_at = timezone.now() + timedelta(seconds=settings.HEARTBEAT_SECONDS)
                self.step()
        finally:
            self._go()

    def step(self):
        """Do all that can be done now."""
        for offer in simulation.pending_offers(self.agents):
            self._try(offers.accept_offer, offer_id=offer.pk, agent=self.agents[offer.agent_id])
        for agent in self.agents.values():
            self._pick_next(agent)
        for message in simulation.unanswered_messages(self.agents):
            if self.echo or timezone.now() >= message.created_at + _thinking_time(message):
                self._answer(message)
        for interaction in simulation.to_wrap_up(self.agents):
            self._wrap_up(interaction)

    def _pick_next(self, agent):
        waiting = picking.pickable_by(agent)
        if waiting and simulation.has_room(agent):
            self._try(pick, interaction_id=waiting[0], agent=agent)

    def _answer(self, message):
        text = f"echo: {message.text}" if self.echo else talks.answer_to(message.text, message.number)
        self._try(
            messages.add_message,
            conversation_id=message.conversation_id,
            author_type=AGENT,
            text=text[: settings.MESSAGE_MAX_LENGTH],
            agent=self.agents[message.interaction.agent_id],
            client_id=simulation.answer_id(message),
        )

    def _wrap_up(self, interaction):
        agent = self.agents[interaction.agent_id]
        self._try(wrapup.finish, interaction_id=interaction.pk, agent=agent, code_ids=list(_codes_for(interaction)))

    def _beat(self):
        for agent_id in self.agents:
            presence.heartbeat(agent_id=agent_id)

    def _go(self):
        """Take no more chats; those that are open go back to their queue when the heartbeat is missed."""
        for agent_id in self.agents:
            self._try(presence.set_presence, agent_id=agent_id, presence=Presence.DRAINING)

    @staticmethod
    def _try(verb, **arguments):
        """Call a verb; that something has changed meanwhile is part of the work."""
        try:
            verb(**arguments)
        except ContactCenterError as error:
            logger.info("%s: %s", verb.__name__, error)


def _named(tenant, logins):
    """The agents who log in so, in whichever queues they are. Raises NotFound for one who is none."""
    for login in logins:
        agent = simulation.agent_who_logs_in(tenant, login)
        if agent is None:
            raise NotFound("Agent", login)
        yield agent


def _hire(tenant, queue, size, capacity):
    """The first ``size`` simulated agents of a tenant, made if need be, members of the queue."""
    for number in range(1, size + 1):
        word = f"{tenant.label}-simulated-{number}"
        agent = simulation.agent_who_logs_in(tenant, users.log_in_name(word))
        if agent is None:
            user = users.make_user(word, *talks.person(number))
            agent = agents.create_agent(tenant=tenant, user=user, capacity=capacity, queues=[queue])
        yield agent


def _codes_for(interaction):
    """The id of one allowed code of each list."""
    for code_list in code_lists(interaction.queue):
        if allowed := list(choosable_codes([code_list])):
            yield allowed[int(_share(interaction.pk) * len(allowed))].pk


def _thinking_time(message):
    return timedelta(seconds=SHORTEST_ANSWER + _share(message.pk) * (LONGEST_ANSWER - SHORTEST_ANSWER))


def _share(text):
    """A number from 0 to below 1, always the same for the same text."""
    return zlib.crc32(text.encode()) / 2**32
