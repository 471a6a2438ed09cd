"""The example's client application: chats over the API, replies by signed callbacks."""

import io
import json
from datetime import timedelta

import pytest
import requests
from bs4 import BeautifulSoup
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from contactcenter_chat.client import ApiError
from contactcenter_chat.signature import Signer, Transmission, new_keys, new_secret
from example_project.portal import center
from example_project.portal.models import Chat, Line
from tests.cut_off import BODIES, WHY, post_cut_off

pytestmark = pytest.mark.django_db

BY_SCRIPT = {"X-By-Script": "1"}
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
        self.keys = []
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

    def say(self, conversation_id, text, *, key=""):
        if self.error:
            raise self.error
        self.calls.append(("say", conversation_id, text))
        self.keys.append(key)

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
        self.is_waiting = True
        self.refuses = None

    def upload(self, conversation_id, name, file, *, key=""):
        self._refuse()
        self.calls.append(("upload", conversation_id, name, file.read()))
        return f"f{len(self.calls)}"

    def say(self, conversation_id, *, author_type="user", text="", attachments=(), cards=(), key=""):
        self.calls.append(("gateway", conversation_id, author_type, text, list(attachments)))
        shown = [{"id": f"card{number}", **card} for number, card in enumerate(cards)]
        message = {"text": text, "attachments": [], "cards": shown, "createdAt": "2026-01-01T00:00:00.000Z"}
        self.messages.insert(0, message)

    def waits(self, conversation_id, **options):
        return self.is_waiting

    def show_typing(self, conversation_id):
        self._refuse()
        self.calls.append(("typing", conversation_id))

    def mark_read(self, conversation_id, until):
        self._refuse()
        self.calls.append(("read", conversation_id, until))

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


def test_the_pages_language_is_the_customers(client, api):
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "es-MX,es;q=0.9"
    start(client)
    assert api.calls[0][2] == {"name": "Rosa", "language": "es", "email": "rosa@example.org"}


def test_where_a_bot_comes_first_nothing_is_asked_meanwhile(client, api, gateway):
    gateway.is_waiting = False
    start(client)
    assert len(api.calls) == 2
    assert [author for author, _name, _text in lines()] == ["assistant", "visitor"]


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
    assert [line.words for line in Line.objects.all()] == [
        "You are waiting for Admissions.",
        "Maria Torres has joined the chat.",
        "You are being transferred.",
        "Maria Torres has left the chat.",
    ]
    with override("es"):  # whoever tells of it has no language, whoever reads it has
        assert [line.words for line in Line.objects.all()] == [
            "Está esperando a Admissions.",
            "Maria Torres se ha unido al chat.",
            "Le estamos transfiriendo.",
            "Maria Torres ha salido del chat.",
        ]


def test_a_notice_of_earlier_days_stays_as_it_is(client):
    line = Line(author=Line.Author.NOTICE, text="You are waiting for 50 % off.")
    assert line.words == "You are waiting for 50 % off."


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
    for after in ("x", "", "9" * 5000, "9" * 19):
        assert client.get(url, {"after": after}).status_code == 400


def test_a_chat_is_seen_by_its_visitor_alone(client):
    start(client)
    client.cookies.clear()

    assert client.get(reverse("portal:chat")).headers["Location"] == reverse("portal:start")
    assert client.get(reverse("portal:lines"), {"after": 0}).status_code == 404
    assert client.post(reverse("portal:say"), {"text": "x"}).status_code == 404
    assert client.post(reverse("portal:leave")).status_code == 404


@pytest.mark.parametrize("content_type", BODIES)
@pytest.mark.parametrize("page", ["start", "say", "typing", "read", "answer", "leave"])
def test_half_of_a_form_is_refused_and_nothing_passed_on(client, api, page, content_type):
    start(client)
    before = [*api.calls]
    answer = post_cut_off(client, reverse(f"portal:{page}"), content_type)
    assert (answer.status_code, answer.content.decode()) == (400, WHY)
    assert api.calls == before


