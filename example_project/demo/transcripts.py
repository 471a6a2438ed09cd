"""Which conversations were there in the last two weeks?

They are held by the verbs, as real ones are, and then moved into the past.
"""

from datetime import timedelta
from random import Random

from django.db import models
from django.utils import timezone

from contactcenter_chat.actions import conversations, messages
from contactcenter_chat.actions.center import offers, presence, routing, transfers, wrapup
from contactcenter_chat.events import AGENT, BOT, CUSTOMER
from contactcenter_chat.models import Agent, Interaction, Offer, TransactionCode
from contactcenter_chat.models.queues import Presence
from contactcenter_chat.simulation import talks

from . import college

COUNT = 36
DAYS = 14
ABANDONED_EVERY, TRANSFERRED_EVERY = 9, 7
OPEN = (9, 17)  # hours of the day
MINUTES = (3, 14)  # how long one takes
TOPICS = ("EVE", "INV", "ACC", "LIB", "CHG", "CERT")  # the transaction code of each talk

# Rows of a conversation that carry times.
RELATED = ("control_spans", "participants", "messages", "log", "interactions", "deliveries", "questions")
RELATED_TO_INTERACTION = ("offers", "decisions", "codes")


def hold_conversations(tenant, channels):
    """Let the staff talk with customers, spread over the last days; ``channels`` are by their queues' names."""
    random = Random(COUNT)  # noqa: S311  (the same conversations each time)
    staff = list(Agent.objects.select_related("user").filter(tenant=tenant))
    for agent in staff:
        presence.set_presence(agent_id=agent.pk, presence=Presence.AVAILABLE)
    for number in range(COUNT):
        conversation = _hold(number, channels)
        move(conversation, _start(number, random), timedelta(minutes=random.uniform(*MINUTES)))
    for agent in staff:
        presence.set_presence(agent_id=agent.pk, presence=Presence.OFFLINE)


def _start(number, random):
    """On one of the last days, yesterday at the latest, within the opening hours."""
    day = timezone.localtime() - timedelta(days=DAYS - number * DAYS // COUNT)
    return day.replace(hour=random.randrange(*OPEN), minute=random.randrange(60))


def _hold(number, channels):
    talk = talks.TALKS[number % len(talks.TALKS)]
    first, last = talks.person(number * 5)
    data = {
        "name": f"{first} {last}",
        "email": f"{first}.{last}@students.example".lower(),
        "customerId": f"student-{number * 5 % 132}",
    }
    history = [(BOT, talks.GREETING), (CUSTOMER, talk.question), (BOT, talks.HANDOVER)]
    queue = college.FINANCE if TOPICS[number % len(TOPICS)] == "INV" else college.ADMISSIONS
    conversation = conversations.start_conversation(channel=channels[queue], data=data, history=history)
    if number % ABANDONED_EVERY == ABANDONED_EVERY - 1:
        conversations.leave_as_customer(conversation_id=conversation.pk)
        return conversation
    interaction = accept(conversation)
    for turn, (said, answer) in enumerate(talk.turns):
        if turn == 1 and number % TRANSFERRED_EVERY == TRANSFERRED_EVERY - 1:
            interaction = _transfer(conversation, interaction, number)
        say(conversation, CUSTOMER, said)
        say(conversation, AGENT, answer, agent=interaction.agent)
    conversations.leave_as_customer(conversation_id=conversation.pk)
    wrap_up(interaction, number)
    return conversation


def say(conversation, author_type, text, agent=None):
    """Somebody says something."""
    messages.add_message(conversation_id=conversation.pk, author_type=author_type, text=text, agent=agent)


def accept(conversation):
    """The agent who is asked takes the chat."""
    waiting = Interaction.objects.filter(conversation=conversation).latest("entered_at")
    routing.route_queue(waiting.queue_id)
    offer = Offer.objects.select_related("agent__user").get(interaction=waiting, state="pending")
    return offers.accept_offer(offer_id=offer.pk, agent=offer.agent)


def _transfer(conversation, interaction, number):
    transfers.transfer_to_queue(
        interaction_id=interaction.pk,
        agent=interaction.agent,
        queue=interaction.queue,
        note="Please take over: you know this better than I do.",
    )
    wrap_up(interaction, number)
    return accept(conversation)


def wrap_up(interaction, number):
    """Finish it with a topic, and at times a result."""
    wanted = [TOPICS[number % len(TOPICS)], *college.RESULTS[number % 5 : number % 5 + 1]]
    codes = TransactionCode.objects.filter(list__tenant=interaction.tenant_id, short_code__in=wanted)
    wrapup.finish(interaction_id=interaction.pk, agent=interaction.agent, code_ids=[code.pk for code in codes])


def move(conversation, start, duration):
    """Let a conversation have begun at ``start`` and taken ``duration``: all its times are moved and stretched."""
    conversation.refresh_from_db()
    begun = conversation.created_at
    stretch = duration / (timezone.now() - begun)

    def moved(time):
        return start + (time - begun) * stretch

    _move_row(conversation, moved)
    for name in RELATED:
        for row in getattr(conversation, name).all():
            _move_row(row, moved)
    for interaction in conversation.interactions.all():
        for name in RELATED_TO_INTERACTION:
            for row in getattr(interaction, name).all():
                _move_row(row, moved)


def _move_row(row, moved):
    times = {
        field.attname: moved(value)
        for field in row._meta.concrete_fields
        if isinstance(field, models.DateTimeField) and (value := getattr(row, field.attname))
    }
    type(row)._base_manager.filter(pk=row.pk).update(**times)
