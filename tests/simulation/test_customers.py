"""Simulated customers: what they ask, when they leave, and that a failing API does not stop the others."""

from collections import defaultdict
from queue import SimpleQueue
from threading import Event

import pytest
import requests
from django.core.management import CommandError, call_command

from contactcenter_chat.simulation import customers, receiver, talks
from contactcenter_chat.simulation.customers import Crowd
from tests import factories


class Api:
    """A ChatApi that answers each line, for as long as it is told to."""

    def __init__(self, answers=None, fails=False):
        self.answers, self.fails, self.calls = answers, fails, []

    def start_conversation(self, channel_id, customer, history):
        if self.fails:
            raise requests.ConnectionError("refused")
        self.calls.append(("start", channel_id, customer, history))
        return "c1"

    def say(self, conversation_id, text):
        self.calls.append(("say", conversation_id, text))
        if self.answers is not None:
            self.answers[conversation_id].put("an answer")

    def leave(self, conversation_id):
        self.calls.append(("leave", conversation_id))


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch):
    monkeypatch.setattr(customers, "PAUSE", (0.0, 0.0))


def visit(crowd):
    crowd._visit(Event())
    return crowd


def said(api):
    return [call[2] for call in api.calls if call[0] == "say"]


def test_a_customer_tells_the_whole_talk_and_leaves():
    answers = defaultdict(SimpleQueue)
    api = Api(answers)
    crowd = visit(Crowd(api=api, channel_id="ch", answers=answers))

    (talk,) = (talk for talk in talks.TALKS if talk.turns[0][0] == said(api)[0])
    assert said(api) == [line for line, _answer in talk.turns]
    start, leave = api.calls[0], api.calls[-1]
    assert start[1] == "ch"
    assert start[3] == [("bot", talks.GREETING), ("user", talk.question), ("bot", talks.HANDOVER)]
    assert leave == ("leave", "c1")
    assert crowd.counts == {"came": 1, "got all answers": 1}
    assert not answers


def test_a_customer_without_an_answer_gives_up(monkeypatch):
    monkeypatch.setattr(customers, "PATIENCE", 1)
    api = Api()
    crowd = visit(Crowd(api=api, channel_id="ch", answers=defaultdict(SimpleQueue)))

    assert len(said(api)) == 1
    assert api.calls[-1] == ("leave", "c1")
    assert crowd.counts == {"came": 1, "gave up": 1}


def test_where_callbacks_go_elsewhere_nobody_waits_for_answers():
    api = Api()
    crowd = visit(Crowd(api=api, channel_id="ch"))

    assert len(said(api)) > 1
    assert crowd.counts == {"came": 1, "got all answers": 1}


def test_an_error_is_counted():
    crowd = visit(Crowd(api=Api(fails=True), channel_id="ch"))
    assert crowd.counts == {"came": 1, "met an error": 1}


def test_all_leave_when_the_simulation_ends():
    stop, api = Event(), Api()
    crowd = Crowd(api=api, channel_id="ch", answers=defaultdict(SimpleQueue))
    api.say = lambda conversation_id, text: stop.set()
    crowd.come(1000, stop)

    starts = [call for call in api.calls if call[0] == "start"]
    leaves = [call for call in api.calls if call[0] == "leave"]
    assert len(starts) == len(leaves) == crowd.counts["came"] == crowd.counts[customers.TIME_UP]
    assert customers.TIME_UP == "still talking when the time was up"


def test_who_has_all_answers_when_the_time_is_up_is_not_still_talking():
    stop, answers = Event(), defaultdict(SimpleQueue)
    api = Api(answers)
    crowd = Crowd(api=api, channel_id="ch", answers=answers)
    crowd._hears_answer = lambda *args: len(said(api)) < len(talk.turns) or stop.set() or True
    talk = talks.TALKS[0]
    crowd._random.choice = lambda choices: talk
    crowd._visit(stop)
    assert len(said(api)) == len(talk.turns)
    assert crowd.counts == {"came": 1, "got all answers": 1}


def test_the_receiver_keeps_agents_answers_by_conversation():
    with receiver.running() as running, requests.Session() as session:
        for event in (
            {"eventType": "QUEUED", "conversationId": "c1", "queueId": "q", "queueName": "Q"},
            {"eventType": "TEXT", "conversationId": "c1", "message": "first"},
            {"eventType": "TEXT", "conversationId": "c2", "message": "other"},
            {"eventType": "TEXT", "conversationId": "c1", "message": "second"},
        ):
            assert session.post(running.url, json=event, timeout=5).status_code == 204

        assert [running.answers["c1"].get_nowait() for _ in range(2)] == ["first", "second"]
        assert running.answers["c1"].empty()
        assert running.answers["c2"].get_nowait() == "other"


@pytest.mark.django_db
def test_a_tenant_that_is_not_there_and_a_rate_of_nothing_are_refused():
    center = factories.make_center()
    with pytest.raises(CommandError, match="nowhere"):
        call_command("simulate_customers", "--tenant", "nowhere", "--rate", "1")
    with pytest.raises(CommandError, match="--rate"):
        call_command("simulate_customers", "--tenant", center.tenant.label, "--rate", "0")


@pytest.mark.django_db
def test_a_key_that_was_made_for_it_does_not_outlive_a_failure():
    center = factories.make_center()
    nobody = "http://127.0.0.1:9"
    with pytest.raises(CommandError, match=r"^Nobody answers at http://127\.0\.0\.1:9: its server must run\.$"):
        call_command("simulate_customers", "--tenant", center.tenant.label, "--rate", "1", "--base-url", nobody)

    made = center.tenant.api_keys.exclude(pk=center.api_key.pk).get()
    assert made.revoked_at is not None
