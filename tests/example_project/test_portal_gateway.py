"""The example's client application and the served gateway: what is sent again arrives once."""

import pytest
import requests
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from contactcenter_chat.models import Attachment, Message
from example_project.portal import center
from example_project.portal.gateway import Gateway
from example_project.portal.models import Chat, Line
from example_project.portal.views import SESSION_KEY
from tests import factories

# In memory, SQLite has one connection; the live server's threads would still hold it when the test is over.
pytestmark = pytest.mark.postgresql

FILES = {"a.txt": b"The same", "b.txt": b"The same", "c.txt": b"Another"}


class Losing:
    """A session of requests that loses one answer, by its number among all, when everything was done."""

    def __init__(self, session, lost):
        self.session, self.lost, self.sent = session, lost, 0

    def request(self, *arguments, **options):
        answer = self.session.request(*arguments, **options)
        self.sent += 1
        if self.sent == self.lost:
            raise requests.ConnectionError("The answer was lost.")
        return answer


@pytest.fixture
def new(transactional_db):
    return factories.make_center()


@pytest.fixture
def gateway(new, live_server, monkeypatch):
    gateway = Gateway(live_server.url, new.tenant.label, new.key)
    monkeypatch.setattr(center, "gateway", lambda: gateway)
    return gateway


@pytest.fixture
def conversation(new, client):
    started = factories.start_conversation(new.channel)
    chat = Chat.objects.create(conversation_id=started.pk, name="Rosa", topic="Courses")
    session = client.session
    session[SESSION_KEY] = str(chat.pk)
    session.save()
    return started


def say(client, **fields):
    files = [SimpleUploadedFile(name, content) for name, content in FILES.items()]
    return client.post(reverse("portal:say"), {"text": "Here", "files": files, **fields}, headers={"X-By-Script": "1"})


@pytest.mark.parametrize("lost", [1, 2, 3, 4])
def test_files_whose_answer_was_lost_arrive_once(client, gateway, conversation, lost):
    gateway._session = Losing(gateway._session, lost)
    before = set(Message.objects.values_list("pk", flat=True))
    assert say(client, client_id="0123456789ab").status_code == 503
    assert say(client, client_id="0123456789ab").status_code == 204

    [message] = Message.objects.exclude(pk__in=before)
    assert message.text == "Here"
    assert sorted(message.attachments.values_list("name", flat=True)) == list(FILES)
    assert Attachment.objects.count() == len(FILES)
    line = Line.objects.get(author="visitor")
    assert {each["filename"]: each["id"] for each in line.files} == dict(message.attachments.values_list("name", "pk"))


class Recording:
    """A session of requests that keeps how long each request may take."""

    def __init__(self, session):
        self.session, self.timeouts = session, []

    def request(self, *arguments, **options):
        self.timeouts.append(options["timeout"])
        return self.session.request(*arguments, **options)


def test_who_answers_is_asked_for_a_moment_only(client, gateway, conversation):
    """Nobody's page waits for a sign, while what is said may take its time."""
    gateway._session = recording = Recording(gateway._session)
    assert say(client).status_code == 204
    assert set(recording.timeouts) == {(5, 60)}
    recording.timeouts.clear()
    last = Line.objects.latest("pk").pk
    assert [client.get(reverse("portal:lines"), {"after": last}).status_code for _ in range(2)] == [204, 204]
    assert recording.timeouts == [(1, 2)]


def test_what_a_page_without_a_script_sends_twice_was_meant_twice(client, gateway, conversation):
    before = Message.objects.count()
    for _ in range(2):
        assert say(client).status_code == 204
    assert Message.objects.count() == before + 2
