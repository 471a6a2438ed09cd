"""What does the desk do with half of a form? Nothing, though Django takes it for the whole."""

import socket
from urllib.parse import urlencode, urlsplit

import pytest
from django.test import Client
from django.test.client import encode_multipart

from contactcenter_chat.models import Message
from tests.cut_off import BODIES, BOUNDARY, UNCLOSED, WHY, post_cut_off
from tests.unstorable import filled

from .test_unstorable import OUTSIDE, ROUTES, values  # noqa: F401  (a fixture)

SAY = "desk/chats/<str:conversation_id>/messages/"


@pytest.fixture
def path(values):  # noqa: F811
    return filled(SAY, values)


@pytest.mark.parametrize("content_type", BODIES)
def test_every_form_is_refused(desk, values, chat, content_type):  # noqa: F811
    refused = set()
    for route in set(ROUTES) - OUTSIDE:
        answer = post_cut_off(desk.client, filled(route, values), content_type)
        if answer.status_code != 405:
            assert (answer.status_code, answer.content.decode()) == (400, WHY), route
            refused.add(route)
    assert {SAY, "desk/presence/", "desk/interactions/<str:interaction_id>/end/"} <= refused
    desk.agent.refresh_from_db()
    assert desk.agent.presence == "available"
    chat.refresh_from_db()
    assert chat.state == "handling"


@pytest.mark.parametrize("content_type", BODIES)
def test_it_is_refused_when_it_has_been_read_already(desk, path, content_type):
    """Django reads the form first, to see that it is no forgery."""
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(desk.agent.user)
    strict.get("/desk/")
    token = strict.cookies["contactcenter_csrf"].value
    assert post_cut_off(strict, path, content_type).status_code == 403
    answer = post_cut_off(strict, path, content_type, **{"X-CSRFToken": token})
    assert (answer.status_code, answer.content.decode()) == (400, WHY)
    assert not Message.objects.filter(text__startswith="Good mo").exists()


@pytest.mark.parametrize("content_type", BODIES)
def test_a_form_that_is_whole_is_taken(desk, path, content_type):
    data = {"text": "Hello", "after": "0"}
    body = urlencode(data) if "urlencoded" in content_type else encode_multipart(BOUNDARY, data)
    answer = desk.client.generic("POST", path, body, content_type)
    assert answer.status_code == 200
    assert Message.objects.filter(text="Hello").exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("content_type", BODIES)
def test_a_sender_who_hangs_up_in_the_middle(desk, path, live_server, content_type):
    cookies = "; ".join(f"{name}={morsel.value}" for name, morsel in desk.client.cookies.items())
    desk.client.get("/desk/")
    token = desk.client.cookies["contactcenter_csrf"].value
    head = [
        f"POST {path} HTTP/1.0",
        f"Cookie: {cookies}; contactcenter_csrf={token}",
        f"X-CSRFToken: {token}",
        f"Content-Type: {content_type}",
        f"Content-Length: {len(BODIES[content_type]) + (0 if content_type == UNCLOSED else 20)}",
    ]
    address = urlsplit(live_server.url)
    with socket.create_connection((address.hostname, address.port), timeout=30) as connection:
        connection.sendall("\r\n".join([*head, "", ""]).encode() + BODIES[content_type])
        connection.shutdown(socket.SHUT_WR)
        answer = b"".join(iter(lambda: connection.recv(4096), b"")).decode()
    assert answer.partition("\r\n")[0].split(" ", 1)[1] == "400 Bad Request"
    assert answer.endswith(WHY)
    assert not Message.objects.filter(text__startswith="Good mo").exists()
