"""The example's client application: chats over the API, replies by signed callbacks."""

import io
import json

import pytest
import requests
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from contactcenter_chat.client import ApiError
from contactcenter_chat.signature import Signer, Transmission, new_keys, new_secret
from example_project.portal import center
from example_project.portal.models import Chat, Line

pytestmark = pytest.mark.django_db

KEYS = new_keys("kid1")
SIGNER = Signer("kid1", KEYS.rsa_pem, KEYS.ed25519_pem)
CHANNELS = [
    {"id": "ch1", "name": "Courses", "webHookId": "w1"},
    {"id": "ch2", "name": "Fees", "webHookId": "w1"},
    {"id": "ch3", "name": "Somebody else's", "webHookId": "w2"},
]


class Api:
    """A ChatApi that keeps what it is told."""

    def __init__(self):
        self.calls = []
        self.error = None

    def webhooks(self):
        return [{"id": "w2", "name": "Another"}, {"id": "w1", "name": center.WEBHOOK}]

    def channels(self):
        if self.error:
            raise self.error
        return CHANNELS

    def start_conversation(self, channel_id, customer, history):
        self.calls.append(("start", channel_id, customer, history))
        return "c1"

    def say(self, conversation_id, text):
        if self.error:
            raise self.error
        self.calls.append(("say", conversation_id, text))

    def leave(self, conversation_id):
        self.calls.append(("leave", conversation_id))

    def jwk(self, key_id):
        self.calls.append(("jwk", key_id))
        if key_id != "kid1":
            response = requests.Response()
            response.status_code = 404
            raise ApiError("GET", "/jwk", response)
        return KEYS.public_jwk


class Gateway:
    """A Gateway that keeps what it is told; ``refuses`` is the status and body of its next answer."""

    def __init__(self, calls):
        self.calls = calls
        self.messages = []
        self.refuses = None

    def upload(self, conversation_id, name, file):
        self._refuse()
        self.calls.append(("upload", conversation_id, name, file.read()))
        return f"f{len(self.calls)}"

    def say(self, conversation_id, *, author_type="user", text="", attachments=(), cards=()):
        self.calls.append(("gateway", conversation_id, author_type, text, list(attachments)))
        shown = [{"id": f"card{number}", **card} for number, card in enumerate(cards)]
        message = {"text": text, "attachments": [], "cards": shown, "createdAt": "2026-01-01T00:00:00.000Z"}
        self.messages.insert(0, message)

    def newest_messages(self, conversation_id):
        self._refuse()
        return self.messages

    def submit(self, conversation_id, card_id, answer):
        self._refuse()
        self.calls.append(("submit", conversation_id, card_id, answer))

    def content(self, conversation_id, attachment_id):
        response = requests.Response()
        response.status_code, response.raw = 200, io.BytesIO(b"Hello")
        response.headers.update(
            {"Content-Disposition": "attachment", "X-Content-Type-Options": "nosniff", "ETag": "x"}
        )
        return response

    def _refuse(self):
        if self.refuses:
            response = requests.Response()
            response.status_code, body = self.refuses
            response._content = json.dumps(body).encode()
            raise ApiError("PUT", "/x", response)


@pytest.fixture(autouse=True)
def gateway(api, monkeypatch):
    gateway = Gateway(api.calls)
    monkeypatch.setattr(center, "gateway", lambda: gateway)
    return gateway


@pytest.fixture(autouse=True)
def api(monkeypatch, settings):
    settings.PORTAL = {"API_URL": "http://127.0.0.1:9", "TENANT": "college", "API_KEY": "k", "API_SECRET": "s"}
    api = Api()
    monkeypatch.setattr(center, "api", lambda: api)
    monkeypatch.setattr(center, "_public_keys", {})
    return api


def start(client, **said):
    data = {"name": "Rosa", "email": "rosa@example.org", "topic": "ch1", "text": "Hello", **said}
    return client.post(reverse("portal:start"), data)


