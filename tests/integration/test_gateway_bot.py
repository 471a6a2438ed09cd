"""A bot that is a process of its own has conversations from their start: real servers, workers and callbacks."""

import json
import os

import pytest

from .brokers import free_port
from .project import Project, _listens, kill, wait_until

pytestmark = pytest.mark.integration

BROKER = os.environ.get("CELERY_TEST_REDIS_URL", "redis://127.0.0.1:6379/0")
DISCLOSED = "You are chatting with the automated assistant of "
PASSED_ON = "I am handing you over to a colleague"
SORRY = "I am sorry, something went wrong on my side."
SECONDS = 5  # for its sign


@pytest.fixture
def project(tmp_path, template):
    project = Project(BROKER, tmp_path, template)
    bots = json.dumps({"concierge": {"BACKEND": "gateway"}})
    project.environment |= {"ALLOWED_HOSTS": "127.0.0.1", "TEST_BOTS": bots, "TEST_RETRIES": "1000"}
    with project:
        yield project


def test_it_answers_hands_over_and_is_not_waited_for(project):
    made = json.loads(project.manage("contactcenter_create_tenant", "college", "--json").splitlines()[-1])
    ports = free_port(), free_port()
    project.environment |= {"BOT_API": f"http://127.0.0.1:{ports[0]}", "BOT_KEY": made["api_key"]}
    project.server(ports[0])
    project.worker()
    bot = start_bot(project, ports[1])
    url = f"http://127.0.0.1:{ports[1]}/"
    channel = project.talk("bot_channel", tenant="college", url=url, bot="concierge", seconds=SECONDS)

    talk = begin(project, channel, "Hello")
    wait_for(project, talk, "Hello", DISCLOSED, "You said: Hello")
    project.talk("customer_says", conversation=talk, texts=["It is about money"])
    wait_for(project, talk, "It is about money", PASSED_ON)
    assert came_of(project, talk) == [("handed_over", "policy", "waiting", "money")]

    wish = begin(project, channel, "Hello")
    wait_for(project, wish, "You said: Hello")
    project.talk("customer_says", conversation=wish, texts=["I want to talk to a person, be silent"])
    wait_for(project, wish, "I want to talk to a person, be silent", PASSED_ON)
    assert came_of(project, wish) == [("handed_over", "asked", "waiting", None)]

    kill(bot)
    dead = begin(project, channel, "Anybody?")
    wait_for(project, dead, "Anybody?", DISCLOSED, SORRY)
    assert came_of(project, dead) == [("failed", "timeout", "waiting", None)]
    start_bot(project, ports[1])  # which hears of it now
    project.wait_until_nothing_is_owed()
    log = (project.folder / "bot.log").read_text().splitlines()
    assert [line[:3] for line in log] == ["202", "202", "202", "409"]
    assert said(project, dead)[-1].startswith(SORRY)  # it talks over nobody


def start_bot(project, port):
    process = project._start("bot", "-m", "tests.integration.gateway_bot", str(port))
    wait_until(lambda: _listens(port), "the bot listens")
    return process


def begin(project, channel, text):
    return project.talk("customer_starts", channel=channel, history=[], text=text)


def said(project, conversation):
    return [text for _who, text in project.talk("transcript", conversation=conversation)["said"]]


def wait_for(project, conversation, *last):
    """Wait until this was said last, each by its beginning."""

    def is_so():
        newest = said(project, conversation)[-len(last) :]
        return len(newest) == len(last) and all(map(str.startswith, newest, last))

    wait_until(is_so, f"{last} was said")


def came_of(project, conversation):
    """How the bot's time ended, with the state and the intent of what came of it."""
    return project.query(
        """SELECT s."end", s.reason, i.state, i.brief->>'intent' FROM contactcenter_chat_botspell s"""
        " JOIN contactcenter_chat_interaction i USING (conversation_id) WHERE conversation_id = %s",
        conversation,
    )
