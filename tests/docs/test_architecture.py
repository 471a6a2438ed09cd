"""Does the page on the architecture name the layers, and each file that a message passes on its way?

The journeys are traced. What their tables say is the one list of these files: who lets a message enter another file
adds it there, with its reason, and MOST says how many they may become.
"""

import re

import pytest

from contactcenter_chat import tasks
from contactcenter_chat.deliveries import draining
from contactcenter_chat.live import sending
from contactcenter_chat.models import Receiver as ReceiverRow
from contactcenter_chat.workers.threads import Threads
from tests import factories
from tests.api.caller import Caller
from tests.desk.conftest import Desk
from tests.receiver import Receiver
from tests.test_imports import LAYERS
from tests.tracing import ROOT, entered

from .pages import ROOT as CHECKOUT
from .pages import code, page, rows

PAGE = page("architecture.md")

# How many files each journey may enter; a delivery besides those of the reply. Since the rooms were made, both ways
# enter one more (what time it is), a reply another two (what a user of a foreign model is called, how names stand in
# sentences), a delivery two (posting and shares of threads). What comes in is looked at for STOP, which holds whatever
# the channel has become since the business began the conversation: three.
MOST = {"A message comes in": 34, "A reply goes out": 30, "Its callback leaves": 13}


def table(heading):
    """The rows of the table below a heading, by what stands first in them."""
    text = re.search(rf"^##+ {heading}\n(.*?)(?=^##|\Z)", PAGE, re.MULTILINE | re.DOTALL)[1]
    return {row[0]: row for row in rows(text)}


def files_of(heading):
    """The files that the table below a heading names, in the order of the page; each has its reason."""
    listed = table(heading).values()
    assert all(reason for _file, reason in listed)
    return [code(file)[0] for file, _reason in listed]


@pytest.fixture
def in_the_open(settings, monkeypatch):
    """Hints for open screens and deliveries as in production, in threads that the tracer sees begin."""
    own = settings.CONTACTCENTER_CHAT
    settings.CONTACTCENTER_CHAT = {**own, "LIVE_HINTS": True, "ALLOW_PRIVATE_WEBHOOKS": True}
    monkeypatch.setattr(sending, "IDLE_SECONDS", 0)
    monkeypatch.setattr(sending, "send", lambda news, connection: None)


def own_threads(monkeypatch):
    monkeypatch.setattr(draining, "_threads", Threads("delivery", lambda: 4))
    monkeypatch.setattr(draining, "TASK_SECONDS", 30)  # to be traced takes long


def deliver():
    tasks.deliver()
    draining.finish()


@pytest.fixture
def receiver():
    with Receiver() as receiver:
        yield receiver


@pytest.fixture
def chat(in_the_open, transactional_db, receiver):
    """A chat that an agent has, whose webhook is there to be called."""
    center = factories.make_center()
    ReceiverRow.objects.filter(pk=center.webhook.pk).update(uri=receiver.url)
    agent = factories.make_agent(center.tenant, center.queue)
    conversation = factories.start_conversation(center.channel)
    factories.accepted(conversation)
    return center, agent, conversation


@pytest.mark.postgresql
def test_the_files_that_a_message_enters_on_its_way_in(chat):
    center, _agent, conversation = chat
    api, path = Caller(center), f"conversations/{chat[2].pk}/messages"
    assert api.post(path, {"text": "What is kept in memory is there now."}).status_code == 202
    with entered() as files:
        assert api.post(path, {"text": "Hello"}).status_code == 202
    assert files == set(files_of("A message comes in"))
    assert conversation.messages.count() == 2


@pytest.mark.postgresql
def test_the_files_that_a_reply_enters_on_its_way_out(chat, receiver, monkeypatch):
    _center, agent, conversation = chat
    desk = Desk(agent)
    assert desk.post("say", conversation.pk, text="What is kept in memory is there now.", after="0").status_code == 200
    own_threads(monkeypatch)
    deliver()
    own_threads(monkeypatch)
    with entered() as replying:
        assert desk.post("say", conversation.pk, text="Good day", after="0").status_code == 200
    assert replying == set(files_of("A reply goes out"))
    with entered() as delivering:
        deliver()
    assert receiver.got[-1].event["message"] == "Good day"
    assert delivering - replying == set(files_of("Its callback leaves"))


@pytest.mark.parametrize("heading", MOST)
def test_the_journeys_have_not_grown(heading):
    files = files_of(heading)
    assert len(set(files)) == len(files) <= MOST[heading]


def test_the_layers_are_those_that_are_held():
    assert [set(code(row[1])) for row in table("Layers").values()] == list(LAYERS)


def test_what_it_sends_one_to_is_there():
    paths = [path for row in table("Where is it, where does it go\\?").values() for path in code(row[1])]
    assert [path for path in paths if not ((ROOT / path).exists() or (CHECKOUT / path).exists())] == []
    assert paths


def test_the_drawing_names_every_room():
    drawing = (CHECKOUT / "docs" / "_static" / "rooms.svg").read_text(encoding="utf-8")
    drawn = set(re.findall(r"\w+", " ".join(re.findall(r"<text[^>]*>([^<]*)</text>", drawing))))
    rooms = {path.name for path in ROOT.iterdir() if (path / "__init__.py").is_file()}
    assert rooms - {"migrations", "templatetags"} <= drawn
