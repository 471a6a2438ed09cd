"""A Rasa server over real HTTP: what it is asked, and what is made of whatever it answers."""

import json
import logging

import pytest

from contactcenter_chat.bots.base import (
    Brief,
    End,
    HandOver,
    QuickReply,
    Said,
    Say,
    Turn,
    bot_named,
    has_turns,
    is_bot,
)
from contactcenter_chat.bots.rasa import RasaBot, WrongAnswer
from contactcenter_chat.wire.limits import BRIEF_SUMMARY_MAX
from tests.receiver import Receiver, SayRaw
from tests.receiver import Say as Answer

HELLO = {"recipient_id": "c1", "text": "Hey! How are you?"}
JSON = {"Content-Type": "application/json"}


@pytest.fixture
def rasa():
    """A double of Rasa's REST channel; a test gives it what it answers."""
    with Receiver(Answer(headers=JSON, body=json.dumps([HELLO]).encode())) as server:
        yield server


def make(server, **options):
    return RasaBot(**{"url": f"http://127.0.0.1:{server.port}", "private": True, **options})


def turn_of(*said, language="en"):
    pairs = [each if isinstance(each, tuple) else (each, None) for each in said]
    return Turn("c1", "t1", said=[Said(at, text, data) for at, (text, data) in enumerate(pairs, 1)], language=language)


def answers(server, *messages):
    server.answer = Answer(headers=JSON, body=json.dumps(messages).encode())


def asked(bot, *said):
    return list(bot.answer(turn_of(*said or ("Hello",))))


def told(server):
    return [(each.path, json.loads(each.body)) for each in server.got]


# What it is asked


def test_what_is_asked(rasa):
    assert asked(make(rasa, token="s&cret", headers={"Authorization": "Bearer x"})) == [Say("Hey! How are you?")]
    path = "/webhooks/rest/webhook?token=s%26cret"
    assert told(rasa) == [(path, {"sender": "c1", "message": "Hello"})]
    headers = rasa.got[0].headers
    assert (headers["content-type"], headers["authorization"]) == ("application/json", "Bearer x")


def test_without_a_token_none_is_sent(rasa):
    asked(make(rasa, url=f"http://127.0.0.1:{rasa.port}/"))
    assert told(rasa)[0][0] == "/webhooks/rest/webhook"


def test_what_was_chosen_sends_its_payload_by_itself(rasa):
    asked(make(rasa), "Wait", "a moment", ("Yes", "/affirm"), "please")
    assert [body["message"] for _path, body in told(rasa)] == ["Wait\na moment", "/affirm", "please"]


def test_what_the_app_itself_gave_to_choose_is_said_in_words(rasa):
    asked(make(rasa), ("Go on with the assistant", {"contactcenter": "go_on"}))
    assert told(rasa)[0][1]["message"] == "Go on with the assistant"


# What it answers


def test_texts_buttons_and_links(rasa):
    buttons = [{"title": "Yes", "payload": "/affirm"}, {"title": "x" * 300, "payload": "/deny"}, {"title": "Maybe"}]
    answers(
        rasa,
        {"recipient_id": "c1", "text": "Did that help?", "buttons": buttons},
        {"recipient_id": "c1", "image": "https://i.imgur.com/nGF1K8f.jpg"},
        {"recipient_id": "c1", "text": "The form:", "attachment": "https://college.test/form.pdf"},
        {"recipient_id": "c1", "attachment": {"type": "video", "payload": {"src": "https://college.test/a.mp4"}}},
        {"recipient_id": "c1", "custom": {"type": "carousel"}},
        {"recipient_id": "c1", "text": "  "},
    )
    replies = (QuickReply("Yes", "/affirm"), QuickReply("x" * 200, "/deny"), QuickReply("Maybe", "Maybe"))
    assert asked(make(rasa)) == [
        Say("Did that help?", replies),
        Say("https://i.imgur.com/nGF1K8f.jpg"),
        Say("The form:\nhttps://college.test/form.pdf"),
        Say("https://college.test/a.mp4"),
    ]