def test_saying_something_with_and_without_a_script(client, api):
    start(client)
    plain = client.post(reverse("portal:say"), {"text": "one"})
    script = client.post(reverse("portal:say"), {"text": "two"}, headers=BY_SCRIPT)

    assert plain.headers["Location"] == reverse("portal:chat")
    assert (script.status_code, script.content) == (204, b"")
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
    for headers in ({}, BY_SCRIPT):
        form = {"text": "My <letter>", "files": [SimpleUploadedFile("letter.txt", b"Hello")]}
        answer = client.post(reverse("portal:say"), form, headers=headers)
        assert answer.status_code == 400
        assert "This file is too large." in answer.content.decode()
        if not headers:  # a script keeps it itself
            assert ">My &lt;letter&gt;</textarea>" in answer.content.decode()
    assert Line.objects.latest("pk").files == []


@pytest.mark.parametrize(
    ("status", "body", "told"),
    [
        (400, {"message": "x", "errors": [{"message": "The file is empty."}]}, "El archivo está vacío."),
        (
            400,
            {"message": "x", "errors": [{"message": "attachments[0].id: May not be empty."}]},
            "No puede estar vacío.",
        ),
        (409, {"message": "Only this."}, "Only this."),
        (404, {}, "Este chat ha terminado. Salga de él e inicie otro."),
        (413, {}, "Este archivo es demasiado grande."),
        (400, None, "null"),
    ],
)
def test_why_it_is_refused_is_told_in_the_visitors_language(client, gateway, status, body, told):
    start(client)
    gateway.refuses = (status, body)
    form = {"files": [SimpleUploadedFile("letter.txt", b"Hello")]}
    answer = client.post(reverse("portal:say"), form, headers={**BY_SCRIPT, "Accept-Language": "es"})
    assert (answer.status_code, answer.content.decode()) == (400, told)


@pytest.mark.parametrize("text", ["", " \n", "\u200b\u2060\ufeff\u202e", "x" * 4001, "a\0b"])
def test_what_is_no_message_is_refused_and_kept(client, api, text):
    start(client)
    before = list(api.calls)
    answer = client.post(reverse("portal:say"), {"text": text}, headers=BY_SCRIPT)
    assert answer.status_code == 400
    assert answer["Content-Type"] == "text/plain; charset=utf-8"
    assert answer.content
    page = client.post(reverse("portal:say"), {"text": text})
    assert page.status_code == 400
    area = BeautifulSoup(page.content, "html.parser").find("textarea", id="say-text")
    assert area.text == text
    assert api.calls == before


@pytest.mark.parametrize("said", [{"name": "\u200b"}, {"text": "\u2060 \u202e"}, {"name": "a\0"}])
def test_a_chat_begins_with_a_name_and_words(client, api, said):
    assert start(client, **said).status_code == 200
    assert api.calls == []


def test_words_of_all_languages_pass_unchanged(client, api):
    start(client)
    for text in ("👩\u200d👩\u200d👧 ❤\ufe0f", "می\u200cخواهم", "one\r\ntwo"):
        assert client.post(reverse("portal:say"), {"text": text}, headers=BY_SCRIPT).status_code == 204
    assert [call[2] for call in api.calls if call[0] == "say"][1:] == [
        "👩\u200d👩\u200d👧 ❤\ufe0f",
        "می\u200cخواهم",
        "one\ntwo",
    ]


def test_what_is_sent_again_arrives_once(client, api):
    start(client)
    for _ in range(2):
        form = {"text": "Are you there?", "client_id": "0123456789abcdef01234567"}
        assert client.post(reverse("portal:say"), form, headers=BY_SCRIPT).status_code == 204
    assert [call[2] for call in api.calls if call[0] == "say"] == ["Hello", "Are you there?"]
    line = Line.objects.latest("pk")
    assert (line.client_id, line.event_id) == ("0123456789abcdef01234567", api.keys[-1])
    assert 'data-said="0123456789abcdef01234567"' in client.get(reverse("portal:chat")).content.decode()


