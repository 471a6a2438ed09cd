"""Two projects: a customer at one, agents at the other, which is the first one's remote centre.

Servers and workers are real and are killed in the middle; the agents work at the desk of the server there. In the end
both have the same transcript, nothing twice.
"""

import contextlib
import json
import os
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.receiver import Receiver

from .brokers import free_port
from .desk import Desk, said, told
from .project import Project, kill, wait_until

pytestmark = pytest.mark.integration

BROKER = os.environ.get("CELERY_TEST_REDIS_URL", "redis://127.0.0.1:6379/0")
BACKENDS = {
    "v2": "contactcenter_chat.providers.chat_api_v2.ChatApi",
    "v1": "contactcenter_chat.providers.chat_gateway_v1.ChatGateway",
}
TYPING_EVERY = 5  # seconds, as the desk's page says it
PASSWORD = "a long way to the sea"
RIGHT_TO_LEFT = "متى تبدأ الدورة؟ 👩‍🎓 שלום"
LETTER = {"name": "letter 👋.txt", "content": RIGHT_TO_LEFT * 1000}
ANSWER = {"name": "answer.txt", "content": "In October.\n"}


@pytest.fixture
def projects(tmp_path, template):
    """Here and there, with nothing running yet."""
    made = []
    for name in ("here", "there"):
        folder = tmp_path / name
        folder.mkdir()
        project = Project(BROKER, folder, template)
        project.environment |= {"TEST_RETRIES": "1000", "TEST_TIMEOUT": "5", "TEST_LEASE": "12"}
        project.environment |= {"ALLOWED_HOSTS": "127.0.0.1", "DATABASE_POOL": "10"}
        made.append(project)
    here, there = made
    with here, there:
        yield here, there


@pytest.fixture
def application():
    """The application here, which gets callbacks of Chat Gateway v1 whatever the two projects speak."""
    with Receiver() as receiver:
        yield receiver


def connect(here, there, wire, application):
    """Serve both, and make the second one the first one's remote centre; return the ports and here's channel."""
    ports = free_port(), free_port()
    made = json.loads(there.manage("contactcenter_create_tenant", "there", "--json").splitlines()[-1])
    here.manage("contactcenter_create_tenant", "here", "--json")
    options = {
        "base_url": f"http://127.0.0.1:{ports[1]}",
        "tenant": "there",
        "api_key": made["api_key"],
        "queue": made["queue_id"],
        "callback_url": f"http://127.0.0.1:{ports[0]}/callbacks/vendor/",
    }
    for project, port in zip((here, there), ports, strict=True):
        project.environment["PUBLIC_URL"] = f"http://127.0.0.1:{port}"
    if wire == "v2":
        options["api_secret"] = made["api_secret"]
    here.environment["TEST_PROVIDERS"] = json.dumps({"vendor": {"BACKEND": BACKENDS[wire], "OPTIONS": options}})
    here.server(ports[0])
    server = there.server(ports[1])
    said = here.manage("contactcenter_setup_provider", "vendor", "--tenant=here")
    assert "Made the channel here (vendor)" in said
    return ports, server, here.talk("remote_channel", tenant="here", url=application.url)


def rest(here, there):
    """Wait until nothing is owed on either side, in either direction."""
    unheard = "SELECT count(*) FROM contactcenter_chat_inboundcallback WHERE state <> 'processed'"
    owed = "SELECT count(*) FROM contactcenter_chat_lane JOIN contactcenter_chat_receiver w ON w.id = receiver_id"
    owed += " WHERE due_at IS NOT NULL AND w.enabled"
    rests = [(0,)]
    wait_until(
        lambda: here.query(owed) == there.query(owed) == here.query(unheard) == rests,
        f"nothing is owed: {here.query(owed)} {there.query(owed)} {here.query(unheard)}",
    )


def say_while_the_worker_dies(here, there, conversation, worker, wire):
    """The customer says twenty things, and over v1 sends a file; the worker dies while it tells them there."""
    here.talk("customer_says", conversation=conversation, texts=[f"one {n}" for n in range(10)])
    if wire == "v1":
        here.talk("customer_sends", conversation=conversation, text="My letter", **LETTER)
    here.talk("customer_says", conversation=conversation, texts=[f"one {n}" for n in range(10, 20)])
    sent = "SELECT count(*) FROM contactcenter_chat_message WHERE delivery_state = 'sent'"
    wait_until(lambda: here.query(sent)[0][0] > 3, "some were sent")
    kill(worker)
    here.worker()
    rest(here, there)


def say_while_the_server_is_away(here, there, conversation, server, port):
    """The customer says five things that nobody there hears at first; return the server that came again."""
    kill(server)
    here.talk("customer_says", conversation=conversation, texts=[f"two {n}" for n in range(5)])
    failed = "SELECT count(*) FROM contactcenter_chat_deliveryattempt WHERE status IS NULL"
    wait_until(lambda: here.query(failed)[0][0] > 0, "it was tried in vain")
    server = there.server(port)
    rest(here, there)
    return server


def write_while_the_server_dies(here, there, agent, remote, server, port):
    """An agent says twenty things, and the server dies over it; the desk asks until it is there again."""
    with ThreadPoolExecutor(1) as writing:
        written = writing.submit(lambda: [agent.say(remote, f"three {n}") for n in range(20)])
        some = "SELECT count(*) > 3 FROM contactcenter_chat_message WHERE text LIKE 'three %%'"
        wait_until(lambda: there.query(some) == [(True,)], "some were written")
        kill(server)
        wait_until(lambda: agent.unanswered or written.done(), "the desk asked in vain")
        there.server(port)
        written.result()
    assert agent.unanswered
    rest(here, there)