def test_it_hands_over_with_a_brief(rasa):
    handover = {
        "intent": "pay",
        "summary": "x" * 5000,
        "entities": {"amount": 500, "when": "May", "none": None, "list": [1]},
        "tried": ["Fees page", 3, None],
        "mood": ["calm"],
        "queue": "Fees",
        "skills": [{"name": "Money", "level": 3}, {"name": "Spanish"}, {"level": 2}, "x", {"name": "y", "level": "z"}],
        "reason": "asked",
    }
    answers(rasa, {"text": "One moment."}, {"custom": {"handover": handover}}, {"text": "Never said"})
    said, handed = asked(make(rasa), "Hello", ("Yes", "/affirm"))
    assert said == Say("One moment.")
    brief = Brief("pay", "x" * BRIEF_SUMMARY_MAX, {"amount": "500", "when": "May"}, ["Fees page", "3"])
    assert handed == HandOver(brief, queue="Fees", skills=[("Money", 3), ("Spanish", 1)], reason="asked")
    assert len(rasa.got) == 1  # what was said after that is for whoever goes on


@pytest.mark.parametrize(
    "given", [None, True, [], {"queue": 5, "entities": [], "tried": {}, "skills": {}, "reason": 1}]
)
def test_a_handover_counts_whatever_is_told_with_it(rasa, given):
    answers(rasa, {"custom": {"handover": given}})
    assert asked(make(rasa)) == [HandOver(Brief(tried=[]), skills=[], reason="failed")]


def test_it_ends(rasa):
    answers(rasa, {"text": "Bye."}, {"custom": {"end": "rooms"}})
    assert asked(make(rasa)) == [Say("Bye."), End("rooms")]


def test_no_answer_is_none(rasa):
    """That is a miss, as it is of every bot."""
    answers(rasa)
    assert asked(make(rasa)) == []


# What is no answer