def call_back(client, event, *, event_id="e1", tenant="college", signer=SIGNER, body=None):
    sent = json.dumps(event, separators=(",", ":")).encode()
    transmission = Transmission(tenant=tenant, event_id=event_id, sent_at=1_700_000_000_000, retry=0, body=sent)
    headers = signer.headers(transmission, new_secret())
    del headers["Content-Type"]
    return client.post(reverse("portal:callback"), data=body or sent, content_type="application/json", headers=headers)


def text_event(message="Good morning", conversation_id="c1"):
    return {
        "eventType": "TEXT",
        "messageType": "AGENT",
        "conversationId": conversation_id,
        "timestamp": 1_700_000_000_000,
        "agentId": "a1",
        "agentName": "Maria,Torres",
        "message": message,
    }


def lines():
    return list(Line.objects.values_list("author", "name", "text"))


def test_a_chat_is_started_with_what_the_assistant_said(client, api):
    response = start(client)

    assert response.headers["Location"] == reverse("portal:chat")
    customer = {"name": "Rosa", "email": "rosa@example.org"}
    (_, channel, said_customer, history), said, asked = api.calls
    assert (channel, said_customer) == ("ch1", customer)
    assert [author for author, _text in history] == ["bot"]
    assert said == ("say", "c1", "Hello")
    assert asked == ("gateway", "c1", "bot", "", [])
    assert [author for author, _name, _text in lines()] == ["assistant", "visitor", "assistant"]


def test_only_this_sites_channels_can_be_chosen(client, api):
    page = client.get(reverse("portal:start")).content.decode()
    assert "Courses" in page
    assert "Fees" in page
    assert "Somebody" not in page

    assert start(client, topic="ch3").status_code == 200
    assert not Chat.objects.exists()
    assert not api.calls


def test_what_agents_say_is_shown_escaped(client):
    start(client)
    assert call_back(client, text_event("<b>1 < 2</b>")).status_code == 204

    page = client.get(reverse("portal:chat")).content.decode()
    assert "&lt;b&gt;1 &lt; 2&lt;/b&gt;" in page
    assert "Maria Torres" in page


def test_a_callback_may_be_faster_than_the_answer_to_the_start(client):
    call_back(client, text_event())
    start(client)
    assert "Good morning" in client.get(reverse("portal:chat")).content.decode()


def test_a_callback_that_comes_again_adds_nothing(client):
    for _ in range(2):
        assert call_back(client, text_event()).status_code == 204
    assert lines() == [("agent", "Maria Torres", "Good morning")]


def test_notices(client):
    common = {"messageType": "SYSTEM", "conversationId": "c1", "timestamp": 1_700_000_000_000}
    agent = {"agentId": "a1", "agentName": "Maria,Torres"}
    events = (
        {"eventType": "QUEUED", "queueId": "q1", "queueName": "Admissions"},
        {"eventType": "AGENT_JOINED", **agent},
        {"eventType": "TRANSFER"},
        {"eventType": "AGENT_LEFT", **agent},
        {"eventType": "SOMETHING_NEW"},
    )
    for number, event in enumerate(events):
        assert call_back(client, {**event, **common}, event_id=f"e{number}").status_code == 204
    assert [text for _author, _name, text in lines()] == [
        "You are waiting for Admissions.",
        "Maria Torres has joined the chat.",
        "You are being transferred.",
        "Maria Torres has left the chat.",
    ]


def test_the_verification_of_the_webhook_passes_and_changes_nothing(client):
    event = {"notificationVersion": "v2.0", "eventType": "WEB_HOOK_VERIFY"}
    assert call_back(client, event).status_code == 204
    assert not lines()


def test_keys_are_asked_for_once(client, api):
    for number in range(3):
        call_back(client, text_event(), event_id=f"e{number}")
    assert api.calls == [("jwk", "kid1")]