def test_what_is_sent_again_while_it_is_under_way_is_one_line(client, api):
    start(client)
    form = {"text": "Are you there?", "client_id": "0123456789ab"}

    def say(conversation_id, text, *, key=""):
        del api.say
        assert client.post(reverse("portal:say"), form, headers=BY_SCRIPT).status_code == 204

    api.say = say
    assert client.post(reverse("portal:say"), form, headers=BY_SCRIPT).status_code == 204
    assert Line.objects.filter(text="Are you there?").count() == 1


def test_what_could_not_be_passed_on_has_the_same_key_when_it_is_sent_again(client, api):
    start(client)
    form = {"text": "Are you there?", "client_id": "0123456789ab"}
    api.error = requests.ConnectionError("refused")
    assert client.post(reverse("portal:say"), form, headers=BY_SCRIPT).status_code == 503
    api.error = None
    assert client.post(reverse("portal:say"), form, headers=BY_SCRIPT).status_code == 204
    assert api.keys[-1].endswith("-0123456789ab")
    assert [line.text for line in Line.objects.filter(author="visitor")] == ["Hello", "Are you there?"]


@pytest.mark.parametrize("client_id", ["x", "0123", "g" * 12, "0" * 25, "<b>", "0123456789 a"])
def test_an_odd_name_of_a_message_is_none(client, client_id):
    start(client)
    form = {"text": "Hi", "client_id": client_id}
    assert client.post(reverse("portal:say"), form, headers=BY_SCRIPT).status_code == 204
    assert Line.objects.latest("pk").event_id == ""


def test_that_the_visitor_types_and_reads_is_told(client, api):
    start(client)
    call_back(client, text_event())
    line = Line.objects.get(author="agent")
    assert client.post(reverse("portal:typing")).status_code == 204
    assert client.post(reverse("portal:read"), {"number": line.pk}).status_code == 204
    assert api.calls[-2:] == [("typing", "c1"), ("read", "c1", 1_700_000_000_001)]


def test_only_lines_of_agents_of_this_chat_are_read(client, api):
    start(client)
    call_back(client, text_event(conversation_id="c2"))
    before = list(api.calls)
    for number in Line.objects.values_list("pk", flat=True):
        assert client.post(reverse("portal:read"), {"number": number}).status_code == 404
    for number in ("", "x", "-1", "9" * 5000):
        assert client.post(reverse("portal:read"), {"number": number}).status_code == 400
    assert api.calls == before


def test_signs_that_cannot_be_told_break_nothing(client, gateway):
    start(client)
    gateway.refuses = (500, {})
    assert client.post(reverse("portal:typing")).status_code == 503


def test_addresses_are_links_and_the_direction_is_found_out(client):
    start(client, text="<b> javascript:alert(1) www.example.org")
    call_back(client, text_event("See https://example.org/?a&b.\n\u202eabc"))
    page = BeautifulSoup(client.get(reverse("portal:chat")).content, "html.parser")
    links = {a["href"]: a["rel"] for a in page.select(".line p a")}
    elsewhere = ["noopener", "noreferrer", "nofollow"]
    assert links == {"https://www.example.org": elsewhere, "https://example.org/?a&b": elsewhere}
    assert all(each.get("dir") == "auto" for each in page.select(".line > p, textarea"))
    assert [each.text for each in page.select(".line.agent .who > bdi")] == ["Maria Torres"]
    assert "&lt;b&gt; javascript:alert(1) <a" in str(page)