def body_of(content, status=200, headers=JSON, **more):
    return Answer(status, headers, content if isinstance(content, bytes) else json.dumps(content).encode(), **more)


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (body_of(b"<html>Sign in</html>", headers={"Content-Type": "text/html"}), "no JSON"),
        (body_of(b""), "no JSON"),
        (body_of(b"[" * 200_000), "no JSON"),
        (body_of(b'[{"text": "\xff'), "no JSON"),
        (body_of({"text": "Hello"}), "no list of messages"),
        (body_of(None), "no list of messages"),
        (body_of(["Hello"]), "no list of messages"),
        (body_of([HELLO] * 21), "more than 20 messages"),
        (body_of([{"text": 5}]), "Rasa's text is no text"),
        (body_of([{"text": "x", "buttons": {"title": "Yes"}}]), "no list of buttons"),
        (body_of([{"text": "x", "buttons": ["Yes"]}]), "no list of buttons"),
        (body_of([{"text": "x", "buttons": [{"payload": "/yes"}]}]), "has no title"),
        (body_of([{"text": "x", "buttons": [{"title": "Yes", "payload": {}}]}]), "payload is no text"),
        (body_of([{"buttons": [{"title": "Yes"}]}]), "without a text"),
        (body_of([{"image": "javascript:alert(1)"}]), "image is no address"),
        (body_of([{"image": "http://[x"}]), "image is no address"),
        (body_of([{"attachment": ["x"]}]), "attachment is no address"),
        (body_of([{"attachment": {"payload": 5}}]), "attachment is no address"),
        (body_of([{"custom": "handover"}]), "custom is no object"),
        (body_of([{"custom": {"end": 5}}]), "end is no text"),
        (body_of(b"[" + b" " * 5_000_000 + b"]"), "longer than"),
        (body_of(b"", 302, {"Location": "http://127.0.0.1/elsewhere"}), "status 302"),
        (body_of({"status": "failure"}, 401), "status 401"),
        (body_of(b"busy", 429, {"Retry-After": "1"}), "status 429: busy"),
        (body_of(b"<h1>Oops</h1>", 500), "status 500"),
        (SayRaw(b"SSH-2.0-OpenSSH_9.2\r\n"), "HttpParser"),
        (SayRaw(b""), "closed"),
        (SayRaw(b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n["), "no JSON"),
    ],
)
def test_whatever_else_it_answers_is_refused(rasa, answer, why):
    rasa.answer = answer
    with pytest.raises(WrongAnswer, match=why):
        asked(make(rasa))
    assert len(rasa.got) == 1  # nothing is followed, nothing is tried again


@pytest.mark.parametrize(
    "answer", [Answer(seconds=5), SayRaw(b"HTTP/1.1 200 OK\r\n", pace=0.3), Answer(body=b"[" * 99, pace=0.3)]
)
def test_one_that_hangs_has_not_answered_in_time(rasa, answer):
    rasa.answer = answer
    with pytest.raises(TimeoutError, match="not answered in time"):
        asked(make(rasa, timeout=1))


def test_it_may_take_longer_than_a_callback_may(rasa, settings):
    settings.CONTACTCENTER_CHAT = {**settings.CONTACTCENTER_CHAT, "CALLBACK_TIMEOUT": 0.2}
    rasa.answer = body_of([HELLO], seconds=0.6)
    assert asked(make(rasa, timeout=5)) == [Say("Hey! How are you?")]


def test_a_private_address_is_refused_unless_it_is_said(rasa, settings):
    settings.CONTACTCENTER_CHAT = {**settings.CONTACTCENTER_CHAT, "ALLOW_PRIVATE_WEBHOOKS": False}
    with pytest.raises(WrongAnswer, match=r"Refused: 127\.0\.0\.1 is not a public address"):
        asked(make(rasa, private=False))
    assert rasa.got == []
    assert asked(make(rasa)) == [Say("Hey! How are you?")]


def test_where_nobody_listens():
    with pytest.raises(WrongAnswer, match="ConnectionRefusedError"):
        asked(RasaBot(url="http://127.0.0.1:9", private=True))


def test_the_token_is_in_no_complaint(rasa, caplog):
    caplog.set_level(logging.DEBUG)
    rasa.answer = body_of(b"no", 403)
    with pytest.raises(WrongAnswer) as raised:
        asked(make(rasa, token="very-secret"))
    assert "very-secret" not in f"{raised.value!r}{caplog.text}"


# Its options


@pytest.mark.parametrize(
    "options",
    [
        {"url": "rasa.example"},
        {"url": "ftp://rasa.example"},
        {"url": "https://rasa.example?token=x"},
        {"url": 5},
        {"url": "https://rasa.example", "token": None},
        {"url": "https://rasa.example", "headers": ["x"]},
        {"url": "https://rasa.example", "headers": {"x": 1}},
        {"url": "https://rasa.example", "timeout": 0},
        {"url": "https://rasa.example", "timeout": 61},
        {"url": "https://rasa.example", "timeout": "15"},
        {"url": "https://rasa.example", "timeout": True},
    ],
)
def test_wrong_options_are_refused(options):
    with pytest.raises(ValueError, match="must be"):
        RasaBot(**options)


def test_a_turn_takes_as_long_as_it_may():
    assert (RasaBot(url="https://a.example").seconds, RasaBot(url="https://a.example", timeout=60).seconds) == (20, 65)


def test_it_is_named_in_the_setting_alone(settings):
    assert not is_bot("rasa")
    options = {"url": "https://rasa.example", "token": "x"}
    settings.CONTACTCENTER_CHAT = {"BOTS": {"concierge": {"BACKEND": "rasa", "OPTIONS": options}}}
    assert (is_bot("concierge"), has_turns("concierge")) == (True, True)
    assert isinstance(bot_named("concierge"), RasaBot)


def test_what_a_handover_names_and_is_none_of_it_is_told(rasa):
    answers(rasa, {"custom": {"handover": {"intent": "fees", "sumary": "x", "queues": "Money"}}})
    (handed,) = asked(make(rasa))
    assert (handed.brief.intent, handed.queue) == ("fees", "")
    assert handed.left_out == ("unknown: 'sumary'", "unknown: 'queues'")