def test_a_callback_that_is_not_the_contact_centres_is_refused(client):
    foreign = new_keys("kid1")
    unknown = new_keys("kid2")
    refused = (
        call_back(client, text_event(), body=b'{"eventType":"TEXT"}'),
        call_back(client, text_event(), tenant="other"),
        call_back(client, text_event(), signer=Signer("kid1", foreign.rsa_pem, foreign.ed25519_pem)),
        call_back(client, text_event(), signer=Signer("kid2", unknown.rsa_pem, unknown.ed25519_pem)),
        client.post(reverse("portal:callback"), text_event(), content_type="application/json"),
    )
    assert [response.status_code for response in refused] == [401] * 5
    assert not lines()


def test_new_lines_are_fetched_after_the_last_one(client):
    start(client)
    last = Line.objects.latest("pk").pk
    url = reverse("portal:lines")
    assert client.get(url, {"after": last}).status_code == 204

    call_back(client, text_event())
    fragment = client.get(url, {"after": last}).content.decode()
    assert "Good morning" in fragment
    assert "Hello" not in fragment
    assert f"after={Line.objects.latest('pk').pk}" in fragment
    assert client.get(url, {"after": "x"}).status_code == 400


def test_a_chat_is_seen_by_its_visitor_alone(client):
    start(client)
    client.cookies.clear()

    assert client.get(reverse("portal:chat")).headers["Location"] == reverse("portal:start")
    assert client.get(reverse("portal:lines"), {"after": 0}).status_code == 404
    assert client.post(reverse("portal:say"), {"text": "x"}).status_code == 404
    assert client.post(reverse("portal:leave")).status_code == 404


def test_saying_something_with_and_without_htmx(client, api):
    start(client)
    plain = client.post(reverse("portal:say"), {"text": "one"})
    htmx = client.post(reverse("portal:say"), {"text": "two"}, headers={"hx-request": "true"})

    assert plain.headers["Location"] == reverse("portal:chat")
    assert htmx.headers["HX-Trigger"] == "said"
    assert "<form" in htmx.content.decode()
    assert [call[2] for call in api.calls if call[0] == "say"] == ["Hello", "one", "two"]
    assert [text for author, _name, text in lines() if author == "visitor"] == ["Hello", "one", "two"]


def test_files_are_sent_and_fetched_by_their_visitor_alone(client, api):
    start(client)
    letter = SimpleUploadedFile("letter.txt", b"Hello")
    client.post(reverse("portal:say"), {"text": "Here", "files": [letter]})
    upload, said = api.calls[-2:]
    assert (upload, said[2:4]) == (("upload", "c1", "letter.txt", b"Hello"), ("user", "Here"))
    line = Line.objects.latest("pk")
    assert line.files == [{"id": said[4][0], "filename": "letter.txt"}]
    url = reverse("portal:file", args=[line.files[0]["id"]])
    assert f'href="{url}"' in client.get(reverse("portal:chat")).content.decode()
    response = client.get(url)
    assert b"".join(response.streaming_content) == b"Hello"
    assert (response["X-Content-Type-Options"], "ETag" in response) == ("nosniff", False)
    assert client.get(reverse("portal:file", args=["another"])).status_code == 404
    client.cookies.clear()
    assert client.get(url).status_code == 404


def test_a_file_that_is_refused_is_told(client, gateway):
    start(client)
    gateway.refuses = (413, {"message": "x", "errors": [{"code": "too_large", "message": "It is too large."}]})
    form = {"text": "", "files": [SimpleUploadedFile("letter.txt", b"Hello")]}
    page = client.post(reverse("portal:say"), form, headers={"hx-request": "true"}).content.decode()
    assert "It is too large." in page
    assert Line.objects.latest("pk").files == []