@pytest.mark.parametrize(
    ("url", "method"), [("say", "post"), ("answer", "post"), ("read", "post"), ("lines", "get"), ("start", "post")]
)
def test_what_no_database_keeps_is_refused(client, url, method):
    start(client)
    for name in ("text", "client_id", "card", "button", "number", "after", "topic", "name", "email", "field.who"):
        answer = getattr(client, method)(reverse(f"portal:{url}"), {name: "a\0b"})
        assert answer.status_code in (200, 400, 404), name
    assert client.get("/portal/chat/files/%00/").status_code == 404


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
    asked = client.get(reverse("portal:leave"))
    assert "Leave the chat?" in asked.content.decode()
    assert f'href="{reverse("portal:chat")}"' in asked.content.decode()
    assert "leave" not in [call[0] for call in api.calls]

    response = client.post(reverse("portal:leave"), follow=True)
    assert api.calls[-1] == ("leave", "c1")
    assert "You have left the chat" in response.content.decode()
    assert client.get(reverse("portal:chat")).headers["Location"] == reverse("portal:start")


def test_what_could_not_be_passed_on_is_not_shown_as_said(client, api):
    start(client)
    api.error = requests.ConnectionError("refused")
    assert client.post(reverse("portal:say"), {"text": "never said"}).status_code == 503
    assert client.get(reverse("portal:start")).status_code == 503
    assert "never said" not in client.get(reverse("portal:chat")).content.decode()


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


def awaited(client):
    return client.get(reverse("portal:lines"), {"after": Line.objects.latest("pk").pk}).headers.get("X-Awaited")


def test_while_a_bot_is_to_answer_the_page_is_told(client, api, gateway, monkeypatch):
    asked = []
    monkeypatch.setattr(gateway, "waits", lambda conversation_id, **options: asked.append(conversation_id) or False)
    start(client)
    assert [awaited(client) for _ in range(3)] == ["assistant"] * 3
    assert asked == ["c1", "c1"]  # at the start, and once for what was said
    Line.objects.create(conversation_id="c1", author=Line.Author.AGENT, name="Bot", text="In three parts.")
    assert awaited(client) is None
    client.post(reverse("portal:say"), {"text": "And then?"})
    assert awaited(client) == "assistant"
    Line.objects.filter(pk=Line.objects.latest("pk").pk).update(at=timezone.now() - timedelta(seconds=61))
    assert awaited(client) is None


def test_while_an_agent_is_to_answer_it_is_not(client, api, gateway, monkeypatch):
    start(client)
    monkeypatch.setattr(gateway, "waits", lambda conversation_id, **options: True)
    client.post(reverse("portal:say"), {"text": "And then?"})
    assert awaited(client) is None


def test_that_nobody_can_say_who_answers_breaks_nothing(client, api, gateway, monkeypatch):
    start(client)
    client.post(reverse("portal:say"), {"text": "And then?"})

    def fail(conversation_id, **options):
        raise requests.ConnectionError

    monkeypatch.setattr(gateway, "waits", fail)
    assert awaited(client) is None


def test_one_look_for_lines_asks_who_answers_and_the_others_do_not_wait_for_it(client, gateway, monkeypatch):
    start(client)
    asked, meanwhile = [], []

    def waits(conversation_id, **options):
        asked.append((conversation_id, options))
        meanwhile.append(awaited(client))
        return False

    monkeypatch.setattr(gateway, "waits", waits)
    client.post(reverse("portal:say"), {"text": "And then?"})
    assert awaited(client) == "assistant"
    assert meanwhile == [None]
    assert asked == [("c1", {"timeout": (1, 2)})]
    assert awaited(client) == "assistant"


def press(client, card="choice1"):
    return client.post(reverse("portal:answer"), {"card": card, "button": "0"})


def test_while_a_bot_is_to_answer_a_press_the_page_is_told(client, gateway, monkeypatch):
    start(client)
    asks(1)
    assert awaited(client) is None
    asked = []
    monkeypatch.setattr(gateway, "waits", lambda conversation_id, **options: asked.append(conversation_id) or False)
    press(client)
    assert [awaited(client) for _ in range(2)] == ["assistant"] * 2
    assert asked == ["c1"]
    said_line("assistant", "All right")
    assert awaited(client) is None


def test_while_an_agent_is_to_answer_a_press_it_is_not(client, gateway):
    start(client)
    asks(1)
    press(client)
    assert awaited(client) is None