def check_typing(desk, remote, application):
    """The application here is told that the agent there types: once, unless it is late, so the desk repeats it."""

    def is_told():
        desk.types(remote)
        with contextlib.suppress(TimeoutError):
            return application.wait_until(lambda got: any(map(types, got)), TYPING_EVERY)

    wait_until(is_told, "the application was told that an agent types")


def types(got):
    data = got.event.get("data") or {}
    return data.get("name") == "typing" and [user["type"] for user in data["value"]["users"]] == ["agent"]


def told_words(application):
    """What the application was told that agents said, each once, as it came."""
    events = {got.event_id: got.event for got in application.got if got.event["eventType"] == "MESSAGE"}
    told = [event["data"] for event in events.values()]
    return [data["text"] for data in told if data["sender"]["type"] == "agent"]


def check_letter(desk, remote):
    """The customer's file is at the desk."""
    letter = desk.chat(remote).select_one("[data-author=user] a.file")
    assert told(letter.select_one(".name")) == LETTER["name"]
    assert desk.content(letter["href"]) == LETTER["content"]


@pytest.mark.parametrize("wire", BACKENDS)
def test_a_talk_between_two_projects(wire, projects, application):
    here, there = projects
    (_own, port), server, channel = connect(here, there, wire, application)
    worker = here.worker()
    there.worker()
    queue = there.talk("agents_of", tenant="there", names=["Ada", "Alan"], password=PASSWORD)
    desk = f"http://127.0.0.1:{port}"
    with Desk(desk, "Ada", PASSWORD) as ada, Desk(desk, "Alan", PASSWORD) as alan:
        conversation = here.talk("customer_starts", channel=channel, history=["I am a bot."], text=RIGHT_TO_LEFT)
        rest(here, there)
        [(remote,)] = here.query("SELECT remote_id FROM contactcenter_chat_conversation")
        ada.be("available")
        assert RIGHT_TO_LEFT in ada.accept()
        assert said(ada.chat(remote)) == [("bot", "I am a bot."), ("user", RIGHT_TO_LEFT)]
        for text in ("In October. 🎉", RIGHT_TO_LEFT):
            assert said(ada.say(remote, text)) == [("agent", text)]
        rest(here, there)

        say_while_the_worker_dies(here, there, conversation, worker, wire)
        ada.types(remote)
        if wire == "v1":
            check_letter(ada, remote)
            check_typing(ada, remote, application)
        server = say_while_the_server_is_away(here, there, conversation, server, port)
        write_while_the_server_dies(here, there, ada, remote, server, port)

        alan.be("available")
        ada.be("draining")
        ada.transfer(remote, to=queue, note="He asks for the dates. 📅")
        ada.finish(remote)
        assert "He asks for the dates. 📅" in alan.accept()
        alan.say(remote, "I am Alan.")
        if wire == "v1":
            alan.say(remote, "My answer", file=ANSWER)
        rest(here, there)
        here.talk("customer_leaves", conversation=conversation)
        rest(here, there)
        assert here.talk("transcript", conversation=conversation)["state"] == "idle"
        alan.be("draining")
        alan.finish(remote)

        ada.be("available")
        here.talk("customer_says", conversation=conversation, texts=["One more thing…"])
        assert "One more thing…" in ada.accept()
        ada.say(remote, "Yes?")
        alan.be("available")
        ada.transfer(remote, to="Alan Lovelace", note="He has one more thing.")
        assert "He has one more thing." in alan.accept()
        assert said(alan.chat(remote))[-2:] == [("user", "One more thing…"), ("agent", "Yes?")]
        alan.read(remote)
        alan.say(remote, "Bye. 👋")
        alan.end(remote)
        for agent in (ada, alan):
            agent.finish(remote)
            assert not agent.rail().select("[data-live], #to-do")
        rest(here, there)

    assert wire == "v1" or not any(map(types, application.got))
    seen, meant = here.talk("transcript", conversation=conversation), there.talk("transcript", conversation=remote)
    assert seen == meant
    assert told_words(application) == [text for speaker, text in seen["said"] if speaker == "agent"]
    said_with_files = [text for _speaker, text in seen["said"] if text.startswith("My ")]
    assert [text for _speaker, text in seen["said"] if text not in said_with_files] == [
        "I am a bot.",
        RIGHT_TO_LEFT,
        "In October. 🎉",
        RIGHT_TO_LEFT,
        *(f"one {n}" for n in range(20)),
        *(f"two {n}" for n in range(5)),
        *(f"three {n}" for n in range(20)),
        "I am Alan.",
        "One more thing…",
        "Yes?",
        "Bye. 👋",
    ]
    if wire == "v1":
        assert len(said_with_files) == 2
        sent = [["user", "My letter", *LETTER.values()], ["agent", "My answer", *ANSWER.values()]]
        wait_until(lambda: here.talk("files_in", conversation=conversation) == sent, "the files are here")
        assert there.talk("files_in", conversation=remote) == sent
    handed, by_customer, by_agent = ["transferred", "agent"], ["handled", "customer"], ["handled", "agent"]
    assert seen["episodes"] == [handed, by_customer, handed, by_agent]
    codes = "SELECT short_code FROM contactcenter_chat_interactioncode"
    assert there.query(codes) == [("courses",)] * 4
    assert here.query("SELECT count(*) FROM contactcenter_chat_conversation") == [(1,)]
    assert there.query("SELECT count(*) FROM contactcenter_chat_conversation") == [(1,)]
    states = "SELECT DISTINCT delivery_state FROM contactcenter_chat_message WHERE delivery_state <> ''"
    assert here.query(states) == [("read" if wire == "v1" else "sent",)]
