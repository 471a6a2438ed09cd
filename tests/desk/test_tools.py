"""Functions of the project in the panel: a button, a form from their types, what came of them."""

import re

import pytest
from django.contrib.auth.models import Permission
from django.core import mail

from contactcenter_chat.actions.center.interactions import end_interaction
from contactcenter_chat.actions.verification import check_code, send_code
from contactcenter_chat.models import Customer, Queue, ToolCall

from .conftest import parse, told

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_tools")]


def buttons(desk, chat):
    return [told(each) for each in desk.page("side", chat.conversation_id).select(".tools button")]


def key_of(page):
    return page.select_one("[name=call-key]")["value"]


@pytest.fixture
def allowed(agent):
    agent.user.user_permissions.add(Permission.objects.get(codename="change_queue"))


@pytest.fixture
def verified(chat):
    send_code(conversation_id=chat.conversation_id)
    check_code(conversation_id=chat.conversation_id, code=re.search("[0-9]{6}", mail.outbox[-1].body)[0])


def test_who_may_call_what(desk, chat):
    assert buttons(desk, chat) == ["Add up", "Break it", "Rename"]


def test_with_the_permission(desk, chat, allowed):
    assert buttons(desk, chat) == ["Add up", "Break it", "Open queue", "Rename"]


def test_a_call(desk, chat):
    page = desk.page("tool", chat.conversation_id, "add_up")
    fields = [(told(each.span), each.input["name"], each.input.get("value")) for each in page.select("label")]
    assert fields == [
        ("First", "first", None),
        ("Second (may be left out)", "second", "2"),
    ]
    form = {"call-key": key_of(page), "first": "3", "second": "4"}
    done = parse(desk.post("tool", chat.conversation_id, "add_up", **form))
    assert told(done.select_one(".tool-result")) == "It is 7."
    assert told(done.select_one("[data-insert-result]")) == "Insert into the message"
    assert done.select_one("template").string.strip() == "It is 7."
    again = parse(desk.post("tool", chat.conversation_id, "add_up", **form))
    assert told(again.select_one(".tool-result")) == "It is 7."
    assert ToolCall.objects.count() == 1
    lines = [told(each) for each in desk.page("chat", chat.conversation_id).select(".log li")]
    assert "Maria Torres called “ Add up ”." in lines[-1]


def test_what_is_wrong_stands_beside_its_field(desk, chat):
    page = parse(desk.post("tool", chat.conversation_id, "add_up", **{"call-key": "k"}, first="three"))
    assert [told(each) for each in page.select("label .error")] == ["Enter a whole number."]
    assert key_of(page) == "k"
    assert not ToolCall.objects.exists()


def test_what_fails(desk, chat, caplog):
    page = parse(desk.post("tool", chat.conversation_id, "break_it", **{"call-key": "k"}, how="raise"))
    assert "It did not work, and nothing was changed." in told(page)
    assert "ada@example.org" not in told(page)


def test_for_whom_it_is_not_sure_enough(desk, chat, allowed):
    page = desk.page("tool", chat.conversation_id, "open_queue")
    assert "send a code first" in told(page)
    assert page.select_one("[data-to-verification]")["data-to-verification"] == chat.conversation_id
    assert page.select("input, select") == []
    response = desk.post(
        "tool",
        chat.conversation_id,
        "open_queue",
        **{"call-key": "k", "name": "Rooms", "size": "l", "call-confirmed": "on"},
    )
    assert (response.status_code, response.content.decode()) == (403, "It is not sure enough who the customer is.")
    assert not ToolCall.objects.exists()


@pytest.mark.usefixtures("allowed", "verified")
def test_where_the_code_was_for_another_address(desk, chat):
    """What would be refused is said instead of a form."""
    Customer.objects.update(email="ada@example.org")
    page = desk.page("tool", chat.conversation_id, "open_queue")
    assert told(page.select_one("[role=status]")) == (
        "The customer was verified by a code to another e-mail address than the one that is kept of the customer,"
        " and that is not enough for this."
    )
    assert page.select("input, select, [data-to-verification]") == []
    assert [told(each) for each in page.select("button")] == ["Close"]
    form = {"call-key": "k", "name": "Rooms", "size": "l", "call-confirmed": "on"}
    assert desk.post("tool", chat.conversation_id, "open_queue", **form).status_code == 403
    assert not ToolCall.objects.exists()


@pytest.mark.usefixtures("allowed", "verified")
def test_a_code_to_the_customers_own_address(desk, chat):
    Customer.objects.update(email=" Grace@example.org")
    assert desk.page("tool", chat.conversation_id, "open_queue").select_one("[name=name]") is not None


@pytest.mark.usefixtures("own_tools")
def test_where_the_chat_has_ended_meanwhile(desk, chat):
    end_interaction(interaction_id=chat.pk, agent=desk.agent)
    page = desk.page("tool", chat.conversation_id, "add_up")
    assert told(page.select_one("[role=status]")) == "You are not in this chat any more."
    assert page.select("input") == []


@pytest.mark.usefixtures("allowed", "verified")
class TestConfirming:
    FORM = {"call-key": "k", "name": "Rooms", "size": "l", "day": "2026-12-01", "price": "2.50"}

    def test_what_nobody_has_confirmed(self, desk, chat):
        response = desk.post("tool", chat.conversation_id, "open_queue", **self.FORM)
        assert (response.status_code, response.content.decode()) == (409, "It is to be confirmed first.")

    def test_what_is_shown_of_it(self, desk, chat):
        page = parse(desk.post("tool", chat.conversation_id, "open_queue", **self.FORM, **{"call-confirmed": "on"}))
        lines = [(told(name), told(value)) for name, value in zip(page.select("dt"), page.select("dd"), strict=True)]
        assert lines == [("queue", "Rooms"), ("size", "l"), ("day", "2026-12-01"), ("price", "2.50")]
        assert Queue.objects.filter(name="Rooms").exists()


def test_who_may_not(desk, colleague, stranger, chat):
    form = {"call-key": "k", "first": "1"}
    for other in (colleague, stranger):
        assert other.get("tool", chat.conversation_id, "add_up").status_code == 404
        assert other.post("tool", chat.conversation_id, "add_up", **form).status_code == 404
    for name in ("open_queue", "nothing", "x" * 300):
        assert desk.get("tool", chat.conversation_id, name).status_code == 404
        assert desk.post("tool", chat.conversation_id, name, **form).status_code == 404
    assert desk.post("tool", chat.conversation_id, "add_up", first="1").status_code == 409
    end_interaction(interaction_id=chat.pk, agent=desk.agent)
    assert buttons(desk, chat) == []
    assert desk.post("tool", chat.conversation_id, "add_up", **form).status_code == 409
    assert not ToolCall.objects.exists()


def test_what_a_function_returns_is_text(desk, chat, own_tools):
    from contactcenter_chat.tools.registry import contact_tool

    @contact_tool()
    def hostile(calling):
        """<b>Bold</b>"""
        return "<script>alert(1)</script>"

    assert b"<b>Bold" not in desk.get("tool", chat.conversation_id, "hostile").content
    assert b"<script>" not in desk.post("tool", chat.conversation_id, "hostile", **{"call-key": "k"}).content
