"""May a bot of a client say what it says under an older epoch of control? On every wire: no, and nothing is kept."""

import pytest

from contactcenter_chat.models import Conversation, IdempotencyRecord, Message
from tests.factories import accepted, make_agent, start_conversation

from .chat_gateway_v1.caller import Gateway

HEADER = "X-Contactcenter-Control"
MOVED = "Somebody else speaks for the business by now."


@pytest.fixture
def conversation(center):
    """One that an agent has since control was with the queue, the epoch 2."""
    make_agent(center.tenant, center.queue)
    conversation = start_conversation(center.channel)
    accepted(conversation)
    return conversation


@pytest.fixture(params=["v1", "v2"])
def say(request, api, center, conversation):
    """A client says something as its bot, by either API."""
    path = f"conversations/{conversation.pk}/messages"

    def say(author="bot", **headers):
        if request.param == "v1":
            return Gateway(center).post(path, {"messageType": "text", "authorType": author, "text": "Hi"}, **headers)
        return api.post(path, {"type": "TEXT", "authorType": author, "text": "Hi"}, **headers)

    return say


def test_under_the_epoch_of_now_it_is_said(say, conversation):
    assert Conversation.objects.get().control_epoch == 3
    assert say(**{HEADER: "3"}).status_code == 202
    assert say().status_code == 202  # and without a word on it
    assert say("user", **{HEADER: "1"}).status_code == 202  # of customers it says nothing
    assert Message.objects.count() == 3


def test_under_an_older_one_it_is_not(say):
    answer = say(**{HEADER: "2", "Idempotency-Key": "once"})
    assert answer.status_code == 409
    assert MOVED in str(answer.json())
    assert "control_moved" in str(answer.json()["errors"])
    assert not Message.objects.exists()
    assert not IdempotencyRecord.objects.exists()


@pytest.mark.parametrize("value", ["", "-1", "three", "1.0", "1" * 10, "٣", " 3 3"])
def test_what_is_no_epoch_is_refused(say, value):
    answer = say(**{HEADER: value})
    assert (answer.status_code, HEADER in str(answer.json())) == (400, True)
    assert not Message.objects.exists()


def test_one_that_has_not_come_is_refused(say):
    answer = say(**{HEADER: "4"})
    assert (answer.status_code, f"{HEADER}: It has not come so far yet." in str(answer.json())) == (400, True)


def test_a_channel_may_keep_its_bot_silent(say, center):
    center.channel.bot_fencing = "agent"
    center.channel.save()
    assert say().status_code == 409
    assert say("user").status_code == 202
