"""Bots and agents answer at random in many conversations, and the processes that ask the bots are killed.

Afterwards: no word of a bot after an agent has joined, nothing said twice, none of the customers' words unanswered.
"""

import os
import random
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.db import connection, connections

from contactcenter_chat.actions import conversations
from contactcenter_chat.actions.center import offers, routing
from contactcenter_chat.actions.messages import add_message
from contactcenter_chat.exceptions import ContactCenterError
from contactcenter_chat.models import Agent, BotSpell, Interaction, LogEntry, Message, Offer
from contactcenter_chat.workers import wakeup
from tests import factories

from .project import wait_until

pytestmark = [pytest.mark.integration, pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]

CONVERSATIONS = int(os.environ.get("BOT_CONVERSATIONS", "60"))
SAYS, PROCESSES, KILLS = 4, 3, 5
SETTINGS = {"BOTS": {"slow": {"BACKEND": "tests.integration.bot_worker.Slow"}}, "LIVE_HINTS": False}
ROOT = Path(__file__).resolve().parent.parent.parent


def test_nobody_talks_over_anybody_and_nothing_is_lost(settings, monkeypatch):
    settings.CONTACTCENTER_CHAT = SETTINGS
    monkeypatch.setattr(wakeup.WakeupThread, "wake", lambda self, task, *arguments: None)
    center = factories.make_center(wrap_up_mode="none")
    for _ in range(5):
        factories.make_agent(center.tenant, center.queue, capacity=20)
    talks = [
        conversations.start_conversation(channel=center.channel, data={}, script="slow") for _ in range(CONVERSATIONS)
    ]
    workers = [worker() for _ in range(PROCESSES)]
    try:
        with ThreadPoolExecutor(6) as customers:
            done = [customers.submit(talk, each, center.queue.pk) for each in talks]
            for _ in range(KILLS):
                time.sleep(random.uniform(0.5, 2))
                workers.append(killed(workers.pop(0)))
            for each in done:
                each.result()
        wait_until(
            lambda: not BotSpell.objects.filter(ended_at=None, due_at__isnull=False).exists(), "all is answered"
        )
    finally:
        for each in workers:
            each.kill()
            each.wait()
    handed = Interaction.objects.count()
    assert 0 < handed < CONVERSATIONS, "Either nobody or everybody was handed over: the race is too easy."
    for each in talks:
        check(each)


def worker():
    database = connection.settings_dict
    address = f"{database['HOST']}:{database['PORT']}/{database['NAME']}"
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "tests.integration.bot_settings",
        "DATABASE_URL": f"postgres://{database['USER']}:{database['PASSWORD']}@{address}",
        "SECRET_KEY": "only for this race",
    }
    return subprocess.Popen([sys.executable, "-m", "tests.integration.bot_worker"], cwd=ROOT, env=environment)


def killed(process):
    process.kill()
    process.wait()
    return worker()


def talk(conversation, queue_id):
    """The customer says some things; somewhere between, half of the times, an agent takes the conversation."""
    takes_at = random.choice([None, None, None, *range(SAYS)])
    try:
        for number in range(SAYS):
            add_message(conversation_id=conversation.pk, author_type="user", text=f"<{number}>")
            time.sleep(random.uniform(0, 0.6))
            if number == takes_at:
                take(conversation, queue_id)
    finally:
        connections.close_all()


def take(conversation, queue_id):
    conversations.assign_to_queue(conversation_id=conversation.pk)
    routing.route_queue(queue_id)
    offer = Offer.objects.filter(interaction__conversation=conversation, state="pending").first()
    if offer is None:
        return
    agent = Agent.objects.select_related("user").get(pk=offer.agent_id)
    try:
        offers.accept_offer(offer_id=offer.pk, agent=agent)
        for number in range(3):
            add_message(conversation_id=conversation.pk, author_type="agent", agent=agent, text=f"Hello {number}")
    except ContactCenterError:
        return


def check(conversation):
    said = list(Message.objects.filter(conversation=conversation).order_by("number"))
    joined = LogEntry.objects.filter(conversation=conversation, kind="agent.joined").values_list("number", flat=True)
    queued = LogEntry.objects.filter(conversation=conversation, kind="interaction.queued")
    handed_at = queued.order_by("number").values_list("number", flat=True).first()
    of_bot = [each for each in said if each.author_type == "bot"]
    assert [each for each in of_bot if any(each.number > number for number in joined)] == []
    assert [each for each in of_bot if handed_at and each.number > handed_at] == []
    answers = [(text[0], part) for each in of_bot if (text := each.text)[1] == ":" for part in text[2:].split(",")]
    assert len(answers) == len(set(answers)), answers
    assert sum("automated" in each.text for each in of_bot) <= 1
    answered = {part for last, part in answers if last == "c"}
    for each in said:
        if each.author_type == "user":
            assert each.text in answered or handed_at, (conversation.pk, each.text)