def test_an_answer_that_is_faster_than_the_press_is_awaited_no_more(client, gateway, monkeypatch):
    start(client)
    asks(1)
    gateway.is_waiting = False
    monkeypatch.setattr(gateway, "submit", lambda *arguments: said_line("assistant", "All right"))
    press(client)
    assert awaited(client) is None


def test_a_press_that_is_refused_is_answered_by_nobody(client, gateway):
    start(client)
    asks(1)
    gateway.is_waiting, gateway.refuses = False, (409, {"message": "Too late."})
    press(client)
    assert awaited(client) is None


CHOICE = {"contentType": "application/8x8.quick.replies", "content": {"options": [{"title": "Yes"}, {"title": "No"}]}}


def asks(number, **more):
    """The assistant asks something with a choice."""
    cards = [{"id": f"choice{number}", **CHOICE}]
    return Line.objects.create(conversation_id="c1", author="assistant", text=f"Which {number}?", cards=cards, **more)


def said_line(author, text, **more):
    return Line.objects.create(conversation_id="c1", author=author, text=text, **more)


def pressable(client):
    """The cards of the page that can be answered, by their ids."""
    page = BeautifulSoup(client.get(reverse("portal:chat")).content, "html.parser")
    ids = [each["value"] for each in page.select(".card-form input[name=card]")]
    return [each for each in ids if each.startswith("choice")]


def test_a_choice_is_over_when_something_else_was_said_and_answered(client):
    start(client)
    asks(1)
    asks(2)  # nothing was said since then: both may be meant
    assert pressable(client) == ["choice1", "choice2"]
    said_line("visitor", "Yes")
    assert pressable(client) == ["choice1", "choice2"]
    asks(3)
    assert pressable(client) == ["choice3"]


def test_what_was_chosen_stays_and_the_other_choice_beside_it_is_over(client):
    start(client)
    asks(1)
    asks(2, answers={"choice2": {"title": "No", "data": None}})
    said_line("assistant", "All right")
    page = BeautifulSoup(client.get(reverse("portal:chat")).content, "html.parser")
    assert pressable(client) == []
    assert [each.get_text() for each in page.select(".card-answer bdi")] == ["No"]
    assert len(page.select(".chat-card span.card-button")) == 4


@pytest.mark.parametrize(
    ("author", "text", "left"),
    [
        ("notice", "%(name)s has joined the chat.", []),
        ("agent", "Hello", []),
        ("notice", "You are waiting for %(name)s.", ["choice1"]),
        ("centre", "You are the third in line.", ["choice1"]),
    ],
)
def test_while_an_agent_has_the_chat_the_assistants_choices_are_over(client, author, text, left):
    start(client)
    asks(1)
    said_line(author, text, name="Maria")
    assert pressable(client) == left


def test_what_the_centre_says_itself_answers_nothing(client):
    start(client)
    asks(1)
    said_line("visitor", "A person, please")
    said_line("centre", "You are the third in line.", name="Riverside College")
    assert pressable(client) == ["choice1"]


def test_what_an_agent_asks_and_a_form_may_be_answered_later(client):
    start(client)
    said_line("agent", "Which day?", cards=[{"id": "choice1", **CHOICE}])
    said_line("visitor", "Is Wednesday possible?")
    said_line("agent", "No")
    assert pressable(client) == ["choice1"]
    page = client.get(reverse("portal:chat")).content.decode()
    assert 'name="field.who"' in page  # the form with which the chat began


def test_only_the_choices_of_a_line_are_drawn_anew(client):
    start(client)
    form = Line.objects.latest("pk").cards[0]
    choice = {"id": "choice1", **CHOICE}
    line = said_line("assistant", "Or so", cards=[{**form, "id": "form1"}, choice, {**choice, "id": "choice2"}])
    said_line("visitor", "Yes")
    said_line("assistant", "All right")
    answer = BeautifulSoup(client.get(reverse("portal:lines"), {"after": line.pk}).content, "html.parser")
    assert [each["id"] for each in answer.select("[hx-swap-oob]")] == ["card-choice1", "card-choice2"]
    assert answer.select(f"[data-number='{line.pk}']") == []