def test_a_card_is_answered_once(client, api):
    start(client)
    page = client.get(reverse("portal:chat")).content.decode()
    assert "While you wait" in page
    assert 'name="field.who"' in page
    form = {"card": "card0", "button": "0", "field.who": "student", "field.number": "77", "field.call": "true"}
    line = client.post(reverse("portal:answer"), form, headers={"hx-request": "true"}).content.decode()
    given = {"who": "student", "number": "77", "call": "true"}
    assert api.calls[-1] == ("submit", "c1", "card0", given)
    assert "You are: a student; Student number, if you have one: 77; You may call me back: ✓" in line
    assert "<form" not in line


@pytest.mark.parametrize(
    "form", [{}, {"card": "x", "button": "0"}, {"card": "card0"}, {"card": "card0", "button": "9"}]
)
def test_what_is_no_button_of_a_card_is_not_there(client, form):
    start(client)
    assert client.post(reverse("portal:answer"), form).status_code == 404


def test_an_answer_that_is_refused_is_told_and_may_be_given_again(client, gateway):
    start(client)
    gateway.refuses = (409, {"message": "x", "errors": [{"code": "conflict", "message": "Answered already."}]})
    form = {"card": "card0", "button": "0", "field.who": "student"}
    line = client.post(reverse("portal:answer"), form, headers={"hx-request": "true"}).content.decode()
    assert "Answered already." in line
    assert "<form" in line


def test_what_an_agent_sends_comes_with_its_files_and_cards(client, gateway):
    choice = {"options": [{"title": "Yes"}, {"title": "No"}]}
    card = {"id": "card7", "contentType": "application/8x8.quick.replies", "content": choice}
    said = {"text": "See this", "attachments": [{"id": "f9", "filename": "map.png"}], "cards": [card]}
    gateway.messages = [
        {**said, "createdAt": "2023-11-14T22:13:20.001Z"},
        {**said, "createdAt": "2023-11-14T22:13:20.000Z"},
    ]
    start(client)
    call_back(client, text_event("See this\n\n1. Yes\n2. No\n\nmap.png: https://…"))
    line = Line.objects.get(author="agent")
    assert (line.text, line.name, [each["filename"] for each in line.files]) == (
        "See this",
        "Maria Torres",
        ["map.png"],
    )
    client.post(reverse("portal:answer"), {"card": "card7", "button": "1"})
    assert gateway.calls[-1] == ("submit", "c1", "card7", {"title": "No", "data": None})


def test_a_callback_comes_again_when_the_message_cannot_be_asked_for(client, gateway):
    gateway.refuses = (500, {})
    assert call_back(client, text_event()).status_code == 503
    gateway.refuses = None
    assert call_back(client, text_event()).status_code == 204
    assert lines() == [("agent", "Maria Torres", "Good morning")]


def test_leaving(client, api):
    start(client)
    response = client.post(reverse("portal:leave"), follow=True)

    assert api.calls[-1] == ("leave", "c1")
    assert "You have left the chat" in response.content.decode()
    assert client.get(reverse("portal:chat")).headers["Location"] == reverse("portal:start")


def test_what_could_not_be_passed_on_is_not_shown_as_said(client, api):
    start(client)
    api.error = requests.ConnectionError("refused")
    assert client.post(reverse("portal:say"), {"text": "lost"}).status_code == 503
    assert client.get(reverse("portal:start")).status_code == 503
    assert "lost" not in client.get(reverse("portal:chat")).content.decode()


def test_without_a_contact_centre_it_says_so(client, settings):
    settings.PORTAL = {**settings.PORTAL, "API_KEY": ""}
    response = client.get(reverse("portal:start"))
    assert response.status_code == 503
    assert "not connected" in response.content.decode()


def test_the_landing_page_leads_everywhere(client):
    page = client.get("/").content.decode()
    for path in ("/portal/", "/desk/", "/admin/", "/api/docs/"):
        assert f'href="{path}"' in page


def test_the_icon_is_where_browsers_look(client):
    assert client.get("/favicon.ico").headers["Location"] == "/static/portal/icon.svg"
