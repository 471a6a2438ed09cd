"""What does the desk answer to what no database keeps? Of a path that nothing is there, of a field that it is bad."""

import pytest
from django.urls import reverse

from tests.unstorable import ALWAYS, NUL, filled, parameters, patterns

ROUTES = sorted(route for _name, route in patterns("desk/"))
OUTSIDE = {"desk/events/"}  # reads nothing of what is asked
FIELDS = (
    *ALWAYS,
    "number",
    "words",
    "text",
    "client_id",
    "attachments",
    "reason",
    "target",
    "note",
    "codes-1",
    "responses",
    "title",
    "draft",
)


@pytest.fixture
def values(chat):
    return {
        "conversation_id": chat.conversation_id,
        "interaction_id": chat.pk,
        "offer_id": chat.offers.get().pk,
        "attachment_id": "unknown",
        "owed_id": "unknown",
        "response_id": "unknown",
        "article_id": "unknown",
        "file_id": "unknown",
        "name": "unknown",
        "request_id": "unknown",
    }


def asked(desk, path, data=None):
    """The statuses of a GET and of a POST, but for a method that the address does not have."""
    statuses = {ask(path, data).status_code for ask in (desk.client.get, desk.client.post)}
    return statuses - {405}


def test_all_addresses_are_known():
    assert "desk/chats/<str:conversation_id>/messages/" in ROUTES
    assert "desk/interactions/<str:interaction_id>/finish/" in ROUTES


@pytest.mark.parametrize("nul", ["%00", "a%00b"])
def test_nothing_is_at_such_a_path(desk, values, nul):
    for route in ROUTES:
        for name in parameters(route):
            path = filled(route, {**values, name: nul})
            assert asked(desk, path) == {404}, path


def test_such_a_field_is_refused(desk, values):
    for route in set(ROUTES) - OUTSIDE:
        path = filled(route, values)
        for name in FIELDS:
            assert asked(desk, path, {name: f"a{NUL}b"}) == {400}, (path, name)
        assert asked(desk, path, {f"q{NUL}": "x"}) == {400}, path
        assert asked(desk, f"{path}?after=%00") == {400}, path


def test_the_agent_reads_why(desk, chat):
    answer = desk.post("say", chat.conversation_id, text=f"a{NUL}b", after="0")
    assert answer.content.decode() == "May not contain the character U+0000."
    answer = desk.client.get(reverse("contactcenter_chat:desk:chat", args=[NUL]))
    assert answer.content.decode() == "This is not there, or it is not yours to see."
    assert desk.client.get("/desk/events/?after=%00").status_code == 204