def test_an_answer_draws_its_card_alone(client):
    start(client)
    said_line("assistant", "Which?", cards=[{"id": f"choice{number}", **CHOICE} for number in (1, 2)])
    form = {"card": "choice1", "button": "0"}
    answer = client.post(reverse("portal:answer"), form, headers={"hx-request": "true"})
    (card,) = BeautifulSoup(answer.content, "html.parser").find_all(recursive=False)
    assert (card["id"], card.select_one(".card-answer bdi").get_text()) == ("card-choice1", "Yes")


def test_a_refused_press_on_what_is_over_draws_no_buttons(client, gateway):
    start(client)
    asks(1)
    said_line("agent", "Hello")
    gateway.refuses = (409, {"message": "Too late."})
    form = {"card": "choice1", "button": "0"}
    answer = client.post(reverse("portal:answer"), form, headers={"hx-request": "true"})
    (card,) = BeautifulSoup(answer.content, "html.parser").find_all(recursive=False)
    assert (card.name, card.select("button")) == ("div", [])
    assert card.select_one("[role=alert]").get_text() == "Too late."


def test_a_page_that_is_open_is_told_which_choice_is_over(client):
    start(client)
    first = asks(1)
    said_line("visitor", "Yes")
    poll = {"after": first.pk}
    before = BeautifulSoup(client.get(reverse("portal:lines"), poll).content, "html.parser")
    assert before.select("[hx-swap-oob]") == []
    second = asks(2)
    answer = BeautifulSoup(client.get(reverse("portal:lines"), poll).content, "html.parser")
    (gone,) = answer.select("[hx-swap-oob]")
    assert (gone["hx-swap-oob"], gone["id"], gone["aria-live"]) == ("true", "card-choice1", "off")
    assert gone.select("button") == []
    assert [each["data-number"] for each in answer.select(".line")][-1:] == [str(second.pk)]
    assert client.get(reverse("portal:lines"), {"after": second.pk}).status_code == 204
    later = said_line("assistant", "So?")
    again = BeautifulSoup(client.get(reverse("portal:lines"), {"after": second.pk}).content, "html.parser")
    assert [each["data-number"] for each in again.select(".line")] == [str(later.pk)]


def test_what_a_bot_of_the_centre_says_is_the_assistants(client, gateway):
    said = {"text": "Hello", "attachments": [], "cards": [], "author": {"id": "p", "type": "bot"}}
    gateway.messages = [{**said, "createdAt": "2023-11-14T22:13:20.000Z"}]
    start(client)
    call_back(client, text_event("Hello"))
    line = Line.objects.latest("pk")
    assert (line.author, line.name, line.text) == ("assistant", "", "Hello")


@pytest.mark.parametrize("is_found", [True, False])
@pytest.mark.parametrize(
    ("speaker", "line"),
    [
        ("system", ("centre", "Riverside College", "Third in line.")),
        ("bot", ("assistant", "", "Third in line.")),
        ("a1", ("agent", "Riverside College", "Third in line.")),
    ],
)
def test_who_speaks_is_found_in_the_event_and_in_the_message(client, gateway, speaker, line, is_found):
    """What the centre and its bots say is told as an agent's, by another id; the message knows whose it is."""
    author = {"id": "p", "type": "agent" if speaker == "a1" else speaker}
    message = {"text": "Third in line.", "attachments": [], "cards": [], "author": author}
    gateway.messages = [{**message, "createdAt": "2023-11-14T22:13:20.000Z"}] if is_found else []
    event = text_event("Third in line.") | {"agentId": speaker, "agentName": "Riverside College"}
    call_back(client, event)
    assert lines() == [line]
    start(client)
    page = BeautifulSoup(client.get(reverse("portal:chat")).content, "html.parser")
    assert page.select_one(f".line.{line[0]} .who").get_text() == (line[1] or "Assistant")
