"""What does it gain that the statements of every request are composed once (``models/prepared.py``)?

Each is executed as it is, and as Django composes it every time, in turns, in one process and transaction.
"""

import itertools
import time
from statistics import median

ROUNDS = 15
CALLS = 200  # of each way in a round
GOAL = 0.75


def run():
    """Return a row for each kind of statement."""
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import transaction

    from .base import Row

    call_command("migrate", verbosity=0)
    with transaction.atomic():
        figures = _measured(_pairs())
        transaction.set_rollback(True)  # other benchmarks make the same rows
    return [
        Row(
            f"composed once: {name}",
            once * 1e6,
            "µs",
            f"as Django does: {anew * 1e6:,.0f} µs",
            once / anew,
            f"≤ {GOAL}",
        )
        for name, (once, anew) in figures.items()
    ]


def _measured(pairs):
    """Return by name the median seconds of a call, of either way."""
    seconds = {name: ([], []) for name in pairs}
    for _ in range(ROUNDS):
        for name, ways in pairs.items():
            for kept, call in zip(seconds[name], ways, strict=True):
                kept.append(_seconds(call))
    return {name: (median(once), median(anew)) for name, (once, anew) in seconds.items()}


def _seconds(call):
    started = time.perf_counter()
    for _ in range(CALLS):
        call()
    return (time.perf_counter() - started) / CALLS


def _pairs():
    """By name: the statement composed once, and the same as Django composes it."""
    from contactcenter_chat.actions.center import agents, interactions
    from contactcenter_chat.actions.messages import INSERT as INSERT_MESSAGE
    from contactcenter_chat.actions.recording import STATE_FIELDS, UPDATE
    from contactcenter_chat.models import Agent, Conversation, Interaction, Message
    from contactcenter_chat.models.base import new_id
    from contactcenter_chat.models.conversations import LOCKED, _locked
    from contactcenter_chat.queries.api import ACTIVE_KEY, _active_keys
    from tests import factories

    center = factories.make_center("prepared")
    agent = factories.make_agent(center.tenant, center.queue)
    chat = Conversation.objects.lock(factories.start_conversation(center.channel).pk)
    participant = chat.participants.first()
    row = Interaction.objects.select_related("queue", "agent__user")
    numbers = itertools.count(1000)

    def message():
        made = Message(tenant_id=chat.tenant_id, conversation_id=chat.pk, participant=participant, text="Hello")
        made.author_type, made.number, made.pk = "user", next(numbers), new_id()
        return made

    return {
        "lock a conversation": (lambda: LOCKED.first(conversation_id=chat.pk), lambda: _locked(chat.pk).first()),
        "find an API key": (
            lambda: ACTIVE_KEY.first(key_id=center.api_key.pk),
            lambda: _active_keys().filter(pk=center.api_key.pk).first(),
        ),
        "insert a message": (lambda: INSERT_MESSAGE(message()), lambda: Message.objects.bulk_create([message()])),
        "update a conversation": (lambda: UPDATE(chat), lambda: chat.save(update_fields=STATE_FIELDS)),
        "lock an agent": (
            lambda: agents.LOCKED.first(agent_id=agent.pk),
            lambda: Agent.objects.locked().filter(pk=agent.pk).first(),
        ),
        "read an interaction": (
            lambda: interactions.INTERACTION.first(interaction_id=chat.open_interaction_id),
            lambda: row.filter(pk=chat.open_interaction_id).first(),
        ),
    }
