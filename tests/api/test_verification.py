"""How sure is it who a customer is? Our own two operations, on both wires."""

import re
from datetime import timedelta

import pytest
from django.core import mail

from contactcenter_chat.actions.setup.channels import update_channel
from contactcenter_chat.models import Verification
from contactcenter_chat.wire.base import iso_time
from tests.factories import start_conversation

from .caller import problem
from .chat_gateway_v1.caller import Gateway

pytestmark = pytest.mark.django_db
GRACE, MASKED = "grace@example.org", "g•••@example.org"
CLAIMED = {"level": "claimed", "address": MASKED, "verifiedUntil": None, "codeExpiresAt": None, "triesLeft": 0}


@pytest.fixture(params=["v2", "v1"])
def client(request, api, center):
    """A client of each wire."""
    return api if request.param == "v2" else Gateway(center)


@pytest.fixture
def conversation(center):
    return start_conversation(center.channel, email=GRACE)


@pytest.fixture
def path(conversation):
    return f"conversations/{conversation.pk}/verification"


def mailed():
    return re.search("[0-9]{6}", mail.outbox[-1].body)[0]


def another(code):
    return f"{(int(code) + 1) % 10**6:06}"


def said(response):
    """The status and the words of a refusal, which each wire has in a shape of its own."""
    status, body = problem(response)
    errors = body.get("errors") or [body["message"]]
    return status, [each["message"] if isinstance(each, dict) else each for each in errors]


def test_a_code_is_sent_and_comes_back(client, conversation, path):
    about = {"conversationId": conversation.pk}
    assert client.get(path).json() == about | CLAIMED
    response = client.post(path, {})
    row = Verification.objects.get()
    waits = about | CLAIMED | {"codeExpiresAt": iso_time(row.expires_at), "triesLeft": 3}
    assert (response.status_code, response.json()) == (202, waits)
    assert mail.outbox[0].to == [GRACE]
    assert client.get(path).json() == waits
    code = mailed()
    assert client.post(path, {"code": another(code)}).status_code == 400
    assert client.get(path).json() == waits | {"triesLeft": 2}
    response = client.post(path, {"code": code})
    row.refresh_from_db()
    until = iso_time(row.verified_at + timedelta(minutes=30))
    verified = about | CLAIMED | {"level": "code", "verifiedUntil": until}
    assert (response.status_code, response.json()) == (200, verified)
    assert client.get(path).json() == verified


def test_no_body_is_as_good_as_an_empty_one(client, path):
    assert client.post(path).status_code == 202


def test_another_address(client, path):
    response = client.post(path, {"address": "ada@example.org"})
    assert (response.status_code, response.json()["address"]) == (202, "a•••@example.org")
    assert mail.outbox[0].to == ["ada@example.org"]
    assert client.post(path, {"code": mailed()}).json()["level"] == "claimed"


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"code": "12"}, "A code has six digits."),
        ({"address": "x"}, "This is no e-mail address."),
        ({"address": GRACE, "code": "123456"}, "Give either an address, or a code."),
        ({"code": 123456}, "Must be a string."),
        ({"address": "x" * 321}, "May not be longer than 320 characters."),
    ],
)
def test_what_is_refused(client, path, body, words):
    status, (told,) = said(client.post(path, body))
    assert status == 400
    assert told.endswith(words)
    assert not Verification.objects.exists()


def test_without_an_address(client, center):
    conversation = start_conversation(center.channel)
    path = f"conversations/{conversation.pk}/verification"
    assert client.get(path).json()["address"] is None
    status, (told,) = said(client.post(path, {}))
    assert (status, told.endswith("No e-mail address of the customer is known.")) == (400, True)


def test_a_code_where_none_was_sent(client, path):
    none = "There is no code that could be checked. Have a new one sent."
    assert said(client.post(path, {"code": "123456"})) == (409, [none])


def test_too_many(client, path):
    for _ in range(3):
        client.post(path, {})
    response = client.post(path, {})
    assert said(response) == (429, ["Too many codes were sent. Try again later."])
    assert 3590 <= int(response["Retry-After"]) <= 3601


@pytest.mark.usefixtures("no_mail_server")
def test_one_that_cannot_be_sent(client, path):
    assert said(client.post(path, {})) == (503, ["The code could not be sent. Try again later."])
    assert not Verification.objects.exists()


def test_who_has_logged_in_on_the_channel(client, center):
    update_channel(channel=center.channel, identity="signed")
    conversation = start_conversation(center.channel, customerId="s-1")
    assert client.get(f"conversations/{conversation.pk}/verification").json()["level"] == "signed"


def test_what_is_not_there(client):
    for response in (client.get("conversations/x/verification"), client.post("conversations/x/verification", {})):
        assert response.status_code == 404
    assert mail.outbox == []


def test_as_much_is_asked_whatever_was_sent(api, path, django_assert_num_queries):
    api.get(path)
    with django_assert_num_queries(4):
        api.get(path)
    for _ in range(2):
        api.post(path, {})
    with django_assert_num_queries(4):
        api.get(path)
